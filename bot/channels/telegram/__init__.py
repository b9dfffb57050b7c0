"""The Telegram channel: people ask in private chats and groups, passages come back.

    serve(options, answerer)     runs until a stop is asked for (app.py)

Read in this order, floor by floor:

    options, incoming, faults   what it is given; what is asked for; what may fail
    transport/       what the wire may do to it: requests, polling or webhook, limits, health, one instance, checkup
    memory/          what is remembered, and what survives a kill
    messages/        what an answer looks like: cards, keyboards, links, what a button carries, how it is sent
    access/          who may ask, how much, and in which language they are answered: a Turn for each update
    conversation/    what is asked: questions, inline queries, lists, commands, buttons; what these share is Services
    owners/          what owners and everybody else may do with their own: desk, status, privacy, uploads, rebuild
    routes, app      which update goes where, and the life of the channel
"""

from bot.channels.flood import FloodLimits
from bot.channels.telegram.app import serve
from bot.channels.telegram.options import Access, Answering, Pace, TelegramOptions, WebhookOptions

__all__ = ["Access", "Answering", "FloodLimits", "Pace", "TelegramOptions", "WebhookOptions", "serve"]
