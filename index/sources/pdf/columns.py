"""The columns of a page in the order of reading: a page is cut at the tallest white space between two texts.

Only what is set as text is cut: lines of some length that fill their column. The columns of a table are not.
"""

from collections.abc import Sequence
from itertools import pairwise, takewhile

import numpy as np
from numpy.typing import NDArray

from index.sources.pdf.lines import is_address, rtl_share
from index.sources.pdf.words import Word, boxes_of

# A cell of the grid on which white space is looked for, in points, and the most cells along a side.
_CELL, _MOST_CELLS = 2.0, 1500
_DEEPEST = 12
_MOST_ADDRESSES = 200
_TRIED = 8
# In parts of the size of the type: the least width of a gutter and of a column.
_GUTTER, _NARROWEST = 0.75, 7.0
_LEAST_LINES, _MANY_LINES, _SHORT = 3, 4, 3
_LINE_CHARACTERS = 14
_FILLED, _FULL, _LARGER = 0.55, 0.75, 1.12
# The space between columns, beside the widest blank within them.
_BLANKS, _ALIGNED = 1.05, 1.0
# In parts of the size of the type: the widest indent, the largest distance of lines of one text, a blank.
_INSET, _CLOSE, _ENDS = 2.5, 2.0, 1.0
# What is measured of a word: `_LINE` is the same for those of one line, `_SIGNS` counts wide characters twice.
_X0, _X1, _BASE, _SIZE, _HEIGHT, _LINE, _SIGNS, _RTL, _COUNT = range(9)


def in_columns(words: Sequence[Word], depth: int = 0) -> list[list[Word]]:
    """Return the words of a page in groups, each a column or a text over the whole width, in the order of reading."""
    gutter = _gutter(words) if depth < _DEEPEST and len(words) >= 2 * _LEAST_LINES else None
    if gutter is None:
        return [list(words)] if words else []
    left, right, low, high = gutter
    parts: tuple[list[Word], list[Word], list[Word], list[Word]] = ([], [], [], [])
    high = min(high, _below_headings(words, gutter))
    for word, (_, _, last, _) in zip(words, _clipped(words).tolist(), strict=True):
        if _height(word) > high:
            parts[0].append(word)
        elif _height(word) < low:
            parts[3].append(word)
        else:
            parts[1 if last <= (left + right) / 2 else 2].append(word)
    above, first, second, below = parts
    if rtl_share(first + second) > 0.5:
        first, second = second, first
    return [group for part in (above, first, second, below) for group in in_columns(part, depth + 1)]


def _clipped(words: Sequence[Word]) -> NDArray[np.float64]:
    """Return the boxes of n words, n x 4; of an address that ends its line, and may stand out of it, the first half."""
    boxes = boxes_of(words)
    long = np.flatnonzero(boxes[:, 2] - boxes[:, 0] > _NARROWEST * (boxes[:, 3] - boxes[:, 1]))
    addresses = [at for at in long.tolist() if is_address(words[at].text)]
    # A page of more is a list of them.
    if 0 < len(addresses) <= _MOST_ADDRESSES:
        end, start = (0, 2) if rtl_share(words) > 0.5 else (2, 0)
        middles = (boxes[:, 1] + boxes[:, 3]) / 2
        for at in addresses:
            line = (boxes[:, 1] < middles[at]) & (middles[at] < boxes[:, 3])
            gaps = (boxes[line, start] - boxes[at, end]) * (1 if end else -1)
            if not ((gaps > -1.0) & (gaps < _ENDS * words[at].size)).any():
                boxes[at, end] = (boxes[at, start] + boxes[at, end]) / 2
    return boxes


