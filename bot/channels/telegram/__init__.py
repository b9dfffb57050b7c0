"""The Telegram channel: people ask in private chats and groups, passages come back.

    serve(options, answerer)     runs until a stop is asked for (app.py)

Read in this order: options.py (what it needs), app.py (its life), transport.py (what the wire may do to it),
order.py and limits.py (who waits for whom), access.py and memory.py (who may ask), handlers.py (which update goes
where), questions.py and commands.py (the conversation), replies.py (how a reply is sent), texts.py (what it says).
"""

from bot.channels.telegram.app import serve
from bot.channels.telegram.options import Access, Answering, Pace, TelegramOptions, WebhookOptions

__all__ = ["Access", "Answering", "Pace", "TelegramOptions", "WebhookOptions", "serve"]
