"""HTML made of elements, in which no text of others can become markup.

>>> tag("p", "1 < 2 ", tag("b", "so"), dir="auto", hidden=True)
'<p dir="auto" hidden>1 &lt; 2 <b>so</b></p>'
"""

import html
import re
from collections.abc import Iterable
from typing import Final

_VOID: Final = frozenset(("input", "link", "meta"))
# What HTML cannot carry, or reads as another character.
_UNWRITTEN: Final = re.compile(r"[\x00\ud800-\udfff]")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | Iterable[str] | None


def escaped(text: str) -> Html:
    """Return a text as HTML; what is HTML already stays.

    >>> escaped("<\\x00>"), escaped(Html("<b>"))
    ('&lt;\ufffd&gt;', '<b>')
    """
    if isinstance(text, Html):
        return text
    return Html(html.escape(_UNWRITTEN.sub("\ufffd", text)).replace("\r", "&#13;"))


def joined(*children: Child) -> Html:
    """Return texts and elements, one behind the other."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, str):
            parts.append(escaped(child))
        elif child is not None:
            parts.extend(map(escaped, child))
    return Html("".join(parts))


def tag(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """Return an element; of an attribute None and False leave it out, `class_` is class, `aria_label` aria-label."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escaped(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    opening = f"<{name}{written}>"
    return Html(opening if name in _VOID else f"{opening}{joined(*children)}</{name}>")
