"""Guess the encoding of bytes that do not say it: the one in which they are a text in one of its languages.

Few encodings are tried, those that people have. Each turns the same bytes into other letters; the right one gives
letters that its language writes, where it writes them, among words that `index.analysis.detection` knows.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from index.analysis.detection import function_words
from index.analysis.languages import FUNCTION_WORDS
from index.analysis.scripts import HAN as HAN_LETTERS
from index.sources.encodings.alphabets import ALPHABETS, ENCODINGS, HAN, HANGUL, TRADITIONAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_PIECE_BYTES, _SAMPLE_BYTES, _ASIAN_BYTES = 1000, 8000, 2000
_CLOSE_BYTES = 1500
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_PAIRS = re.compile(rb"[\x80-\xff]{2,}")
_ASCII = re.compile("[\0-\x7f]+")
_ASCII_BYTES = bytes(range(128))
_BREAK = re.compile(rb"[ \t\n]")
_BEFORE = 200

_MARKS = frozenset("“”‘’„‚–—…«»‹›€£§°·©®™×½¼¾²³±µ•†\u00a0\u00ad´№")
_CJK_MARKS = frozenset("。，、；：？！「」『』（）《》【】“”‘’…—・·\u3000〜～〈〉ー")
_HAN_LETTER = re.compile(f"[{HAN_LETTERS}]")
_HAN_BEGINS = "\u3400"
_USUAL = HAN | HANGUL | TRADITIONAL
# What is neither ASCII nor of China and Japan.
_BEYOND_HAN = re.compile("[^\t-~\xb7\u2010-\u2026\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f]")
_COMMON, _LETTER, _SHOUTED, _MARK, _RARE, _FOREIGN, _NONE = 1.0, 0.5, 0.9, 0.6, 0.1, -1.0, -3.0
# A Latin letter that the language does not write may be of a name.
_OF_ANOTHER = -0.3
_WORDS = 0.6
# A sign between letters is what a wrong encoding makes, but for these.
_WITHIN_WORDS = frozenset("’‘´·\u00ad–—\u00a0…/")
_LATIN = frozenset(codec for codec, languages in ENCODINGS.items() if ALPHABETS[languages[:2]][0] < "\u0250")
_MOST_BEYOND_ASCII = 0.4
# What is taken for the words of a language whose function words are not known.
_WITHOUT_WORDS = {"is": 0.1, "sk": 0.1, "hr": 0.1, "lt": 0.1, "lv": 0.1, "et": 0.1, "el": 0.5, "he": 0.5, "th": 0.5}
_LEAST = -0.3


def guess(raw: bytes) -> str | None:
    """Return the encoding of bytes that are not UTF-8, None when they are a text in none.

    >>> guess("Где вы были вчера вечером?".encode("koi8_r")), guess("Zażółć gęślą jaźń, dla nich".encode("cp1250"))
    ('koi8_r', 'cp1250')
    """
    sample = b"\n".join(_pieces(raw))
    scores = _single_byte_scores(sample)
    pairs = sum(map(len, _HIGH_PAIRS.findall(sample)))
    if 2 * pairs > len(sample.translate(None, _ASCII_BYTES)):
        scores += [(codec, codec, _asian_score(codec, sample[:_ASIAN_BYTES])) for codec in _ASIAN]
    closely: dict[str, tuple[Mapping[str, float], float]] = {}
    best, best_score = None, _LEAST
    for codec, language, score in sorted(scores, key=lambda scored: -scored[2]):
        if score + _WORDS * max(1.0, score) <= best_score:
            # No words make up for letters so odd.
            break
        if codec in _ASIAN:
            # Its common characters are words by themselves.
            found = score + _WORDS * score
        else:
            if codec not in closely:
                closely[codec] = _spoken(sample[:_CLOSE_BYTES].decode(codec, "replace")), _misplaced(codec, sample)
            spoken, misplaced = closely[codec]
            found = score + _WORDS * spoken.get(language, 0.0) - misplaced
        if found > best_score:
            best, best_score = codec, found
    return best


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Yield pieces of the text with bytes beyond ASCII, each from the start of a line or a word on."""
    at = size = 0
    while size < _SAMPLE_BYTES and (high := _HIGH.search(raw, at)) is not None:
        begin = max(at, high.start() - _BEFORE)
        line = raw.rfind(b"\n", begin, high.start())
        space = raw.find(b" ", begin, high.start()) if begin > at else -1
        start = line + 1 if line >= 0 else (space + 1 if space >= 0 else begin)
        piece = raw[start : start + _PIECE_BYTES]
        yield piece
        size += len(piece)
        # Anywhere else may be the middle of a character.
        following = _BREAK.search(raw, start + _PIECE_BYTES)
        if following is None:
            return
        at = following.end()


def _single_byte_scores(sample: bytes) -> list[tuple[str, str, float]]:
    """Return (encoding, language, mean weight of the characters beyond ASCII) for each language of each encoding."""
    import numpy as np

    counts = np.bincount(np.frombuffer(sample, np.uint8), minlength=256)[128:]
    names, weights = _table()
    means = (weights @ counts / max(1, counts.sum())).tolist()
    return [(codec, language, mean) for (codec, language), mean in zip(names, means, strict=True)]


