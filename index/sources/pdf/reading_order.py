"""Words on a line put in the order in which people read them, right-to-left scripts too."""

import re
import unicodedata
from collections.abc import Sequence

from index.analysis.scripts import letters
from index.sources.pdf.words import Glyph, Word, is_rtl

# In parts of the size of the type: so far apart, two words have a blank between them.
_BLANK = 0.12
_WIDE_BLANK = 0.6
_UNSPACED = re.compile(f"[{letters('cjk stops', 'han marks', 'cjk brackets', 'kana', 'han', 'full width')}]")
_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufeff\ufb00-\ufb06]+")
_PAIRS = {"(": ")", "[": "]", "{": "}", "«": "»", "<": ">"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
# A bracket that can only open (a word behind it, none before), or only close.
_ROUND = re.compile(
    r"(?<![^\s(\[{«<])[)\]}»>](?=[^\s)\]}»>.,:;!?،؛؟])|(?<=[^\s(\[{«<])[(\[{«<](?![^\s)\]}»>.,:;!?،؛؟])"
)
# What belongs to a number or a word of letters from left to right, inside it.
_INNER = frozenset(".,:/-–'’%‰+#&@_\u066b\u066c")
_LEFT_TO_RIGHT = frozenset(("L", "EN", "AN"))


def line_text(words: Sequence[Word]) -> str:
    """Return the text of the words of one line, sorted from left to right.

    >>> def word(text, x): return Word(text, x, x + 5 * len(text), 0.0, 10.0, False, False)
    >>> line_text([word("low", 0), word("tide", 20)])
    'low tide'
    """
    if not any(word.glyphs for word in words):
        return _plain(words)
    right_to_left = sum(len(word.text) for word in words if word.glyphs)
    whole = sum(len(word.text) for word in words if word.glyphs or any(map(str.isalpha, word.text)))
    return _bidirectional(words, leads=2 * right_to_left >= whole)


def has_blank(left: Word, right: Word) -> bool:
    """Return whether two neighbours on a line, from left to right, have a blank between them."""
    size = max(left.size, right.size)
    gap = right.x0 - left.x1
    if _UNSPACED.match(left.text[-1:]) and _UNSPACED.match(right.text[:1]):
        return gap > _WIDE_BLANK * size
    return left.spaced or gap > _BLANK * size


def common_letters(text: str) -> str:
    """Return a text with common letters for presentation forms and ligatures.

    >>> common_letters("\\ufefb \\ufb01")
    'لا fi'
    """
    return text if text.isascii() else _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _facing(found: re.Match[str]) -> str:
    """Return a bracket turned round: some programs store the shape that stands on the page, others the character."""
    return _OPENING.get(found[0]) or _PAIRS[found[0]]


def _plain(words: Sequence[Word]) -> str:
    parts: list[str] = []
    before: Word | None = None
    for word in words:
        if before is not None and has_blank(before, word):
            parts.append(" ")
        parts.append(word.text)
        before = word
    return common_letters("".join(parts))


def _bidirectional(words: Sequence[Word], *, leads: bool) -> str:
    """Return the text of a line that holds right-to-left letters; `leads` where the line itself runs that way."""
    clusters: list[str] = []
    before: Word | None = None
    for word in words:
        if before is not None and (
            has_blank(before, word) or (word.spaced and bool(word.glyphs) and word.x0 - before.x1 > 0)
        ):
            clusters.append(" ")
        clusters.extend(_clusters(word))
        before = word
    text = common_letters("".join(_in_order(clusters, leads=leads)))
    return _ROUND.sub(_facing, text)


def _clusters(word: Word) -> list[str]:
    """Return the characters of a word from left to right, marks and ligatures with the letter they stand on."""
    if not word.glyphs:
        return list(word.text)
    groups: list[tuple[float, float, str]] = []
    for x0, x1, sign in word.glyphs:
        if groups and (unicodedata.combining(sign) or (x0, x1) == groups[-1][:2]):
            left, right, text = groups[-1]
            groups[-1] = (left, right, text + sign)
        else:
            groups.append((x0, x1, sign))
    groups.sort(key=_middle)
    return [text for _, _, text in groups]


def _middle(glyph: Glyph) -> float:
    return glyph[0] + glyph[1]


def _in_order(clusters: list[str], *, leads: bool) -> list[str]:
    """Return what stands from left to right in the order of reading."""
    kinds = [_kind(cluster) for cluster in clusters]
    _settle(clusters, kinds, leads=leads)
    if leads:
        ordered: list[str] = []
        at = len(clusters)
        while at:
            end = at
            while at and kinds[at - 1] == "L":
                at -= 1
            if at < end:
                ordered += clusters[at:end]
            else:
                at -= 1
                ordered.append(clusters[at])
        return ordered
    ordered = []
    at = 0
    while at < len(clusters):
        end = at
        while end < len(clusters) and kinds[end] == "R":
            end += 1
        if end > at:
            ordered += _in_order(clusters[at:end], leads=True)
            at = end
        else:
            ordered.append(clusters[at])
            at += 1
    return ordered


def _kind(cluster: str) -> str:
    """Return "R" for a letter that runs from right to left, "L" for one from left to right or a digit, "" else."""
    if is_rtl(cluster[0]) and unicodedata.bidirectional(cluster[0]) in ("R", "AL"):
        return "R"
    return "L" if unicodedata.bidirectional(cluster[0]) in _LEFT_TO_RIGHT else ""


def _settle(clusters: list[str], kinds: list[str], *, leads: bool) -> None:
    """Give signs and blanks the direction of what they stand between."""
    last = -1
    for at, kind in enumerate(kinds):
        if not kind:
            continue
        between = range(last + 1, at)
        if last >= 0 and kinds[last] == kind == "L" and leads and _bridges(clusters, last, at):
            for place in between:
                kinds[place] = "L"
        elif last >= 0 and kinds[last] == kind == "R" and not leads:
            for place in between:
                kinds[place] = "R"
        last = at
    if leads:
        for at, kind in enumerate(kinds):
            # "25%": the sign stands at its number.
            if not kind and clusters[at] in "%‰$€£+-−" and _beside_digit(clusters, at):
                kinds[at] = "L"


def _bridges(clusters: list[str], left: int, right: int) -> bool:
    """Return whether what stands between two places belongs to one text from left to right: "3,5", "New York"."""
    between = "".join(clusters[left + 1 : right])
    if not between:
        return True
    letters_around = clusters[left][0].isalpha() and clusters[right][0].isalpha()
    if not between.strip():
        # Two numbers with a blank between them are read from right to left, words from left to right.
        return letters_around or clusters[left][0].isalpha() or clusters[right][0].isalpha()
    if " " in between:
        return letters_around
    return all(sign in _INNER for sign in between) or letters_around


def _beside_digit(clusters: list[str], at: int) -> bool:
    return (at > 0 and clusters[at - 1].isdigit()) or (at + 1 < len(clusters) and clusters[at + 1].isdigit())
