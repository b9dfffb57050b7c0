"""The Telegram channel: people ask in private chats and groups, passages come back.

    serve(options, answerer)     runs until a stop is asked for (app.py)

Read in this order: options.py (what it needs), app.py and contact.py (its life), transport.py (what the wire may do to
it), receiving.py, webhook.py and web.py (how updates come), inbox.py (what survives a kill), health.py and metrics.py
(how it is doing), order.py and limits.py (who waits for whom), access.py and flood.py (who may ask, and how much),
memory.py (what is remembered), handlers.py (which update goes where), questions.py, commands.py, lists.py and inline.py
(what is asked), searches.py (who is asked), presenter.py, cards.py, keyboards.py and rich.py (what an answer looks
like), presses.py and buttons.py (what a button does), links.py (ways into an article), groups.py, desk.py (owners'
tools, and everybody's own affairs), replies.py (how a reply is sent), texts.py (in which language).
"""

from bot.channels.telegram.app import serve
from bot.channels.telegram.flood import FloodLimits
from bot.channels.telegram.options import Access, Answering, Pace, TelegramOptions, WebhookOptions

__all__ = ["Access", "Answering", "FloodLimits", "Pace", "TelegramOptions", "WebhookOptions", "serve"]
