"""What stands between tags of its own in wikitext: comments, notes, formulas, code, galleries, text that is no markup.

It is taken out before anything else is looked at, and a sign stands for what is kept of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# No text holds these characters, as XML cannot.
KEPT_BEGINS, KEPT_ENDS = "\x02", "\x03"
CAPTION_BEGINS, CAPTION_ENDS = "\x04", "\x05"
LINE_BREAK: Final = "\x06"
HOLE: Final = "\x07"
"""Stands within a line where a template left nothing."""
KEPT = re.compile(f"{KEPT_BEGINS}(\\d+){KEPT_ENDS}")

_GONE: Final = (
    *("ref", "references", "timeline", "score", "templatedata", "templatestyles", "imagemap", "graph", "mapframe"),
    *("maplink", "inputbox", "hiero", "indicator", "categorytree", "includeonly", "ce-hidden", "charinsert", "section"),
)
_LITERAL: Final = ("nowiki", "math", "chem", "ce")
_CODE: Final = ("pre", "syntaxhighlight", "source")
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_GONE, "gone"),
    **dict.fromkeys(_LITERAL, "literal"),
    **dict.fromkeys(_CODE, "code"),
    "gallery": "gallery",
    "poem": "poem",
}
_OPENING = re.compile(rf"<!--|<({'|'.join(_KINDS)})(\s[^<>]*?)?(/?)>", re.I)


@dataclass(slots=True)
class Kept:
    """The texts that signs stand for: those that are no markup, code, and captions of pictures."""

    literals: list[str] = field(default_factory=list)
    code: set[int] = field(default_factory=set)
    captions: list[str] = field(default_factory=list)

    def literal(self, text: str, *, code: bool = False) -> str:
        """Return the sign that stands for a text from now on."""
        if code:
            self.code.add(len(self.literals))
        self.literals.append(text)
        return f"{KEPT_BEGINS}{len(self.literals) - 1}{KEPT_ENDS}"

    def caption(self, text: str) -> str:
        """Return the sign that stands where a picture with a caption stands."""
        if not text.strip():
            return ""
        self.captions.append(text)
        return f"{CAPTION_BEGINS}{len(self.captions) - 1}{CAPTION_ENDS}"

    def restored(self, text: str) -> str:
        """Return a text with what the signs in it stand for."""
        return KEPT.sub(lambda sign: self.literals[int(sign[1])], text) if KEPT_BEGINS in text else text


def without_tags(text: str, kept: Kept) -> str:
    """Return wikitext without comments and without the elements that are no wikitext inside."""
    out: list[str] = []
    at = 0
    # Tags that nothing closes any more are looked for once.
    unclosed: set[str] = set()
    while (found := _OPENING.search(text, at)) is not None:
        out.append(text[at : found.start()])
        at = found.end()
        if found[1] is None:
            end = text.find("-->", at)
            at = end + 3 if end >= 0 else len(text)
            continue
        name = found[1].lower()
        if found[3]:
            # An empty one keeps a mark from being one.
            out.append(kept.literal("") if name == "nowiki" else "")
            continue
        closing = None if name in unclosed else re.compile(rf"</{name}\s*>", re.I).search(text, at)
        if closing is None:
            unclosed.add(name)
            continue
        left = _in_place_of(name, found[2] or "", text[at : closing.start()], kept)
        # A blank line would end the caption of a picture.
        out.append(left.removeprefix("\n") if out[-1].endswith("\n") else left)
        at = closing.end()
    out.append(text[at:])
    return "".join(out)


def _in_place_of(name: str, attributes: str, inside: str, kept: Kept) -> str:
    kind = _KINDS[name]
    if kind == "literal":
        return kept.literal(inside.strip() if name != "nowiki" else inside)
    if kind == "code":
        return kept.literal(inside) if "inline" in attributes else f"\n{kept.literal(inside, code=True)}\n"
    if kind == "gallery":
        captions = (line.partition("|")[2] for line in inside.split("\n"))
        return "".join(f"\n{kept.caption(caption)}\n" for caption in captions if caption.strip())
    return inside.strip("\n").replace("\n", LINE_BREAK) if kind == "poem" else ""
