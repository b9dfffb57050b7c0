"""What the text of a document looks like: the size of its type, the distance of its lines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.sources.blocks.layout import ends_a_sentence
from index.sources.pdf.lines import Line, end_of, same_size, start_of

# In parts of the size of the type.
USUAL_PITCH = 1.2
# So much of its column fills a full line; so many lines stand at a likely distance.
_FULL, _LIKELY = 0.85, 2


@dataclass(frozen=True, slots=True)
class Look:
    """What the text of a document looks like: the size of its type, the distance of its lines in parts of that."""

    size: float
    pitch: float
    bold: bool
    fixed: bool


def look_of(columns: Iterable[Sequence[Line]]) -> Look:
    """Return what most of the text of a document looks like."""
    sizes: Counter[float] = Counter()
    pitches: Counter[float] = Counter()
    likely: Counter[float] = Counter()
    bold = fixed = total = 0
    for lines in columns:
        before: Line | None = None
        right = max(map(end_of, lines), default=0.0)
        left = min(map(start_of, lines), default=0.0)
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
            total += len(line.text)
            bold += line.bold * len(line.text)
            fixed += line.fixed * len(line.text)
            if before is not None and same_size(before, line) and not ends_a_sentence(before.text):
                pitch = round((before.base - line.base) / line.size, 2)
                if 0.9 < pitch < 2.6:
                    likely[pitch] += 1
                    pitches[pitch] += _within(before, line, left, right)
            before = line
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    # Lines that end long before the margin, in scripts without small letters, give no sure one.
    pitch = _commonest(+pitches, 1) or _commonest(likely, _LIKELY) or USUAL_PITCH
    return Look(size, pitch, 2 * bold > total, 2 * fixed > total)


def _commonest(pitches: Counter[float], least: int) -> float:
    """Return the commonest distance of lines, of two the smaller one; 0.0 where fewer than `least` have it."""
    # Rounding makes two of one.
    count, most = max(((pitches[one] + pitches[round(one + 0.01, 2)], -one) for one in pitches), default=(0, 0.0))
    return -most if count >= least else 0.0


def _within(above: Line, line: Line, left: float, right: float) -> bool:
    """Return whether two lines are surely of one paragraph, where no sentence ends between them: the first is full."""
    end = end_of(above) - left
    return end > _FULL * (right - left) and (line.text[:1].islower() or end > _FULL * (above.far - left))
