"""What a message holds: the blocks of its text, its attachments, the messages inside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from index.model import Dropped
from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import text_lines
from index.sources.blocks.text_blocks import text_blocks
from index.sources.files.streams import UnusableError
from index.sources.mail.html_body import html_blocks
from index.sources.mail.mime import Part
from index.sources.mail.replies import logical_lines, own_lines

DEEPEST: Final = 20
"""Parts in parts, and messages in messages: so many one in another are read."""
ATTACHMENT: Final = "an attachment"
_SIGNATURES: Final = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
# A file that was packed by uuencode into the text, as it was before MIME: no line of it has small letters.
_FILE_BEGINS: Final = re.compile(r"begin [0-7]{3,4} (\S.*)")
_FILE_LINE: Final = re.compile(r"[ -`]{1,62}")
# A plain text that says less than half of what the HTML beside it says only sends its reader there.
_LESS: Final = 2


@dataclass(slots=True)
class Body:
    """What a part of a message holds; `attachments` are counted, and told in `dropped` by their names."""

    blocks: list[Block] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    attachments: int = 0
    messages: list[bytes] = field(default_factory=list)
    locked: bool = False

    def add(self, other: "Body", *, text: bool = True) -> None:
        """Add what another part holds; its attachments alone, if it is not to give `text`."""
        if text:
            self.blocks += other.blocks
            self.dropped += other.dropped
        else:
            self.dropped += [one for one in other.dropped if one.reason == ATTACHMENT]
        self.attachments += other.attachments
        self.messages += other.messages
        self.locked = self.locked or other.locked


def body_of(part: Part, depth: int = 1, *, sent_on: bool = False) -> Body:
    """Return what a message holds, `sent_on` by its author or written. UnusableError when it is nested over 20 deep."""
    if depth > DEEPEST:
        raise UnusableError(f"its parts are nested more than {DEEPEST} deep")
    body = Body()
    if part.kind.startswith("multipart/"):
        parts = list(part.parts())
        if part.kind == "multipart/encrypted":
            body.locked = True
        elif parts:
            _add_parts(part.kind, [body_of(one, depth + 1, sent_on=sent_on) for one in parts], body)
        else:
            _add_text(part, body, sent_on=sent_on)
    elif part.kind == "message/rfc822":
        body.messages.append(part.content())
    elif _is_apparatus(part):
        return body
    elif part.attached or part.kind not in ("text/plain", "text/html", "text/markdown"):
        body.attachments += 1
        body.dropped.append(Dropped(part.name or part.kind, ATTACHMENT))
    else:
        _add_text(part, body, sent_on=sent_on)
    return body


def _add_parts(kind: str, found: Sequence[Body], body: Body) -> None:
    if kind == "multipart/alternative":
        # The last is the richest; the plain one comes first, and is what its author saw who wrote by hand.
        written = [one for one in found if one.blocks]
        best = written[0] if written else None
        for other in written[1:]:
            if best is not None and _length(other) > _LESS * _length(best):
                best = other
        for one in found:
            body.add(one, text=one is best)
        return
    for number, one in enumerate(found):
        # Behind the first part is what it shows.
        body.add(one, text=not number or kind != "multipart/related")


def _is_apparatus(part: Part) -> bool:
    """Return whether a part is a picture that the text shows, or a signature of what is beside it."""
    return part.kind in _SIGNATURES or ("content-id" in part.headers and part.kind.startswith("image/"))


def _length(body: Body) -> int:
    return sum(len(block.text) for block in body.blocks)


def _add_text(part: Part, body: Body, *, sent_on: bool) -> None:
    try:
        text = part.text()
    except UnusableError:
        body.attachments += 1
        body.dropped.append(Dropped(part.name or part.kind, ATTACHMENT))
        return
    if part.kind == "text/html":
        body.blocks += html_blocks(text, body.dropped, sent_on=sent_on)
        return
    flowed = part.parameters.get("format", "").lower() == "flowed"
    lines = logical_lines(text, flowed=flowed, delsp=part.parameters.get("delsp", "").lower() == "yes")
    own = own_lines(_without_files(lines, body), body.dropped, sent_on=sent_on)
    body.blocks += text_blocks(text_lines("\n".join(own)))


def _without_files(lines: list[str], body: Body) -> list[str]:
    """Return the lines of a text without the files that are packed among them, which are attachments."""
    kept: list[str] = []
    name = ""
    for at, line in enumerate(lines):
        if name:
            if _FILE_LINE.fullmatch(line.rstrip()):
                continue
            name = ""
            if line.rstrip() in ("end", ""):
                continue
        begun = _FILE_BEGINS.fullmatch(line.rstrip())
        if begun and at + 1 < len(lines) and _FILE_LINE.fullmatch(lines[at + 1].rstrip()):
            name = begun[1]
            body.attachments += 1
            body.dropped.append(Dropped(name, ATTACHMENT))
            continue
        kept.append(line)
    return kept