@cache
def _table() -> "tuple[list[tuple[str, str]], NDArray[np.float64]]":
    """Return the languages of the encodings, and the weight of each byte from 128 on in them [L, 128]."""
    import numpy as np

    names = [(codec, language) for codec, languages in ENCODINGS.items() for language in languages.split()]
    rows = []
    for codec, language in names:
        weights = _weights(language)
        letters = [bytes([byte]).decode(codec, "replace") for byte in range(128, 256)]
        rows.append([weights.get(letter, _other(letter)) for letter in letters])
    return names, np.array(rows)


def _weights(language: str) -> dict[str, float]:
    common, _, others = ALPHABETS[language].partition("|")
    weights = dict.fromkeys(_MARKS, _MARK)
    for letters, weight in ((others, _LETTER), (common, _COMMON)):
        for letter in letters:
            weights.setdefault(letter.upper(), weight * _SHOUTED)
            weights[letter] = weight
    return weights


def _other(letter: str) -> float:
    if letter == "\ufffd" or "\x80" <= letter <= "\x9f" or "\ue000" <= letter <= "\uf8ff":
        return _NONE
    return _OF_ANOTHER if letter.isalpha() and letter < "\u0250" else _FOREIGN


def _spoken(text: str) -> dict[str, float]:
    """Return for each language how well the words of a text speak for it, and against others, from 0 to 1."""
    counts = function_words(text.casefold(), ALPHABETS)
    words, most = max(4.0, len(text.split()) / 6), max(1, *counts.values())
    return {
        language: min(1.0, count / words) * (count / most) ** 2
        if language in FUNCTION_WORDS
        else _WITHOUT_WORDS[language]
        for language, count in counts.items()
    }


def _misplaced(codec: str, sample: bytes) -> float:
    """Return which share of the bytes from 128 on makes a capital behind a small letter, or a sign between letters."""
    import numpy as np

    codes = np.frombuffer(sample, np.uint8)
    small, capital, letter, sign = (kind[codes] for kind in _letter_kinds(codec))
    high = codes >= 128
    flips = small[:-1] & capital[1:] & (high[:-1] | high[1:])
    signs = letter[:-2] & sign[1:-1] & letter[2:]
    # A word is in one script.
    mixed = 0 if codec in _LATIN else int((letter[:-1] & letter[1:] & (high[:-1] ^ high[1:])).sum())
    odd = (int(flips.sum() + signs.sum()) + mixed) / max(1, int(high.sum()))
    # Words in Latin letters are mostly ASCII.
    crowded = codec in _LATIN and int((high & letter).sum()) > _MOST_BEYOND_ASCII * int(letter.sum())
    return odd + crowded


@cache
def _letter_kinds(codec: str) -> "tuple[NDArray[np.bool_], ...]":
    """Return which bytes are small letters, capitals, letters and signs that stand between words [256]."""
    import numpy as np

    letters = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
    signs = [ord(letter) > 127 and not letter.isalnum() and letter not in _WITHIN_WORDS for letter in letters]
    kinds = ([letter.islower() for letter in letters], [letter.isupper() for letter in letters])
    return tuple(np.array(kind) for kind in (*kinds, list(map(str.isalpha, letters)), signs))


def _asian_score(codec: str, sample: bytes) -> float:
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample)
    counts = Counter(_ASCII.sub("", text))
    return sum(count * _asian_weight(codec, letter) for letter, count in counts.items()) / max(1, counts.total())


def _asian_weight(codec: str, letter: str) -> float:
    if letter in _CJK_MARKS:
        return _COMMON
    if codec == "cp949" and "\uac00" <= letter <= "\ud7a3":
        return _COMMON if letter in HANGUL else _RARE
    if codec in ("cp932", "euc_jp"):
        if "\u3041" <= letter <= "\u30fe":
            return _COMMON
        return _LETTER if _HAN_LETTER.match(letter) else _other(letter)
    if codec != "cp949" and _HAN_LETTER.match(letter):
        known = letter in HAN or (codec == "big5hkscs" and letter in TRADITIONAL)
        return _COMMON if known else _RARE
    return _MARK if "\uff00" <= letter <= "\uff5e" else _other(letter)


def is_text(head: bytes, codec: str) -> bool:
    """Return whether bytes are words in this encoding: letters of few scripts, and of Han and Hangul the usual ones."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(head)
    letters = list(filter(str.isalpha, text))
    rare = sum(letter >= _HAN_BEGINS and letter not in _USUAL for letter in letters)
    blocks = {ord(letter) >> 8 for letter in letters if letter < _HAN_BEGINS}
    # With its bytes the other way round a text of Han is of all scripts.
    plain = 2 * len(letters) > len(text) and (2 * rare <= len(letters) or not _BEYOND_HAN.search(text))
    return plain and "\ufffd" not in text and "\0" not in text and len(blocks) <= max(4, len(letters) // 8)
