"""What an owner sends to be added to the articles: a file, or a text after /add."""

import asyncio
import hashlib
import logging
import re
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from telegram import Document
from telegram.error import TelegramError

from bot.channels.telegram.access.turn import Handle, MessageTurn
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command, words
from bot.channels.telegram.owners.rebuild import Rebuilding
from bot.library import INCOMING, Upload
from index import make_folder, write_file

LOG = logging.getLogger(__name__)

MEGABYTE: Final = 1_000_000
LARGEST: Final = 20
"""Megabytes. Telegram lets a bot fetch no more."""

_NAME_BYTES = 120
_NAME_LETTERS = 80
_UNSAFE = re.compile(r"[^\w.() -]+")
_NOWHERE = re.compile(r"(?:\.{0,2}[/\\])+")


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


def place_of(name: str, unique: str = "") -> str:
    """Return where a file of that name lies below the folder of uploads: no two names share one.

    What a name loses tells it from another, so it is given a folder of its own then; one that says nothing at all is
    told by `unique`.

    >>> place_of("curlews.md"), place_of("Harbour: news.md"), place_of("Harbour? news.md")
    ('curlews.md', 'd00e8f35/Harbour_ news.md', '53ebdce0/Harbour_ news.md')
    """
    safe = safe_name(name)
    return safe if safe == _NOWHERE.sub("", name, count=1) else f"{_digest(name or unique)}/{safe}"


def pasted_place(folder: Path, title: str) -> str:
    """Return where a pasted article lies, and that of the same first line before it; never where another one does."""
    safe = f"{safe_name(title.replace('/', '_'))[:_NAME_LETTERS].strip(' .')}.txt"
    with suppress(OSError), (folder / safe).open("rb") as there:
        if there.read(4 * len(title) + 1).splitlines()[:1] == [title.encode()]:
            return safe
    # A break, which stands in no name: that of a file is another.
    return f"{_digest(title + chr(10))}/{safe}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


class Uploads:
    """Receive files and pasted articles from owners; `otherwise` handles the files of everybody else."""

    def __init__(self, services: Services, rebuilding: Rebuilding, otherwise: Handle) -> None:
        self._services = services
        self._rebuilding = rebuilding
        self._folder = rebuilding.library.uploads
        self._otherwise = otherwise

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
            text = words(replied).strip()
        if not text:
            await self._services.reply(turn, "add_explain")
            return
        from index import is_address

        if is_address(text) and len(text.split()) == 1:
            self._rebuilding.add_address(turn, text)
            return
        # Plain text is kept word for word, and its reader takes the first line for a headline, or the name for a title.
        first, _, rest = text.partition("\n")
        title = first.strip()
        place = await asyncio.to_thread(pasted_place, self._folder, title)
        await self._store(turn, place, f"{title}\n\n{rest.strip()}".strip().encode())

    async def _fetch(self, turn: MessageTurn, document: Document) -> None:
        place = place_of(document.file_name or "", document.file_unique_id)
        name = PurePath(place).name
        try:
            if (document.file_size or 0) <= LARGEST * MEGABYTE:
                file = await document.get_file()
                if (file.file_size or 0) <= LARGEST * MEGABYTE:
                    await self._store(turn, place, bytes(await file.download_as_bytearray()))
                    return
        except TelegramError as error:
            # Its message may hold the address of the file, and that the token.
            LOG.warning("a file was not fetched (%s)", type(error).__name__)
            await self._services.reply(turn, "add_not_fetched", name=name)
            return
        megabytes = -(-(document.file_size or LARGEST * MEGABYTE + 1) // MEGABYTE)
        await self._services.reply(turn, "add_too_large", name=name, megabytes=megabytes, limit=LARGEST)

    async def _store(self, turn: MessageTurn, place: str, content: bytes) -> None:
        # The ending may tell the format, so the temporary name ends the same.
        name = PurePath(place).name
        file = self._folder / f"{INCOMING}{secrets.token_hex(4)}-{name}"
        try:
            await asyncio.to_thread(make_folder, self._folder, always=False)
            await asyncio.to_thread(write_file, file, content)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            await self._services.reply(turn, "add_not_stored", name=name, cause=cause)
        else:
            self._rebuilding.add(turn, Upload(file, place))
