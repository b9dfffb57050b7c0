"""The text of one block of HTML: its white space as it stands on the page, its paragraphs, its code."""

import re

from index.sources.blocks.layout import tidied

_WIDE = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
# Scripts without spaces are broken anywhere in the source.
_WIDE_BREAK = re.compile(f"(?<={_WIDE})[ \t\r]*\n\\s*(?={_WIDE})")
# Half the width, but a comma between letters that have the whole: "克朗,\n住在".
_BREAK_BEHIND_COMMA = re.compile(f"(?<={_WIDE}[,;:])[ \t\r]*\n\\s*(?={_WIDE})")
_TWO_BREAKS = re.compile(r" *\n *(?:\n[ \n]*)")
# Lines parted by <br> that are this long are the paragraphs of a page older than <p>.
_PARAGRAPH_LINE = 200


def flat(text: str) -> str:
    """Return `text` as it stands on the page, where a line break of the source is a space."""
    if "\n" in text and not text.isascii():
        text = _WIDE_BREAK.sub("", text)
        text = _BREAK_BEHIND_COMMA.sub("", text)
    line = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{line}{' ' if line and text[-1:].isspace() else ''}"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a block: two <br> part them, and one where the lines are long."""
    if "\n" not in text:
        line = tidied(text.rstrip())
        return [line] if line else []
    parts = _TWO_BREAKS.split(text.strip())
    found: list[str] = []
    for part in parts:
        lines = [" ".join(line.split()) for line in part.split("\n")]
        lines = [line for line in lines if line]
        if len(lines) > 1 and sum(map(len, lines)) > _PARAGRAPH_LINE * len(lines):
            found.extend(lines)
        elif lines:
            found.append("\n".join(lines))
    return found


def code_lines(text: str) -> str:
    """Return preformatted text with its indents, without empty lines."""
    from textwrap import dedent

    return dedent("\n".join(line.rstrip() for line in text.expandtabs(4).split("\n") if line.strip()))
