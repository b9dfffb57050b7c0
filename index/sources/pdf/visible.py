"""Which text of a page people see: not what is invisible or white on white, but of a scan what was laid over it."""

from collections.abc import Callable, Sequence

import numpy as np

from index.sources.pdf.pdfium import PageText

# In points: smaller type is no text.
_SMALLEST = 1.0
_TEXT_LAYER, _SCANNED = 4, 0.5
_GRID = 64


def numbers_seen(page: PageText, counts: Sequence[int], look_behind: Callable[[PageText], None]) -> list[int]:
    """Return the numbers of the styles whose characters a reader sees, or would have heard read from a scan's text."""
    styles = page.styles
    upright = [number for number, style in enumerate(styles) if style.quarter is not None and style.size >= _SMALLEST]
    hidden = [number for number in upright if styles[number].hidden]
    white = {number for number in upright if styles[number].white and not styles[number].hidden}
    if not hidden and not white:
        return upright
    look_behind(page)
    if white:
        covered = _covered(page)
        numbers, first = np.unique(page.style_of, return_index=True)
        places = dict(zip(numbers.tolist(), first.tolist(), strict=True))
        for number in list(white):
            left, top, right, bottom = page.boxes[places[number]].tolist()
            if covered((left + right) / 2, (bottom + top) / 2):
                white.discard(number)
    shown = [number for number in upright if not styles[number].hidden and number not in white]
    of_layer = sum(counts[number] for number in hidden)
    if page.pictures >= _SCANNED and _TEXT_LAYER * sum(counts[number] for number in shown) < of_layer:
        return hidden
    return shown


def _covered(page: PageText) -> Callable[[float, float], bool]:
    """Return whether something is drawn at a place, to a 64th of the page."""
    left, bottom, right, top = page.box
    across, up = ((right - left) or 1) / _GRID, ((top - bottom) or 1) / _GRID
    rows = [bytearray(_GRID) for _ in range(_GRID)]

    def cell(x: float, y: float) -> tuple[int, int]:
        return (
            max(0, min(_GRID - 1, int((x - left) / across))),
            max(0, min(_GRID - 1, int((y - bottom) / up))),
        )

    for x0, y0, x1, y1 in page.drawn:
        (first, low), (last, high) = cell(x0, y0), cell(x1, y1)
        for row in rows[low : high + 1]:
            row[first : last + 1] = b"\1" * (last + 1 - first)
    return lambda x, y: bool(rows[cell(x, y)[1]][cell(x, y)[0]])
