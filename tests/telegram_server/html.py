"""Telegram's HTML, as strictly as the public Bot API server reads it: text and entities, or the real complaint.

The behaviour follows the public sources of tdlib/td (MessageEntity.cpp), written anew: offsets in complaints are
bytes of the raw UTF-8 text, offsets and lengths of entities are UTF-16 units of the resulting text. A tg-time without
a number or with an unknown format is refused in words of our own: theirs are not public.
"""

import re
from dataclasses import dataclass
from typing import Any

Entity = dict[str, Any]

MOST_ENTITIES = 100

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
    "a": "text_link",
}
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
# Nothing lives inside these two; and those of the second line do not live inside each other.
_VERBATIM = {"code", "pre"}
_ALONE = {"text_link", "date_time", "custom_emoji"}
_DATE_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_UNTIL = re.compile(rb"[^ \t\r\n\v\x00>]*")
_BLANK = re.compile(rb"[ \t\r\n\v]*")
_ATTRIBUTE = re.compile(rb"[^ \t\r\n\v\x00>=/\"']*")
_TOKEN = re.compile(rb"[A-Za-z0-9.\-]*")


class EntityError(ValueError):
    """The text is not Telegram's HTML; the message is the server's, without its prefix."""


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """`parse_html("a <b>&lt;</b>")` -> `("a <", [{"type": "bold", "offset": 2, "length": 1}])`."""
    return _Parser(text.encode("utf-8", "surrogatepass")).run()


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What the server does to every text: controls become spaces, bidi overrides go, both ends are trimmed."""
    moved, kept, units = [0], [], 0
    for letter in text:
        width = utf16(letter)
        if letter != "\r" and not "\u2028" <= letter <= "\u202e":
            kept.append(" " if letter < " " and letter != "\n" else letter)
            units += width
        moved += [units] * width
    clean = "".join(kept)
    left = utf16(clean) - utf16(clean.lstrip())
    clean = clean.strip()
    size = utf16(clean)
    found = []
    for entity in entities:
        start = min(max(moved[entity["offset"]] - left, 0), size)
        end = min(max(moved[entity["offset"] + entity["length"]] - left, 0), size)
        if end > start:
            found.append({**entity, "offset": start, "length": end - start})
    return clean, found[:MOST_ENTITIES]


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    extra: str
    start: int


class _Parser:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self._out: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._raw):
            if self._raw[self._at : self._at + 1] != b"<":
                self._plain()
            elif self._raw[self._at + 1 : self._at + 2] == b"/":
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        # The outer of two equal ones was closed later.
        self._entities.reverse()
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._out), _allowed(self._entities)

    def _plain(self) -> None:
        letter = self._reference()
        if letter is None:
            following = re.compile(rb"[<&]").search(self._raw, self._at + 1)
            end = following.start() if following else len(self._raw)
            letter = self._raw[self._at : end].decode("utf-8", "surrogatepass")
            self._at = end
        self._out.append(letter)
        self._units += utf16(letter)

    def _reference(self) -> str | None:
        found = _REFERENCE.match(self._raw, self._at)
        if found is None:
            return None
        hexadecimal, decimal, name = found.groups()
        if name is not None:
            letter = _NAMED.get(name)
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            letter = chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else None
        if letter is not None:
            self._at = found.end()
        return letter

    def _start_tag(self) -> None:
        begin = self._at
        name = _UNTIL.match(self._raw, begin + 1)
        assert name is not None
        self._at = name.end()
        if self._at == len(self._raw):
            raise EntityError(f"Unclosed start tag at byte offset {begin}")
        tag = name[0].decode("utf-8", "replace").lower()
        if tag not in _TYPES:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = extra = ""
        while (pair := self._attribute(tag, begin)) is not None:
            argument = _argument(tag, *pair) or argument
            extra = pair[1] if (tag, pair[0]) == ("tg-time", "format") else extra
        if tag == "tg-time" and not (re.fullmatch(r"-?\d+", argument) and _DATE_FORMAT.fullmatch(extra)):
            raise EntityError(f'Tag "tg-time" must have a number "unix" and a known "format" at byte offset {begin}')
        if tag == "span" and argument != "spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._open.append(_Open(tag, argument, extra, self._units))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str] | None:
        """The next attribute of a start tag, or None after its `>`."""
        self._blank()
        if self._peek() == b">":
            self._at += 1
            return None
        name = _ATTRIBUTE.match(self._raw, self._at)
        assert name is not None
        self._at = name.end()
        if not name[0]:
            raise EntityError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self._blank()
        if self._peek() != b"=":
            if not self._peek():
                raise EntityError(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return name[0].decode().lower(), ""
        self._at += 1
        self._blank()
        if not self._peek():
            raise EntityError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._quoted() if self._peek() in (b"'", b'"') else self._token()
        if not self._peek():
            raise EntityError(f"Unclosed start tag at byte offset {begin}")
        return name[0].decode().lower(), value

    def _token(self) -> str:
        begin = self._at
        found = _TOKEN.match(self._raw, begin)
        assert found is not None
        self._at = found.end()
        if self._peek() and self._peek() not in b" \t\r\n\v>":
            raise EntityError(f"Unexpected end of name token at byte offset {begin}")
        return found[0].decode().lower()

    def _quoted(self) -> str:
        mark = self._peek()
        self._at += 1
        value = b""
        while self._peek() and self._peek() != mark:
            letter = self._reference()
            if letter is None:
                value += self._peek()
                self._at += 1
            else:
                value += letter.encode()
        self._at += 1
        return value.decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise EntityError(f"Unexpected end tag at byte offset {begin}")
        name = _UNTIL.match(self._raw, begin + 2)
        assert name is not None
        self._at = name.end()
        self._blank()
        if self._peek() != b">":
            raise EntityError(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        closed, said = self._open.pop(), name[0].decode("utf-8", "replace").lower()
        if said and said != closed.tag:
            raise EntityError(
                f'Unmatched end tag at byte offset {begin}, expected "</{closed.tag}>", found "</{said}>"'
            )
        if self._units > closed.start:
            self._close(closed)

    def _close(self, closed: _Open) -> None:
        if closed.tag == "blockquote" and any(outer.tag == "blockquote" for outer in self._open):
            return  # quotes do not nest; the outer one stays
        entity: Entity = {"type": _TYPES[closed.tag], "offset": closed.start, "length": self._units - closed.start}
        if closed.tag == "a":
            if not re.match(r"(?:https?|tg)://\S", closed.argument):
                return  # an address that is none leaves plain text
            entity["url"] = closed.argument
        elif closed.tag == "blockquote" and closed.argument:
            entity["type"] = "expandable_blockquote"
        elif closed.tag == "tg-time":
            entity |= {"unix_time": int(closed.argument), "date_time_format": closed.extra}
        elif closed.tag == "tg-emoji":
            entity["custom_emoji_id"] = closed.argument
        self._entities.append(entity)

    def _peek(self) -> bytes:
        return self._raw[self._at : self._at + 1]

    def _blank(self) -> None:
        found = _BLANK.match(self._raw, self._at)
        assert found is not None
        self._at = found.end()


def _allowed(entities: list[Entity]) -> list[Entity]:
    """The sorted entities without those that may not live where they are."""
    kept: list[Entity] = []
    for entity in entities:
        around = [outer for outer in kept if outer["offset"] + outer["length"] > entity["offset"]]
        if any(outer["type"] in _VERBATIM for outer in around):
            continue
        if entity["type"] in _ALONE and any(outer["type"] in _ALONE for outer in around):
            continue
        kept.append(entity)
    return kept


def _argument(tag: str, name: str, value: str) -> str:
    """What an attribute means for its tag; "" when nothing."""
    kept = {("a", "href"), ("tg-emoji", "emoji-id"), ("tg-time", "unix")}
    if (tag, name) in kept:
        return value
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "1" if (tag, name) == ("blockquote", "expandable") else ""
