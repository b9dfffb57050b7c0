"""What a document prints at the top and foot of page after page: running heads, and the numbers of pages.

Only the outermost rows of a page are looked at, from outside. Rows are compared without their digits, with those of
the pages near by; left and right pages may have heads of their own. A heading that stands once at the top is text.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from index.sources.pdf.reading_order import line_text
from index.sources.pdf.words import Word

_ROWS = 4
# So many pages away a head may stand again, so many points higher or lower.
_NEAR_PAGES, _NEAR_POINTS = 4, 4.0
_LARGE = 1.15
_MOST_NUMBERS = 6
_LONGEST = 150
_DIGITS = re.compile(r"\d+")
_SIGNS = re.compile(r"[\W_]+")
_NUMBER_ROW = re.compile(r"\W*(\d{1,5}|[ivxlc]{1,8})\W*", re.I)
_FIRST_NUMBER, _LAST_NUMBER = re.compile(r"\W{0,3}(\d{1,5})\b"), re.compile(r"\b(\d{1,5})\W{0,3}$")
# A row of a page: the page, its text, and how far each of its numbers is from that of the page.
_Place = tuple[int, str, frozenset[int]]
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(slots=True)
class Row:
    """An outer row of a page: `key` is its text without digits and signs, `number` what may be the page's number."""

    words: list[Word]
    text: str
    key: str
    base: float
    size: float
    numbers: frozenset[int]
    only_number: bool


def without_heads(pages: Sequence[list[Word]], body: float) -> tuple[list[list[Word]], list[str]]:
    """Return the words of each page without its running heads and page numbers, and these."""
    removed: list[set[int]] = [set() for _ in pages]
    told: dict[str, str] = {}
    for up in (True, False):
        edges = [_outer_rows(words, up=up) for words in pages]
        repeated = _Repeated(edges, body)
        for page, rows in enumerate(edges):
            for place, row in enumerate(rows):
                alone = not up and len(pages) == 1 and _stands_apart(rows, place)
                if not (repeated.is_head(page, row) or (alone and row.only_number and 1 in row.numbers)):
                    break
                removed[page].update(map(id, row.words))
                told.setdefault(row.key, row.text)
    kept = [
        [word for word in words if id(word) not in gone] if gone else words
        for words, gone in zip(pages, removed, strict=True)
    ]
    return kept, list(told.values())


class _Repeated:
    """Where rows stand again near by, at one end of the pages."""

    def __init__(self, edges: Sequence[Sequence[Row]], body: float) -> None:
        self._body = body
        self._places: dict[tuple[str, int], list[_Place]] = defaultdict(list)
        self._offsets: dict[int, list[int]] = defaultdict(list)
        self._heights: Counter[tuple[int, int]] = Counter()
        for page, rows in enumerate(edges):
            for row in rows:
                if row.key:
                    self._places[row.key, _bucket(row.base)].append((page, row.text, _counted(row, page)))
            for offset in {number - page for row in rows for number in row.numbers}:
                self._offsets[offset].append(page)
            for row in rows:
                self._heights.update((number - page, _bucket(row.base)) for number in row.numbers)
        self._pages = len(edges)
        numbered = Counter({offset: len(found) for offset, found in self._offsets.items()})
        self._usual = {offset for offset, count in numbered.items() if count >= 2 and (count >= 3 or self._pages <= 3)}

    def is_head(self, page: int, row: Row) -> bool:
        """Return whether a row of a page is a running head or its number."""
        if len(row.text) > _LONGEST:
            return False
        if row.only_number:
            return any(
                number - page in self._usual and self._near(self._offsets[number - page], page)
                for number in row.numbers
            )
        if self._again(page, row):
            return True
        return row.size < _LARGE * self._body and any(
            number - page in self._usual
            and 2 * len(self._offsets[number - page]) >= self._pages
            and self._heights[number - page, _bucket(row.base)] >= 3
            for number in row.numbers
        )

    def _again(self, page: int, row: Row) -> bool:
        if not row.key:
            return False
        bucket = _bucket(row.base)
        found = [
            place
            for near in (bucket - 1, bucket, bucket + 1)
            for place in _around(self._places.get((row.key, near), ()), page)
        ]
        own = _counted(row, page)
        small = row.size < _LARGE * self._body
        # Numbers that differ count the pages, or it is a text: "Toll: 12 pence".
        same = [other for other, text, counted in found if text == row.text or (small and own & counted)]
        least = 1 if self._pages <= 3 or any(abs(other - page) <= 2 for other in same) else 2
        return len(same) >= least

    def _near(self, pages: Sequence[int], page: int) -> bool:
        return any(other != page and abs(other - page) <= _NEAR_PAGES for other in _window(pages, page))


def _counted(row: Row, page: int) -> frozenset[int]:
    """Return the differences of the numbers in a row to the number of its page."""
    return frozenset(int(number) - page for number in _DIGITS.findall(row.text)[:_MOST_NUMBERS] if len(number) < 6)


def _around(places: Sequence[_Place], page: int) -> list[_Place]:
    low = bisect_left(places, page - _NEAR_PAGES, key=itemgetter(0))
    high = bisect_left(places, page + _NEAR_PAGES + 1, key=itemgetter(0))
    return [place for place in places[low:high] if place[0] != page]


def _window(pages: Sequence[int], page: int) -> Sequence[int]:
    return pages[bisect_left(pages, page - _NEAR_PAGES) : bisect_left(pages, page + _NEAR_PAGES + 1)]


def _bucket(base: float) -> int:
    return round(base / _NEAR_POINTS)


def _outer_rows(words: Sequence[Word], *, up: bool) -> list[Row]:
    """Return the outermost rows of a page, the first one outermost."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=attrgetter("base"), reverse=up):
        if rows and abs(rows[-1][0].base - word.base) < 0.3 * word.size:
            rows[-1].append(word)
        elif len(rows) == _ROWS:
            break
        else:
            rows.append([word])
    return [_row(row) for row in rows]


def _row(words: list[Word]) -> Row:
    words.sort(key=lambda word: word.x0)
    text = line_text(words)
    key = " ".join(_SIGNS.sub(" ", _DIGITS.sub(" ", text[: _LONGEST + 1])).casefold().split())
    only = _NUMBER_ROW.fullmatch(text) if len(text) < 30 else None
    if only is not None:
        numbers = frozenset((int(only[1]) if only[1].isdecimal() else _roman(only[1].lower()),))
    else:
        found = (_FIRST_NUMBER.match(text), _LAST_NUMBER.search(text[-20:]))
        numbers = frozenset(int(one[1]) for one in found if one is not None)
    size = max(word.size for word in words)
    return Row(words, text, key, words[0].base, size, numbers, only is not None)


def _stands_apart(rows: Sequence[Row], place: int) -> bool:
    """Return whether a row is the outermost, with more than a line's space to the next."""
    return place == 0 and len(rows) > 1 and abs(rows[1].base - rows[0].base) > 2 * rows[1].size


def _roman(text: str) -> int:
    values = [_ROMAN[sign] for sign in text]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
