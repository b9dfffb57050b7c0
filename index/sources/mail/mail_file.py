"""Read mail: single messages (.eml) and mailboxes (.mbox), each message an article."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Final

from index.analysis.sentences import count_words, sentences
from index.model import Article, Skipped
from index.sources.blocks.blocks import Block, told
from index.sources.fields.dates import iso_date
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.left_out import LeftOut
from index.sources.fields.records import article, language_tag
from index.sources.files.faults import fault
from index.sources.files.streams import UnusableError, open_stream
from index.sources.files.walk import printable
from index.sources.mail.bodies import DEEPEST, Body, body_of
from index.sources.mail.mbox import MOST_BYTES, messages
from index.sources.mail.mime import Part, part, words
from index.sources.mail.replies import is_sent_on
from index.sources.text.titled import Titled, titled

_TITLE_WORDS: Final = 12
_OPENING: Final = 300
_NO_SUBJECT: Final = frozenset(
    ("", "(no subject)", "no subject", "(none)", "(kein betreff)", "(без темы)", "(sin asunto)")
)
_DELETED: Final = 0x8
_LISTED: Final = re.compile(r"\S+ at \S+ \(([^()]+)\)")


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the messages of a file, then the messages that were attached to them, each an article.

    Its title is the subject, else its first words; its author the sender, its date the one in its header, its key the
    Message-ID. Quotations of others, signatures and attachments are left out.
    """
    file = printable(path)
    left_out, attachments = LeftOut(), LeftOut()
    fault = ""
    try:
        with open_stream(path) as stream:
            for number, raw in enumerate(messages(stream), 1):
                yield from _message(raw, file, f"{file}:message {number}", left_out, attachments)
    except UnusableError as error:
        # What was found before a packed file is damaged counts.
        fault = str(error)
    yield from left_out.told(file)
    yield from attachments.told(file, "; save attachments as files to have them read")
    if fault:
        yield Skipped(file, fault)


def _message(
    raw: bytes | None, file: str, place: str, left_out: LeftOut, attachments: LeftOut
) -> Iterator[Article | Skipped]:
    """Yield a message and those inside it."""
    waiting = [(raw, 1)]
    while waiting:
        content, depth = waiting.pop(0)
        if content is None:
            yield Skipped(place, f"a message larger than {MOST_BYTES >> 20} MiB")
            continue
        if not content.strip():
            continue
        message = part(content)
        if _is_deleted(message):
            left_out.add("deleted message(s)")
            continue
        try:
            body = body_of(message, sent_on=is_sent_on(words(message.headers.get("subject", ""))))
        except Exception as error:  # noqa: BLE001 - one message stops nothing
            yield Skipped(place, fault(error))
            continue
        for _attachment in range(body.attachments):
            attachments.add("attachment(s)")
        if depth < DEEPEST:
            waiting += [(inside, depth + 1) for inside in body.messages]
        elif body.messages:
            yield Skipped(place, f"messages in it are nested more than {DEEPEST} deep")
        found = _titled(message, body.blocks)
        if found.paragraphs:
            yield article(
                found.title,
                found.paragraphs,
                file,
                _key(message),
                _fields(message),
                told((*found.dropped, *body.dropped)),
            )
        else:
            left_out.add(_why_empty(body))


def _titled(message: Part, blocks: list[Block]) -> Titled:
    subject = words(message.headers.get("subject", ""))
    subject = "" if subject.casefold() in _NO_SUBJECT else subject
    found = titled(subject, blocks)
    if not subject and found.paragraphs:
        # Its first sentence, where it is as short as a title.
        opening = found.paragraphs[0].text[:_OPENING]
        start, end = next(iter(sentences(opening)), (0, 0))
        if found.title.endswith("…") and end < len(opening) and count_words(opening[start:end]) <= _TITLE_WORDS:
            found.title = opening[start:end]
    return found


def _why_empty(body: Body) -> str:
    if body.locked:
        return "encrypted message(s)"
    if body.messages:
        return "message(s) that only hold others"
    return (
        "message(s) of quotations alone"
        if any("quotation" in one.reason for one in body.dropped)
        else "empty message(s)"
    )


def _is_deleted(message: Part) -> bool:
    """Return whether a mail program keeps a message only until it tidies up, or in its waste."""
    with suppress(ValueError):
        if int(message.headers.get("x-mozilla-status", "0")[:4], 16) & _DELETED:
            return True
    labels = words(message.headers.get("x-gmail-labels", "")).casefold().split(",")
    return "spam" in labels or "trash" in labels


def _fields(message: Part) -> dict[str, object]:
    of = message.headers.get
    return {
        "source": _list_name(of("list-id", "")),
        "url": _address(of("archived-at", "")),
        "author": _sender(of("from", "")),
        "date": _date(of("date") or of("sent", "")),
        "language": language_tag(of("content-language", "").split(",")[0]),
    }


def _key(message: Part) -> str:
    key = words(message.headers.get("message-id", "")).strip("<> ")
    return key if len(key) <= _OPENING and " " not in key else ""


def _sender(stated: str) -> str | None:
    """Return the sender's name, the address of one who states none."""
    name = address = ""
    # Comments in comments.
    with suppress(RecursionError):
        name, address = parseaddr(stated)
    if "@" not in address:
        # Nothing that follows the rules; archives of lists write "ana at coast.example (Ana Reyes)".
        listed = _LISTED.fullmatch(stated.strip())
        name = listed[1] if listed else stated.partition("<")[0]
    return words(name.strip(' "')) or words(address) or words(stated) or None


def _list_name(stated: str) -> str | None:
    return words(stated.partition("<")[0].strip(' "')) or None


def _address(stated: str) -> str | None:
    url = stated.strip("<> ")
    return url if url.startswith(("https://", "http://")) and " " not in url else None


def _date(stated: str) -> str | None:
    """Return the date of a message; RFC 822 has years of two digits."""
    found = iso_date(stated)
    if found is None:
        with suppress(ValueError, TypeError, OverflowError, IndexError):
            found = iso_date(parsedate_to_datetime(stated))
    return found
