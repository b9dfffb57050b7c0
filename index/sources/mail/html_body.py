"""HTML in mail: its blocks, without the replies that mail programs put below an answer, signatures and hidden text."""

import re
from dataclasses import replace
from itertools import islice
from typing import Final

from index.model import Dropped
from index.sources.blocks.blocks import Block
from index.sources.blocks.html_tree import Element, parsed
from index.sources.blocks.layout import one_line
from index.sources.blocks.markup import blocks_of
from index.sources.mail.replies import (
    FORWARDED,
    QUOTATION,
    SIGNATURE,
    SIGNATURE_LINES,
    head_end,
    heads_answered,
    is_attribution,
    is_header,
)

_SUSPECT: Final = re.compile(
    r"gmail_|yahoo_quoted|moz-|type=.?cite|divRplyFwdMsg|OutlookMessageHeader|signature|none|hide", re.I
)
_QUOTES: Final = frozenset(
    ("gmail_quote", "gmail_extra", "yahoo_quoted", "moz-cite-prefix", "outlookmessageheader", "divrplyfwdmsg")
)
_SIGNATURES: Final = frozenset(("gmail_signature", "moz-signature", "signature"))
_UNSHOWN: Final = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.I)

# Stands where a quotation was.
_MARK: Final = "\ue000"
_LOOKED_AT: Final = 300


def html_blocks(markup: str, dropped: list[Dropped], *, sent_on: bool = False) -> list[Block]:
    """Return the blocks of a message; what its author did not write, nor sent on, is added to `dropped`."""
    root = parsed(markup) if _SUSPECT.search(markup) else None
    if root is None:
        return _unsigned(blocks_of(markup), dropped, sent_on=sent_on)
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

    waiting = [root]
    while waiting:
        element = waiting.pop()
        reason = _reason(element)
        text = _beginning(element) if reason else ""
        if not reason or (reason == QUOTATION and (sent_on or FORWARDED.match(text))):
            waiting.extend(element.iterchildren(reversed=True))
            continue
        if text:
            dropped.append(Dropped(text, reason))
        _empty(element, _MARK if reason == QUOTATION else "")
    found: list[Block] = []
    for block in blocks_of(etree.tostring(root, encoding="unicode", method="html")):
        if block.text != _MARK:
            found.append(block)
        elif found and is_attribution(found[-1].text):
            dropped.append(Dropped(found.pop().text, QUOTATION))
    return _unsigned(found, dropped, sent_on=sent_on)


def _unsigned(blocks: list[Block], dropped: list[Dropped], *, sent_on: bool) -> list[Block]:
    """Return blocks without the message that is answered, and without a signature below a line of two dashes."""
    blocks = _without_forward_heads(blocks, dropped, sent_on=sent_on)
    answered = next((at for at, block in enumerate(blocks) if at and heads_answered(block.text)), len(blocks))
    if answered < len(blocks):
        dropped.append(Dropped(one_line(" ".join(block.text for block in blocks[answered:]))[:_LOOKED_AT], QUOTATION))
        blocks = blocks[:answered]
    below: list[str] = []
    for at in range(len(blocks) - 1, -1, -1):
        lines = blocks[at].text.split("\n")
        if "--" in lines:
            mark = lines.index("--")
            above, below = lines[:mark], lines[mark + 1 :] + below
            if len(below) > SIGNATURE_LINES:
                return blocks
            dropped.append(Dropped(" ".join(below), SIGNATURE))
            return [*blocks[:at], *([replace(blocks[at], text="\n".join(above))] if above else [])]
        below = lines + below
        if len(below) > SIGNATURE_LINES:
            return blocks
    return blocks


def _without_forward_heads(blocks: list[Block], dropped: list[Dropped], *, sent_on: bool) -> list[Block]:
    kept: list[Block] = []
    # Each line of a head may stand in an element of its own.
    in_head = False
    for at, block in enumerate(blocks):
        lines = block.text.split("\n")
        begins = (sent_on or not kept) and heads_answered("\n".join(one.text for one in blocks[at : at + 4]))
        if FORWARDED.match(lines[0]) or begins or (in_head and is_header(lines[0])):
            lines = lines[head_end(lines, 0, dropped) :]
            in_head = not lines
        else:
            in_head = False
        kept += [replace(block, text="\n".join(lines))] if lines else []
    return kept


def _reason(element: Element) -> str:
    """Return why an element is no text of the message's author, "" where it may be."""
    stated = element.attrib
    if not stated or not isinstance(element.tag, str):
        return ""
    names = {stated.get("id", "").lower(), *stated.get("class", "").lower().split()}
    if (element.tag == "blockquote" and stated.get("type") == "cite") or not names.isdisjoint(_QUOTES):
        return QUOTATION
    if stated.get("data-smartmail") == "gmail_signature" or not names.isdisjoint(_SIGNATURES):
        return SIGNATURE
    return "hidden" if _UNSHOWN.search(stated.get("style", "")) else ""


def _beginning(element: Element) -> str:
    return one_line("".join(islice(element.itertext(), _LOOKED_AT))[:_LOOKED_AT])


def _empty(element: Element, mark: str) -> None:
    """Leave nothing of an element but a mark; of the head of an answered message in Outlook, also what is below."""
    if element.get("id", "").lower() == "divrplyfwdmsg":
        for below in list(element.itersiblings()):
            element.getparent().remove(below)
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "p" if mark else "span", mark or None, tail
