"""What an owner sends to be added to the articles: a file, or a text after /add."""

import logging
import re
import secrets
import unicodedata
from pathlib import PurePath
from typing import Final

from telegram import Document
from telegram.error import TelegramError

from bot.channels.telegram.access.turn import Handle, MessageTurn
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.owners.rebuild import Rebuilding
from bot.library import Upload
from index import is_address

LOG = logging.getLogger(__name__)

MEGABYTE: Final = 1_000_000
LARGEST: Final = 20
"""Megabytes. Telegram lets a bot fetch no more."""

_INCOMING = ".incoming-"
_NAME_BYTES = 120
_NAME_LETTERS = 80
_UNSAFE = re.compile(r"[^\w.() -]+")


def safe_name(name: str) -> str:
    """Return a file name that leads nowhere else, is not hidden, and fits any file system; its ending stays.

    >>> safe_name("../../.ssh/Harbour news?.md")
    'Harbour news_.md'
    """
    last = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    clean = _UNSAFE.sub("_", last).strip(" ._") or "article"
    ending = PurePath(clean).suffix
    stem = clean.removesuffix(ending)
    while len((stem + ending).encode()) > _NAME_BYTES and stem:
        stem = stem[:-1]
    return (stem.rstrip() + ending)[:_NAME_BYTES] or "article"


class Uploads:
    """Receive files and pasted articles from owners; `otherwise` handles the files of everybody else."""

    def __init__(self, services: Services, rebuilding: Rebuilding, otherwise: Handle) -> None:
        self._services = services
        self._rebuilding = rebuilding
        self._folder = rebuilding.library.uploads
        self._otherwise = otherwise
        # What a killed process was receiving is of no use to anybody.
        for file in self._folder.glob(f"{_INCOMING}*"):
            file.unlink(missing_ok=True)

    async def document(self, turn: MessageTurn) -> None:
        """Handle a file in a private chat."""
        if turn.message.document is not None and self._services.door.owns(turn.who):
            await self._fetch(turn, turn.message.document)
        else:
            await self._otherwise(turn)

    async def command(self, turn: MessageTurn) -> None:
        """Handle /add, with an article or an address behind it or as the reply to one."""
        replied = turn.message.reply_to_message
        text = after_command(turn.message)
        if not text and replied is not None and replied.document is not None:
            await self._fetch(turn, replied.document)
            return
        if not text and replied is not None:
            text = (replied.text or replied.caption or "").strip()
        if not text:
            await self._services.reply(turn, "add_explain")
            return
        if is_address(text) and len(text.split()) == 1:
            self._rebuilding.add_address(turn, text)
            return
        # Plain text is kept word for word, and its reader takes the first line for a headline, or the name for a title.
        first, _, rest = text.partition("\n")
        name = f"{safe_name(first)[:_NAME_LETTERS].strip(' .')}.txt"
        await self._store(turn, name, f"{first.strip()}\n\n{rest.strip()}".strip().encode())

    async def _fetch(self, turn: MessageTurn, document: Document) -> None:
        name = safe_name(document.file_name or "")
        try:
            if (document.file_size or 0) <= LARGEST * MEGABYTE:
                file = await document.get_file()
                if (file.file_size or 0) <= LARGEST * MEGABYTE:
                    await self._store(turn, name, bytes(await file.download_as_bytearray()))
                    return
        except TelegramError as error:
            # Its message may hold the address of the file, and that the token.
            LOG.warning("a file was not fetched (%s)", type(error).__name__)
            await self._services.reply(turn, "add_not_fetched", name=name)
            return
        megabytes = -(-(document.file_size or LARGEST * MEGABYTE + 1) // MEGABYTE)
        await self._services.reply(turn, "add_too_large", name=name, megabytes=megabytes, limit=LARGEST)

    async def _store(self, turn: MessageTurn, name: str, content: bytes) -> None:
        # The ending may tell the format, so the temporary name ends the same.
        file = self._folder / f"{_INCOMING}{secrets.token_hex(4)}-{name}"
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.write_bytes(content)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            await self._services.reply(turn, "add_not_stored", name=name, cause=cause)
        else:
            self._rebuilding.add(turn, Upload(file, name))