def _below_headings(words: Sequence[Word], gutter: tuple[float, float, float, float]) -> float:
    """Return the height below the lines of larger type at the top of one column: the ends of a headline over both."""
    left, right, low, high = gutter
    inside = sorted((word for word in words if low <= _height(word) <= high), key=_height, reverse=True)
    sizes = sorted(word.size for word in inside)
    usual = sizes[len(sizes) // 2]
    large = list(takewhile(lambda word: word.size > _LARGER * usual, inside))
    middle = (left + right) / 2
    if not large or len({word.x1 <= middle for word in large}) > 1:
        return high
    return (_height(large[-1]) + _height(inside[len(large)])) / 2


def _height(word: Word) -> float:
    return word.base + 0.3 * word.size


def _gutter(words: Sequence[Word]) -> tuple[float, float, float, float] | None:
    """Return the left, right, lower and upper edge of white space that parts two columns of text."""
    boxes, table = _clipped(words), _table(words)
    table[:, _X0], table[:, _X1] = boxes[:, 0], boxes[:, 2]
    size = float(np.sort(table[:, _SIZE])[len(words) // 2])
    (x_first, y_first), (x_last, y_last) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    across, up = x_last - x_first, y_last - y_first
    if across < 2 * _NARROWEST * size:
        return None
    cell = max(_CELL, across / _MOST_CELLS, up / _MOST_CELLS)
    free = np.ones((int(up / cell) + 1, int(across / cell) + 1), np.bool_)
    for first, low, last, high in ((boxes - [x_first, y_first] * 2) / cell).astype(np.int64).tolist():
        free[low : high + 1, first : last + 1] = False
    wide = max(2, round(_GUTTER * size / cell))
    if free.shape[1] <= wide:
        return None
    counts = np.concatenate([np.zeros((free.shape[0], 1), np.int32), np.cumsum(free, axis=1, dtype=np.int32)], axis=1)
    # Whether so many cells from here on are free.
    open_from = counts[:, wide:] - counts[:, :-wide] == wide
    for left, low, high in _tall_runs(open_from, round(2.5 * size / cell)):
        edges = (x_first + left * cell, x_first + (left + wide) * cell, y_first + low * cell, y_first + high * cell)
        if _parts_texts(table, edges, size):
            return edges
    return None


def _tall_runs(open_from: NDArray[np.bool_], least: int) -> list[tuple[int, int, int]]:
    """Return the tallest runs of free cells, one for each stretch of white space: column, first row, row behind it."""
    rows = open_from.shape[0]
    below = np.arange(1, rows + 1, dtype=np.int32)[:, None]
    # How many free cells end in each.
    height = below - np.maximum.accumulate(np.where(open_from, np.int32(0), below), axis=0)
    last, columns = np.nonzero((height >= least) & ~np.append(open_from[1:], np.zeros_like(open_from[:1]), axis=0))
    ends, tall = last + 1, height[last, columns]
    found: list[tuple[int, int, int]] = []
    while len(found) < _TRIED and len(tall):
        best = int(tall.argmax())
        column, end, first = int(columns[best]), int(ends[best]), int(ends[best] - tall[best])
        # The middle of the cells beside it that are as tall.
        alike = columns[(tall == tall[best]) & (ends == end)]
        same = column + int((alike[alike >= column] == column + np.arange((alike >= column).sum())).sum()) - 1
        found.append(((column + same) // 2, first, end))
        beside = (columns >= column - 2) & (columns <= same + 2) & (ends > first) & (ends - tall < end)
        columns, ends, tall = columns[~beside], ends[~beside], tall[~beside]
    return found


def _table(words: Sequence[Word]) -> NDArray[np.float64]:
    """Return what is measured of n words, n x 9."""
    rows = []
    for word in words:
        count, size = len(word.text), word.size
        signs = 2 * count if "\u3000" < word.text[0] < "\uffa0" else count
        line = round(word.base / (0.5 * size))
        rows.append((word.x0, word.x1, word.base, size, _height(word), line, signs, count if word.glyphs else 0, count))
    return np.array(rows, np.float64)


def _parts_texts(words: NDArray[np.float64], edges: tuple[float, float, float, float], size: float) -> bool:
    left, right, low, high = edges
    middle = (left + right) / 2
    inside = words[(low <= words[:, _HEIGHT]) & (words[:, _HEIGHT] <= high)]
    first, second = inside[inside[:, _X1] <= middle], inside[inside[:, _X0] >= middle]
    if len(first) + len(second) < len(inside):
        return False
    rtl = 2 * inside[:, _RTL].sum() > inside[:, _COUNT].sum()
    if rtl:
        first, second = second, first
    if _is_text(second, size):
        return _is_text(first, size)
    # On its last page a text may fill but some lines of the second column.
    if not len(second) or _count(first) < _MANY_LINES or not _is_text(first, size, _FULL):
        return False
    lines = _count(second)
    if _SHORT * lines > _count(first) or second[:, _SIGNS].sum() < _LINE_CHARACTERS * (lines - 1):
        return False
    return (lines == 1 or _is_close(second, size)) and _is_wider_than_blanks(first, second, rtl=bool(rtl))


def _is_close(words: NDArray[np.float64], size: float) -> bool:
    """Return whether lines stand as close to one another as those of a text; beside a long entry, a table's do not."""
    return bool(np.diff(np.unique(words[:, _BASE])).max() <= _CLOSE * size)


def _count(words: NDArray[np.float64]) -> int:
    return len(np.unique(words[:, _LINE]))


def _is_wider_than_blanks(first: NDArray[np.float64], second: NDArray[np.float64], *, rtl: bool) -> bool:
    """Return whether more than a blank of a line that is set flush parts two texts, where they stand side by side.

    Lines of the second that start at one place, or further in by an indent, are a column, and those of the first that
    end at one place.
    """
    heights = set(second[:, _BASE].tolist())
    starts = [_edge(second[second[:, _BASE] == height], left=not rtl) for height in heights]
    if len(starts) > 1 and _is_straight(starts, _INSET * float(second[:, _SIZE].max())):
        return True
    lines = np.unique(first[:, _BASE])
    ends = np.array([_edge(first[first[:, _BASE] == line], left=rtl) for line in lines.tolist()])
    if (ends < ends.min() + _ALIGNED).sum() >= max(_MANY_LINES, _FILLED * len(ends)):
        return True
    for height in heights:
        rows = [
            sorted(words[np.abs(words[:, _BASE] - height) < words[:, _SIZE] / 4][:, [_X0, _X1]].tolist())
            for words in (first, second)
        ]
        gaps = [after[0] - before[1] for row in rows for before, after in pairwise(row)]
        between = max(rows[0][0][0], rows[1][0][0]) - min(rows[0][-1][1], rows[1][-1][1]) if rows[0] else 0.0
        if rows[0] and gaps and between < _BLANKS * max(gaps):
            return False
    return True


def _is_straight(starts: Sequence[float], indent: float) -> bool:
    """Return whether lines start at one place; of several some may be further in, all by the same."""
    low, high = min(starts), max(starts)
    if high - low < _ALIGNED:
        return True
    inset = len(starts) >= _LEAST_LINES and high - low < indent
    return inset and all(min(start - low, high - start) < _ALIGNED for start in starts)


def _edge(line: NDArray[np.float64], *, left: bool) -> float:
    """Return the left or right edge of a line, counted from there towards its middle."""
    return float(line[:, _X0].min()) if left else -float(line[:, _X1].max())


def _is_text(words: NDArray[np.float64], size: float, filled: float = _FILLED) -> bool:
    """Return whether words are set as a text is: several lines, of some length, that fill their column.

    Half of the lines fill this part of it.
    """
    if not len(words):
        return False
    lines, of = np.unique(words[:, _LINE], return_inverse=True)
    width = words[:, _X1].max() - words[:, _X0].min()
    if len(lines) < _LEAST_LINES or width < _NARROWEST * size:
        return False
    left, right = np.full(len(lines), np.inf), np.full(len(lines), -np.inf)
    np.minimum.at(left, of, words[:, _X0])
    np.maximum.at(right, of, words[:, _X1])
    usual = np.sort(right - left)[len(lines) // 2]
    return bool(usual >= filled * width and words[:, _SIGNS].sum() >= _LINE_CHARACTERS * len(lines))


def limits_of(groups: Sequence[Sequence[Word]], sides: tuple[float, float]) -> list[tuple[float, float]]:
    """Return how far to the left and right the lines of each group may reach.

    That is up to the column beside it, or to a margin as wide as the other one; `sides` are those of the page.
    """
    edges = [boxes_of(group) for group in groups]
    boxes = [(*found[:, :2].min(axis=0).tolist(), *found[:, 2:].max(axis=0).tolist()) for found in edges]
    left, right = min((box[0] for box in boxes), default=0.0), max((box[2] for box in boxes), default=0.0)
    margin_left, margin_right = left - sides[0], sides[1] - right
    found = []
    for x0, y0, x1, y1 in boxes:
        beside = [box for box in boxes if box[1] < y1 and y0 < box[3]]
        first, last = min(left, sides[0] + margin_right), max(right, sides[1] - margin_left)
        before = max((box[2] for box in beside if box[2] <= x0), default=None)
        behind = min((box[0] for box in beside if box[0] >= x1), default=None)
        # Two columns are as wide as each other, where their texts allow.
        if behind is not None and before is None and x0 + (last - behind) >= x1:
            behind = min(behind, x0 + (last - behind))
        if before is not None and behind is None and x1 - (before - first) <= x0:
            before = max(before, x1 - (before - first))
        found.append((first if before is None else before, last if behind is None else behind))
    return found
