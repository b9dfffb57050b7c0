"""Make one random spelling mistake in each question, always the same one."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from random import Random
from typing import Final

from index.evaluate.beir import Question

SEED: Final = 7
FEWEST_LETTERS: Final = 4


def with_typos(questions: Sequence[Question], seed: int = SEED) -> list[Question]:
    """Return the questions, each with one edit in one random word of at least FEWEST_LETTERS letters or vowel signs.

    The edit inserts, deletes or substitutes a letter, or transposes two neighbours. New letters are of the script of
    their neighbour, drawn from those that the questions use. A question without such a word stays as it is. Its id
    alone seeds its edit.
    """
    letters = alphabets(questions)
    return [replace(q, text=typo(q.text, letters, Random(f"{seed}:{q.id}"))) for q in questions]  # noqa: S311 (no secret)


def alphabets(questions: Sequence[Question]) -> dict[str, str]:
    """Return the letters that questions use of each script, by its name in Unicode."""
    letters: dict[str, set[str]] = {}
    for question in questions:
        for letter in question.text.lower():
            if letter.isalpha():
                letters.setdefault(_script(letter), set()).add(letter)
    return {script: "".join(sorted(used)) for script, used in letters.items()}


def typo(text: str, letters: Mapping[str, str], random: Random) -> str:
    """Return `text` with one edit; `letters` are those of each script, see `alphabets`.

    >>> typo("Who built the tower?", {"LATIN": "abcdefghij"}, Random(1))
    'Who buiht the tower?'
    """
    words = _words(text)
    if not words:
        return text
    start, end = random.choice(words)
    word = text[start:end]
    edits = [_inserted, _deleted, _substituted, _transposed]
    random.shuffle(edits)
    # A word of one repeated letter cannot be transposed, and a script of one letter has no other.
    changed = next(filter(None, (edit(word, letters, random) for edit in edits)))
    return text[:start] + changed + text[end:]


def _words(text: str) -> list[tuple[int, int]]:
    """Return runs of enough letters and vowel signs, as half-open ranges."""
    words, start = [], 0
    for is_word, group in groupby(text, key=lambda character: unicodedata.category(character)[0] in "LM"):
        run = list(group)
        if is_word and len(run) >= FEWEST_LETTERS:
            words.append((start, start + len(run)))
        start += len(run)
    return words


def _inserted(word: str, letters: Mapping[str, str], random: Random) -> str:
    at = random.randrange(len(word))
    some = letters.get(_script(word[at]), "")
    return word[:at] + random.choice(some) + word[at:] if some else ""


def _deleted(word: str, _: Mapping[str, str], random: Random) -> str:
    at = random.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _substituted(word: str, letters: Mapping[str, str], random: Random) -> str:
    at = random.randrange(len(word))
    others = [letter for letter in letters.get(_script(word[at]), "") if letter.casefold() != word[at].casefold()]
    return word[:at] + random.choice(others) + word[at + 1 :] if others else ""


def _transposed(word: str, _: Mapping[str, str], random: Random) -> str:
    places = [at for at in range(len(word) - 1) if word[at].casefold() != word[at + 1].casefold()]
    if not places:
        return ""
    at = random.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@cache
def _script(letter: str) -> str:
    """Return the first word of a letter's Unicode name, which tells its script: LATIN, ARABIC, CYRILLIC, CJK, THAI."""
    return unicodedata.name(letter, "").partition(" ")[0]
