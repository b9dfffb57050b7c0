"""Tell line breaks that only mean "the line was full" from those an author made, and join what was wrapped.

A wrapped line is one to which the next line's first word would not have fitted. Verse, lists and a page with a
paragraph on each line break elsewhere, so the width at which most breaks are such ones is the width of the text.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise

from index.analysis.scripts import SOUTHEAST_ASIAN, letters
from index.sources.blocks.layout import ends_a_sentence, tidied

_CJK = letters("cjk stops", "han marks", "cjk brackets", "kana", "han", "hexagrams", "han compatibility", "full width")
# What only texts beyond ASCII need is compiled at the first of them: to do so takes as long as to read thirty files.
_compiled = cache(re.compile)
_UNSPACED_EDGE = f"[{SOUTHEAST_ASIAN}{_CJK}{letters('half width kana')}]"
# No letter below it is one of these.
_FIRST_UNSPACED = "\u0e00"
# They take two columns on a screen, and the width of a text was counted in columns.
_WIDE = f"[{_CJK}{letters('hangul', 'rare han')}]"
# They stand above or below the letter before them, and take none.
_ABOVE_OR_BELOW = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece]")
_SOUTHEAST = re.compile(f"[{SOUTHEAST_ASIAN}]")
# No space shows where a word ends that would not have fitted: most have so many columns or fewer.
_UNSPACED_WORD = 8
_FIRST_WORD = rf"\s*([{SOUTHEAST_ASIAN}{_CJK}]|[^\s{SOUTHEAST_ASIAN}{_CJK}]+)"
_NARROWEST, _WIDEST = 38, 120
# Lines of a paragraph each are seldom all as long as these by chance.
_USUAL_WIDTHS = range(66, 82)
# Lines are wrapped by hand too: a word that would just have fitted may stand on the next line.
_SLACK = 2
_MOST_FULL = 0.7
# Of lines that could be full there are too few then, whether or not the block is verse.
_MOST_TOO_WIDE = 1 / (1 + _MOST_FULL)
_MOST_BREAKS = 2000
# A break in the middle of a sentence tells most where small letters show it; other scripts need more breaks.
_BREAKS_WITHOUT_CASE = 3
# Lines of full letters are all of one width.
_BREAKS_OF_WIDE = 2
HYPHENS = "-\u2010"
_OPENING_DASH, _CLOSING_DASH = re.compile(r"(?:^|(?<=\s))-(?=\w)"), re.compile(r"(?<=\w)-(?=\s|$)")
# Lines with one of these are tidied one by one.
_UNTIDY = ("  ", "\n ")
_WORD_EDGES = ".,;:!?\"'”’)"
# They stand behind a hyphen alone: "кто-нибудь", "peut-être", "lui-même".
_ALWAYS_HYPHENED = frozenset(("нибудь", "либо", "être", "même", "mêmes"))
# "Haupt- und Nebenwege": the hyphen stands for a word to come.
_AFTER_A_HANGING_HYPHEN = frozenset(
    "und oder bis sowie bzw and or to nor en of och eller og et ou y o e ja tai ve".split()
)


def width_of(blocks: Iterable[Sequence[str]]) -> int:
    """Return the width in columns at which the lines of these blocks were wrapped, 0 when they were not."""
    several = list(blocks)
    if all(map(_is_too_wide, several)):
        return 0
    breaks = [(at, *pair) for at, block in enumerate(several) for pair in pairwise(block)]
    # A long text tells its width by a part of it.
    breaks = breaks[:: 1 + len(breaks) // _MOST_BREAKS]
    spans = [_widths(line, following) for _, line, following in breaks]
    if all(least > _WIDEST for least, _ in spans):
        return 0
    votes = [0] * (_WIDEST + 2)
    for least, most in spans:
        if least <= _WIDEST and most >= _NARROWEST:
            votes[max(least, _NARROWEST)] += 1
            votes[min(most, _WIDEST) + 1] -= 1
    votes = list(accumulate(votes))
    most_votes = max(votes)
    width = votes.index(most_votes)
    if not most_votes:
        return 0
    return width if _is_width(width, breaks, spans) else 0


def width_of_few(blocks: Iterable[Sequence[str]], lines: Iterable[str]) -> int:
    """Return the width of a text with few wrapped lines, which small letters do not tell: that of its widest line.

    It must be a usual one, all `lines` of the text counted, and each break of the `blocks` one of a line that was full,
    not all of them behind sentences; else 0.
    """
    widest = max(map(columns, lines), default=0)
    if widest not in _USUAL_WIDTHS:
        return 0
    breaks = [pair for block in blocks for pair in pairwise(block)]
    if all(ends_a_sentence(line) for line, _ in breaks):
        return 0
    return widest if all(is_full(line, following, widest) for line, following in breaks) else 0


def _is_too_wide(block: Sequence[str]) -> bool:
    """Return whether so many lines of a block are wider than any text that too few can be full at any width."""
    wide = sum([len(line) > _WIDEST and line.isascii() for line in block[:-1]])
    return wide > _MOST_TOO_WIDE * (len(block) - 1) or len(block) < 2


_Break = tuple[int, str, str]
_Spans = Sequence[tuple[int, int]]


def _is_width(width: int, breaks: Sequence[_Break], spans: _Spans) -> bool:
    """Return whether most lines that are long enough end where a text of that width would break them."""
    full, within, small, cased, wide = 0, 0, 0, 0, 0
    long = 0
    verse = _set_apart(breaks, spans, width)
    for (least, most), (at, line, following) in zip(spans, breaks, strict=True):
        if at in verse:
            continue
        long += least > 0.6 * width
        if least <= width <= most:
            full += 1
            if not ends_a_sentence(line):
                within += 1
                first = following[:1] if following[:1].isalpha() else next(filter(str.isalpha, following[:20]), "")
                small += first.islower()
                cased += first.islower() or first.isupper()
                wide += not line.isascii() and 3 * _wide(line) > 2 * len(line)
    if not full or full < _MOST_FULL * long or 2 * within < full:
        return False
    if 2 * cased >= within:
        return small >= max(1, 0.2 * within)
    return within >= (_BREAKS_OF_WIDE if wide == within else _BREAKS_WITHOUT_CASE)


def _set_apart(breaks: Sequence[_Break], spans: _Spans, width: int) -> set[int]:
    """Return the blocks of verse: half of their lines are not full, and stand further in or begin with capitals."""
    # Of the breaks of each block, how many more are full lines than are not.
    more = [0] * (breaks[-1][0] + 1)
    for (at, _, _), (least, most) in zip(breaks, spans, strict=True):
        more[at] += 1 if least <= width <= most else -1
    verse = {at for at, _, _ in breaks if more[at] <= 0}
    if not verse:
        return verse
    margin = min(len(line) - len(line.lstrip(" ")) for _, line, _ in breaks)
    for at, line, following in breaks:
        further_in = line[margin : margin + 1] == " " == following[margin : margin + 1]
        if not (further_in or following.lstrip()[:1].isupper()):
            verse.discard(at)
    return verse


def is_full(line: str, following: str, width: int) -> bool:
    """Return whether `line` ends where it does because the first word of `following` would have gone beyond `width`."""
    least, most = _widths(line, following)
    return least <= width + _SLACK and width <= most


def is_cut(line: str, following: str) -> bool:
    """Return whether a word is cut at the end of `line`: "recon-" above "struction".

    >>> is_cut("the recon-", "struction of it"), is_cut("Haupt-", "und Nebenwege")
    (True, False)
    """
    if line[-1:] not in HYPHENS or not line[-2:-1].islower():
        return False
    head = _first_word(following[:100])
    return head[:1].islower() and head.casefold() not in _AFTER_A_HANGING_HYPHEN


def columns(line: str) -> int:
    """Return how many columns a line takes on a screen.

    >>> columns("ab"), columns("河水")
    (2, 4)
    """
    return len(line) if line.isascii() else len(line) + _wide(line)


# Each line of a text is asked for several times.
@lru_cache(maxsize=256)
def _wide(line: str) -> int:
    """Return how many columns a line takes beyond one for each letter; fewer where marks stand above others."""
    return len(_compiled(_WIDE).findall(line)) - len(_ABOVE_OR_BELOW.findall(line))


def _is_unspaced(text: str) -> bool:
    """Return whether the first letter of a text is of a script that parts words by no spaces."""
    return _compiled(_UNSPACED_EDGE).match(text) is not None


def joined_lines(lines: Sequence[str], vocabulary: frozenset[str] = frozenset()) -> str:
    """Return wrapped lines as one, a word cut by a hyphen at a line's end made whole.

    `vocabulary` (case-folded) tells "well-" + "known" from "exam-" + "ple".

    >>> joined_lines(["The mill was re-", "built in stone."])
    'The mill was rebuilt in stone.'
    """
    together = "\n".join(lines)
    if together.isascii() and "-\n" not in together and not any(map(together.__contains__, _UNTIDY)):
        return tidied(together.replace("\n", " "))
    pieces = [tidied(lines[0])]
    for line in map(tidied, lines[1:]):
        before = pieces[-1]
        if before[-1:] in HYPHENS and before[-2:-1].isalnum():
            pieces[-1:] = (before, f" {line}") if _is_dash(pieces) else _over_hyphen(before, line, vocabulary)
        elif before[-1:] >= _FIRST_UNSPACED and _is_unspaced(before[-1:]) and _is_unspaced(line):
            pieces.append(line)
        else:
            pieces.append(f" {line}")
    return "".join(pieces)


def vocabulary_of(lines: Iterable[str]) -> frozenset[str]:
    """Return the words with a hyphen of a text, case-folded, as `joined_lines` takes them."""
    words: set[str] = set()
    for line in lines:
        if "-" in line or "\u2010" in line:
            words.update(word for word in line.casefold().split() if "-" in word or "\u2010" in word)
    return frozenset(word.strip(_WORD_EDGES) for word in words)


def _is_dash(pieces: Sequence[str]) -> bool:
    """Return whether what ends the last of these is the second dash around an aside: "the quay -the old one-"."""
    text = "".join(pieces)
    return len(_OPENING_DASH.findall(text)) > len(_CLOSING_DASH.findall(text[:-1]))


def _over_hyphen(before: str, line: str, vocabulary: frozenset[str]) -> tuple[str, str]:
    """Return the end of a line that ends with a hyphen, and the line below it, as they are to be put together."""
    head, _, _ = line.partition(" ")
    if not line[:1].islower():
        return before, line
    if head.casefold() in _AFTER_A_HANGING_HYPHEN:
        return before, f" {line}"
    whole = (before.rsplit(None, 1)[-1] + head).casefold().strip(_WORD_EDGES)
    hyphened = whole in vocabulary or head.casefold().strip(_WORD_EDGES) in _ALWAYS_HYPHENED
    return (before if hyphened else before[:-1]), line


def _widths(line: str, following: str) -> tuple[int, int]:
    """Return the least and the greatest width at which a line may have been wrapped here."""
    size = len(line)
    if size <= _WIDEST and line.isascii() and following.isascii() and line[-1:] != "-":
        return size, size + (_first_size(following) + _SLACK if following else 0)
    least = size if size > _WIDEST + _SLACK else columns(line)
    if least > _WIDEST + _SLACK:
        # No text is so wide.
        return least, least
    if line[-1:] in HYPHENS:
        # Any part of the next word stands below it.
        return least, least + 20
    first = _first_word(following[:100])
    if not first:
        return least, least
    unspaced = line[-1:] >= _FIRST_UNSPACED and _is_unspaced(line[-1:]) and _is_unspaced(first)
    size = _UNSPACED_WORD if unspaced and _SOUTHEAST.match(first) else columns(first)
    return least, least + (not unspaced) + size - 1 + _SLACK


def _first_size(line: str) -> int:
    """Return the length of the first word of a line in ASCII, of at most a hundred letters."""
    if line[0] == " ":
        return len(_first_word(line[:100]))
    end = line.find(" ", 0, 100)
    return end if end >= 0 else min(len(line), 100)


def _first_word(line: str) -> str:
    if line.isascii():
        return next(iter(line.split(None, 1)), "")
    found = _compiled(_FIRST_WORD).match(line)
    return found[1] if found is not None else ""
