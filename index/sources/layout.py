"""Turn the characters of a file into paragraphs: one normal form, and lines joined where a page only wrapped them.

Nothing is dropped here but characters that no reader sees.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from index.analysis.scripts import SOUTHEAST_ASIAN, letters
from index.analysis.sentences import words

# Byte order marks, bidi marks, soft hyphens, zero-width spaces, controls. The joiners U+200C and U+200D stay:
# Persian and Indic words are spelt with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LINE_BREAK = re.compile("\r\n?|[\x0b\x1c-\x1e\x85\u2028]")
_PAGE_BREAK = re.compile("[\f\u2029]")
_PLAIN = re.compile(r"[ -~\n]*")
_UNUSUAL = re.compile("|".join(odd.pattern for odd in (_UNSEEN, _LONE_SURROGATE, _SPACES, _LINE_BREAK, _PAGE_BREAK)))

_CLOSERS = "\"'”’“»«)]}」』）】》"
_STOPS = ".!?…؟۔।॥。！？:"
_UNSPACED_EDGE = re.compile(
    f"[{SOUTHEAST_ASIAN}{letters('cjk stops', 'han marks', 'cjk brackets', 'kana', 'han', 'hexagrams')}"
    f"{letters('han compatibility', 'full width', 'half width kana')}]"
)
_NARROWEST_WRAP, _WIDEST_WRAP = 40, 120
_VERSE_CHARACTERS, _VERSE_WORDS = 60, 10


def normalise(text: str) -> str:
    """Return `text` in NFC, lines broken by "\\n" alone, every space a plain one, without invisible marks.

    ZWNJ and ZWJ stay. A form feed or U+2029 becomes a blank line, half a surrogate pair U+FFFD.

    >>> normalise("\\ufeffa\\xa0b\\r\\nco\\xadop")
    'a b\\ncoop'
    """
    if _PLAIN.fullmatch(text):
        return text
    if not _UNUSUAL.search(text):
        return unicodedata.normalize("NFC", text)
    text = _PAGE_BREAK.sub("\n\n", _LINE_BREAK.sub("\n", text))
    text = _LONE_SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text))


def one_line(text: str) -> str:
    """Return `text` on one line with single spaces.

    >>> one_line(" a \\n  b ")
    'a b'
    """
    return " ".join(text.split())


def count_words(text: str) -> int:
    """Return how many words `text` has; see `index.analysis.sentences.words` for what counts as one."""
    return len(words(text))


def ends_a_sentence(line: str) -> bool:
    """Return whether `line` closes with a full stop or its like, inside or outside quotation marks."""
    return line.rstrip(_CLOSERS).endswith(tuple(_STOPS))


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of `lines` (each as `one_line` leaves it, "" for a blank one), in order.

    A line is a paragraph, except that wrapped lines are joined (a word cut by a hyphen at a line's end is made
    whole) and lines of verse or of a list stay together, with their line breaks.

    >>> paragraphs(["Slow it goes", "the old river", "", "It rained. A lot."])
    ['Slow it goes\\nthe old river', 'It rained. A lot.']
    """
    if not any(line and following for line, following in pairwise(lines)):
        return [line for line in lines if line]
    blocks = list(_blocks(lines))
    if _wrapped(blocks):
        vocabulary = frozenset(word for block in blocks for line in block for word in line.casefold().split())
        return [_joined(block, vocabulary) for block in blocks]
    found: list[str] = []
    for block in blocks:
        if _verse(block):
            found.append("\n".join(block))
        else:
            found.extend(block)
    return found


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    for filled, block in groupby(lines, key=bool):
        if filled:
            yield list(block)


def _wrapped(blocks: Sequence[Sequence[str]]) -> bool:
    """Return whether the line breaks inside blocks only mean that a line was full.

    A break is one of these when the next line's first word would not have fitted; verse and lists break
    sooner, and a page with a paragraph on each line breaks after full stops.
    """
    breaks = [pair for block in blocks for pair in pairwise(block)]
    if len(breaks) < 2:
        return False
    lengths = sorted(len(line) for block in blocks for line in block)
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return False
    full = sum(len(line) + 1 + _first_word(following) > width - 2 for line, following in breaks)
    within_sentence = sum(not ends_a_sentence(line) for line, _ in breaks)
    return full >= 0.8 * len(breaks) and within_sentence >= 0.5 * len(breaks)


def _first_word(line: str) -> int:
    """Return the length of the first word of `line`, in characters."""
    first, last = words(line[:100])[0]
    return last - first


def _verse(block: Sequence[str]) -> bool:
    if len(block) < 2 or any(len(line) > _VERSE_CHARACTERS for line in block):
        return False
    if 2 * sum(map(ends_a_sentence, block)) >= len(block):
        return False
    return all(count_words(line) <= _VERSE_WORDS for line in block)


def _joined(block: Sequence[str], vocabulary: frozenset[str]) -> str:
    """Return wrapped lines as one; `vocabulary` (case-folded) tells "well-" + "known" from "exam-" + "ple"."""
    text = block[0]
    for line in block[1:]:
        if text.endswith("-") and text[-2:-1].isalpha() and line[0].islower():
            start = text.rsplit(None, 1)[-1]
            whole = (start + line.split(None, 1)[0]).casefold()
            text = (text if whole in vocabulary else text[:-1]) + line
        elif _UNSPACED_EDGE.match(text[-1]) and _UNSPACED_EDGE.match(line):
            text += line
        else:
            text += " " + line
    return text
