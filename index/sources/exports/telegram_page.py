"""Read what Telegram Desktop exports as HTML (messages.html): a channel, one page of it a file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from index.model import Article, Skipped
from index.sources.blocks.html_tree import Element, parsed
from index.sources.blocks.layout import normal_line
from index.sources.encodings.encoding import read_text
from index.sources.exports.telegram_posts import Chat, Message, articles
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.files.walk import printable

# A thousand posts of the longest kind.
_PAGE_BYTES: Final = 64 << 20
_NUMBER: Final = re.compile(r"message-?(\d{1,18})")
_DATE: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d)(?: UTC([+-]\d\d:\d\d))?")
_LINES: Final = frozenset(("br", "blockquote", "pre", "div"))
_BOLD: Final = ("strong", "b")


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the posts of a channel, as `telegram` does those of an export in JSON.

    A page does not say what chat it is of: where others than the one it is called after write, it is no channel, and
    read only when `field_map` names it.
    """
    file, left_out = printable(path), LeftOut()
    root = parsed(read_text(path, _PAGE_BYTES))
    name = _within(root, "page_header", "text")
    messages = [_message(one, name) for one in _of_class(root, "message")]
    named = name.casefold() in {stated.casefold() for stated in field_map.stated("chat")}
    if any("from" in message for message in messages) and not named:
        left_out.add("group(s) or private chat(s)")
        yield from left_out.told(file, "; a chat is read if you name it: --map chat=NAME")
        return
    yield from articles(Chat(name, "", "", alone=True), messages, file, left_out)
    yield from left_out.told(file)


def _message(element: Element, chat: str) -> Message:
    """Return a post as the export in JSON has it."""
    number = _NUMBER.fullmatch(element.get("id", ""))
    kind = "service" if "service" in element.get("class", "").split() else "message"
    found: dict[str, object] = {"type": kind, "id": int(number[1]) if number else 0}
    texts = _of_class(element, "text")
    found["text"] = _pieces(texts[-1]) if texts else ""
    date = next((_DATE.match(one.get("title", "")) for one in _of_class(element, "date")), None)
    if date:
        found["date"] = f"{date[3]}-{date[2]}-{date[1]}T{date[4]}{date[5] or ''}"
    taken_over = _of_class(element, "forwarded")
    # A date stands behind the name of whom a post was taken over from.
    if taken_over and (names := _of_class(taken_over[0], "from_name")):
        found["forwarded_from"] = normal_line(_DATE.split(names[0].text or "")[0])
    names = [one for one in _of_class(element, "from_name") if one.getparent() not in taken_over]
    if names and (writer := normal_line(names[0].text or "")) != chat:
        found["from"] = writer
    if _of_class(element, "media_wrap"):
        found["media_type"] = "media"
    question = _within(element, "media_poll", "question")
    if question:
        answers = [{"text": normal_line(one.text or "").removeprefix("- ")} for one in _of_class(element, "answer")]
        found["poll"] = {"question": question, "answers": answers}
    return found


def _pieces(text: Element) -> list[object]:
    """Return the words of a post, the bold ones that it begins with by themselves."""
    for inside in text.iter():
        inside.text = " ".join((inside.text or "").split("\n"))
        tail = " ".join((inside.tail or "").split("\n"))
        inside.tail = f"\n{tail}" if inside.tag in _LINES else tail
    words = text.xpath("string()").strip()
    first = text[0] if len(text) and not text.text.strip() else None
    bold = first.xpath("string()").strip() if first is not None and first.tag in _BOLD else ""
    return [{"type": "bold", "text": bold}, words.removeprefix(bold)] if bold else [words]


def _of_class(element: Element, name: str) -> list[Element]:
    found = [] if element is None else element.xpath(".//*[contains(@class, $name)]", name=name)
    return [one for one in found if name in one.get("class", "").split()]


def _within(element: Element, outer: str, inner: str) -> str:
    """Return the words of the first element of a class within one of another, "" where there is none."""
    found = next((two for one in _of_class(element, outer) for two in _of_class(one, inner)), None)
    return normal_line(found.xpath("string()")) if found is not None else ""
