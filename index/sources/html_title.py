"""The title of a page: the heading of its text, not the name of its site or of the book it is a chapter of."""

import re
from collections.abc import Iterator, Sequence

from index.sources.html_lists import PageBlock
from index.sources.html_metadata import Metadata
from index.sources.layout import one_line

_PARTED = re.compile(r"\s+(?:[-|–—·»«•:/]|::|\\)\s+|(?<=\w):\s+|\s*[|»«]\s*")
_WORDS = re.compile(r"\w+")
_BROAD = 2


def title_of(stated: Metadata, chosen: Sequence[PageBlock], others: Sequence[PageBlock]) -> str:
    """Return the title of a page, "" when it has none.

    It is the heading that what the page states agrees with, of the text (`chosen`) before that of the frame
    (`others`); else the one heading of level 1; else what the page states, after the heading that opens the text when
    there is but one such.
    """
    site = _key(stated.site or "")
    names = [name for name in (stated.title, stated.whole_title) if name and _key(name) != site]
    headings = [block for block in chosen if block.kind == "heading"]
    for place in (headings, [block for block in others if block.kind == "heading"]):
        agreed = _agreed(names, place, site)
        if agreed:
            return agreed
    top = [block for block in headings if block.level == 1 and _key(block.text) != site]
    if len(top) == 1:
        return one_line(top[0].text)
    name = _without_site(names[0], stated.site) if names else ""
    opening = _opening(chosen)
    if opening and name:
        return f"{opening} - {name}"
    return name or opening or (one_line(top[0].text) if top else "")


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _agreed(names: Sequence[str], headings: Sequence[PageBlock], site: str) -> str:
    """Return the first heading that is a name of the page, or a part of one; the earlier parts of a name first."""
    found: dict[str, str] = {}
    for block in headings:
        found.setdefault(_key(block.text), one_line(block.text))
    for name in names:
        for part in _parts(name):
            key = _key(part)
            if key and key != site and key in found:
                return found[key]
    for name in names:
        key = _key(name)
        for heading, text in list(found.items())[:_BROAD]:
            if key and heading != site and f" {key} " in f" {heading} ":
                return text
    return ""


def _parts(name: str) -> Iterator[str]:
    """Yield a name, then what is left of it without its last parts, then without its first ones.

    >>> list(_parts("Lamps - Piers - Handbook"))
    ['Lamps - Piers - Handbook', 'Lamps - Piers', 'Lamps', 'Piers - Handbook', 'Handbook', 'Piers']
    """
    yield name
    cuts = list(_PARTED.finditer(name[:500]))[:6]
    for cut in reversed(cuts):
        yield name[: cut.start()]
    for cut in cuts:
        yield name[cut.end() :]
    for first, last in zip(cuts, cuts[1:], strict=False):
        yield name[first.end() : last.start()]


def _opening(chosen: Sequence[PageBlock]) -> str:
    """Return the heading that opens the text when no other is of its level or above, "" otherwise."""
    if not chosen or chosen[0].kind != "heading" or not 0 < chosen[0].level < 7:
        return ""
    level = chosen[0].level
    alone = all(block.kind != "heading" or block.level > level for block in chosen[1:])
    return one_line(chosen[0].text) if alone else ""


def _without_site(title: str, site: str | None) -> str:
    """Return "Rain at Last" for "Rain at Last - The Gazette" when the page says that its site is The Gazette."""
    if site:
        for cut in _PARTED.finditer(title[:500]):
            if _key(title[cut.end() :]) == _key(site):
                return title[: cut.start()].strip() or title
            if _key(title[: cut.start()]) == _key(site):
                return title[cut.end() :].strip() or title
    return title
