"""The title of a page: the heading of its text, not the name of its site or of the book it is a chapter of."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise

from index.sources.blocks.layout import one_line
from index.sources.blocks.page_blocks import PageBlock
from index.sources.html.metadata import Metadata

_PARTED = re.compile(r"\s+(?:[-|–—·»«•:/]|::|\\)\s+|(?<=\w):\s+|\s*[|»«]\s*")
_WORDS = re.compile(r"\w+")
# Of a name its whole and what is left without its last parts; of the headings those that may be the title.
_LEADING, _FIRST = 2, 2


def title_of(stated: Metadata, chosen: Sequence[PageBlock], others: Sequence[PageBlock], *, shared: bool) -> str:
    """Return the title of a page, "" when it has none; `shared`: other pages beside it have the same <title>.

    It is the heading that what the page states agrees with, of the text (`chosen`) before that of the frame
    (`others`); else the one heading of level 1; else what the page states, after the heading that opens the text when
    there is but one such. A shared <title> is the name of a site: it is a page's title only where nothing else is.
    """
    sites = {"", letters_of(stated.site or ""), letters_of(stated.whole_title if shared else "")}
    names = [name for name in (stated.title, stated.whole_title) if name and letters_of(name) not in sites]
    headings = {letters_of(block.text): one_line(block.text) for block in reversed(chosen) if block.kind == "heading"}
    headings = {key: headings[key] for key in reversed(headings) if key not in sites}
    agreed = _agreed(names, headings)
    if agreed:
        return agreed
    top = list(dict.fromkeys(one_line(block.text) for block in chosen if block.level == 1 and block.kind == "heading"))
    if len(top) == 1 and letters_of(top[0]) not in sites:
        return top[0]
    if shared and not names:
        return _own_heading(chosen, others, sites) or stated.whole_title
    beside = {letters_of(block.text): one_line(block.text) for block in others if block.kind == "heading"}
    whole = next((beside[letters_of(name)] for name in names if letters_of(name) in beside), "")
    name = _without_site(whole or (names[0] if names else ""), stated.site)
    opening = _opening(chosen)
    if opening and name and letters_of(opening) != letters_of(name):
        return f"{opening} - {name}"
    first = one_line(chosen[0].text) if chosen and chosen[0].kind == "heading" else ""
    return name or opening or next(iter(top), first)


def _own_heading(chosen: Sequence[PageBlock], others: Sequence[PageBlock], sites: Collection[str]) -> str:
    """Return the one heading of level 1 that names no site, of the text or of its frame, or the one that opens it."""
    named = [site for site in sites if site]
    # In a frame the name of a site stands with what the site says of itself.
    beside = [block for block in others if not any(site in letters_of(block.text) for site in named)]
    for blocks in (chosen, beside):
        top = {one_line(block.text) for block in blocks if block.kind == "heading" and block.level == 1}
        own = [text for text in top if letters_of(text) not in sites]
        if own:
            return own[0] if len(own) == 1 else ""
    return _opening([block for block in chosen if block.kind != "heading" or letters_of(block.text) not in sites])


def letters_of(text: str) -> str:
    """Return the words of `text` without their marks and case, as titles are compared."""
    return " ".join(_WORDS.findall(text.casefold()))


def _agreed(names: Sequence[str], headings: Mapping[str, str]) -> str:
    """Return the heading that is a name of the page or a part of one, or one of the first that holds such a name.

    The earlier parts of a name come first: the last is mostly that of the site.
    """
    parts = [[part for part in map(letters_of, _parts(name)) if part] for name in names]
    for part in chain.from_iterable(parts):
        if part in headings:
            return headings[part]
    for part in chain.from_iterable(several[:_LEADING] for several in parts):
        for key in islice(headings, _FIRST):
            if f" {part} " in f" {key} ":
                return headings[key]
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
    for first, last in pairwise(cuts):
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
            if letters_of(title[cut.end() :]) == letters_of(site):
                return title[: cut.start()].strip() or title
            if letters_of(title[: cut.start()]) == letters_of(site):
                return title[cut.end() :].strip() or title
    return title
