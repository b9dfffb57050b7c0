"""Spelling: find the word that an unknown word of a question was meant to be.

A word that no article holds is changed by one edit in every possible way (a letter left out, put in, changed, or two
neighbours swapped: Damerau's distance 1), every result becomes a term as if it had been written so, and those terms
are looked up all at once in a table of hashes. So the table is as long as the vocabulary, not the many times longer
list of all deletions that SymSpell keeps, and a typo may stand where the stem ends.
"""

from collections.abc import Iterable

from index import tuning
from index.analysis import analyzer
from index.analysis.detection import script
from index.query.dictionary import Dictionary


def candidates(word: str, language: str, known: Dictionary) -> dict[int, str]:
    """Return the ids of the terms that the folded `word` may have been meant for, each with the word it would then be.

    None for a word that is too short or too long, with a digit, or of a script that does not part words.
    """
    if not tuning.SPELLING_LEAST <= len(word) <= tuning.SPELLING_MOST or not analyzer.is_plain(word):
        return {}
    scripts = {script(letter) for letter in word}
    letters = [letter for letter in map(chr, known.letters.tolist()) if script(letter) in scripts]
    words = edits(word, letters)
    ids = known.find(analyzer.stem_words(words, language))
    # Backwards, so that of several ways to a term the first stays.
    return {number: meant for meant, number in zip(reversed(words), reversed(ids), strict=True) if number >= 0}


def is_meant(word: str, meant: str, written: str, *, sure: bool = False) -> bool:
    """Return whether `written`, a form of the term that `meant` became, is what `word` was meant to be.

    It has to be one edit away itself, or to end a little otherwise than `meant`: a stemmer takes so much off that
    "opera" would become "operated", by way of "opere". Most short words are one edit away from another word, so of
    four letters only two may be swapped, of five none may be changed, and the first letter of a short one is trusted.
    Of a word that is surely none itself a letter more may be so.

    >>> is_meant("elephnats", "elephants", "elephant"), is_meant("opera", "opere", "operated")
    (True, False)
    """
    if len(word) < tuning.SPELLING_LONG and word[0] != written[0] and word[1::-1] != written[:2]:
        return False
    least = tuning.SPELLING_LEAST - sure
    same = 0
    while same < min(len(word), len(written)) and word[same] == written[same]:
        same += 1
    rest, other = word[same:], written[same:]
    if rest[1::-1] + rest[2:] == other:
        return True
    if len(word) > least and (rest[1:] == other or rest == other[1:]):
        return True
    if len(word) > least + 1 and rest[1:] == other[1:]:
        return True
    inflected = meant.startswith(written) or written.startswith(meant)
    return (
        len(word) > tuning.SPELLING_LEAST + 1 and inflected and abs(len(meant) - len(written)) <= tuning.SPELLING_ENDING
    )


def edits(word: str, letters: Iterable[str]) -> list[str]:
    """Return every other word at Damerau's distance 1 whose new letters are of `letters`; swaps first, then omissions.

    >>> edits("ab", ["a"])
    ['ba', 'b', 'a', 'aa', 'aab', 'aba']
    """
    places = range(len(word))
    letters = list(letters)
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places[:-1]]
    shorter = [word[:i] + word[i + 1 :] for i in places]
    changed = [word[:i] + letter + word[i + 1 :] for i in places for letter in letters]
    longer = [word[:i] + letter + word[i:] for i in range(len(word) + 1) for letter in letters]
    return [other for other in dict.fromkeys([*swapped, *shorter, *changed, *longer]) if other != word]
