"""Read what Telegram Desktop exports as JSON, of any size: a channel, or an account with all its chats.

Channels are read; groups and private chats only where their owner names them.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from index.model import Article, Skipped
from index.sources.encodings.encoding import open_text
from index.sources.encodings.json_values import JsonReader, TooLargeError, entries, members, positions, values
from index.sources.exports import live_posts
from index.sources.exports.mended_json import MendedJson
from index.sources.exports.telegram_posts import Chat, articles
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.files.streams import RECORD_BYTES, UnusableError
from index.sources.files.walk import printable

_CHANNELS: Final = ("public_channel", "private_channel")
_GROUPS: Final = ("private_group", "private_supergroup", "public_supergroup")
_LISTS: Final = ("chats", "left_chats")
_CUT_OFF: Final = "it ends too early, in the midst of a post; export it again"
_ADVICE: Final = "; a chat is read if you name it: --map chat=NAME"


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the posts of the channels in an export, and of the chats that `field_map` names; the rest is counted."""
    export = _Export(printable(path), field_map)
    with open_text(path) as text:
        reader = JsonReader(MendedJson(text))
        fault = None
        try:
            yield from export.parts(reader)
        except UnusableError as error:
            fault = UnusableError(_CUT_OFF) if reader.ended else error
        yield from export.left_out.told(export.file)
        yield from export.chats_left_out.told(export.file, _ADVICE)
        if fault is not None:
            raise fault


class _Export:
    """An export: its file, the names of chats that are read whatever they are, and what was left out."""

    def __init__(self, file: str, field_map: FieldMap) -> None:
        self.file = file
        self._is_live = live_posts.is_one(file)
        self.left_out, self.chats_left_out = LeftOut(), LeftOut()
        self._named = {name.casefold() for name in field_map.stated("chat")}

    def parts(self, reader: JsonReader) -> Iterator[Article]:
        """Yield the posts of the object that comes next: a chat, or an account that lists them."""
        found: dict[str, object] = {}
        for name in members(reader):
            if name in _LISTS and reader.peek() == "{":
                for inner in members(reader):
                    if inner == "list" and reader.peek() == "[":
                        for _ in positions(reader):
                            yield from self._chat(reader, {}, alone=False)
                    else:
                        _pass_over(reader)
            else:
                yield from self._member(reader, name, found, alone=True)

    def _chat(self, reader: JsonReader, found: dict[str, object], *, alone: bool) -> Iterator[Article]:
        if reader.peek() != "{":
            _pass_over(reader)
            return
        for name in members(reader):
            yield from self._member(reader, name, found, alone=alone)

    def _member(self, reader: JsonReader, name: str, found: dict[str, object], *, alone: bool) -> Iterator[Article]:
        """Read a member of a chat: its posts, or what it says of itself, which stands above them."""
        if name != "messages" or reader.peek() != "[":
            with suppress(TooLargeError):
                found[name] = reader.value(RECORD_BYTES)
                return
            _pass_over(reader)
            return
        chat = Chat.of(found, alone=alone)
        if not self._is_live:
            chat = replace(chat, elsewhere=live_posts.numbers(chat.id))
        if chat.kind in _CHANNELS or self._named & {chat.name.casefold(), chat.id}:
            yield from articles(chat, entries(reader), self.file, self.left_out)
        else:
            self.chats_left_out.add("group(s)" if chat.kind in _GROUPS else "private chat(s)")
            for _ in entries(reader):
                pass


def _pass_over(reader: JsonReader) -> None:
    for _ in values(reader):
        pass
