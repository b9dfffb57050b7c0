"""Turn text into terms, in the same way for articles and questions.

A text is cut into runs by one pattern, and every distinct run (a surface form) becomes terms once: the result is
remembered, so that stemming and folding cost by the vocabulary and not by the text. `index.analysis.languages` says
what happens in which language.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

from index import tuning
from index.analysis.folding import fold_word
from index.analysis.han import has_han
from index.analysis.runs import SIGNS, is_unspaced, prepare, runs
from index.analysis.surfaces import gram_letters, surfaces

VERSION: Final = 3

# What may go from either end of a piece without any change to its terms: neither a letter, a digit nor a mark, and no
# joiner that a pattern of the analyzer looks at from inside a word. A full stop, a dash or # may begin a word, and
# # or + end one.
_EDGES: Final = "\"'“”‘’„«»‹›()[]{}<>,;:!?…،؛؟۔।。、|/*$€£&=~–—"
_BEFORE: Final = f"{_EDGES}+"
_BEHIND: Final = f"{_EDGES}.-"
# Runs without spaces are whole clauses: hardly ever seen twice.
_LONGEST: Final = 40

_T = TypeVar("_T")


class Term(NamedTuple):
    """A term and where it came from: `text[start:end]` is its surface form, in code points."""

    term: str
    start: int
    end: int


class Pieces(dict[str, tuple[_T, ...]], Generic[_T]):
    """Pieces of prepared texts to what `analyse` makes of them, filled on demand.

    No surface form holds white space, so a text may be cut there, and to remember pieces ("said,") costs a tenth of
    looking for the surface forms in each.
    """

    LIMIT: Final = 1_000_000

    def __init__(self, analyse: Callable[[str], Iterable[_T]]) -> None:
        super().__init__()
        self._analyse = analyse

    def __missing__(self, piece: str) -> tuple[_T, ...]:
        if len(self) >= self.LIMIT:
            self.clear()
        bare = piece if piece.isalnum() else piece.lstrip(_BEFORE).rstrip(_BEHIND)
        found = tuple(self._analyse(piece)) if bare == piece else self[bare] if bare else ()
        if len(piece) <= _LONGEST:
            self[piece] = found
        return found


def settings() -> Mapping[str, str | int]:
    """Return what must agree between the index and the question; kept in the manifest of every generation."""
    import Stemmer

    return {"version": VERSION, "stemmer": f"snowball {Stemmer.version()}", "unicode": unicodedata.unidata_version}


def analyze(text: str, language: str) -> list[str]:
    """Return the terms of `text` in reading order, repeated as often as they occur.

    >>> analyze("Hello, HELLO worlds of Díaz-Canel", "en")
    ['hello', 'hello', 'world', 'diaz', 'canel', 'diazcanel']
    """
    text = prepare(text, language)
    return list(chain.from_iterable(map(surfaces(language).__getitem__, runs(text).findall(text))))


def analyze_once(text: str, language: str) -> list[str]:
    """Return the terms of a prepared text and remember nothing, for callers that have a memory of their own.

    See `index.analysis.runs.prepare`.

    >>> analyze_once("Hello, worlds", "en")
    ['hello', 'world']
    """
    known = surfaces(language)
    # Sure to be a single run, as most words are.
    if text.isalpha() and (text.isascii() or not is_unspaced(text)):
        return known.terms(text)
    return list(chain.from_iterable(map(known.terms, runs(text).findall(text))))


def analyze_spans(text: str, language: str) -> list[Term]:
    """Return the same terms, each with its place in `text`.

    >>> analyze_spans("the U.S. minister's", "en")
    [Term(term='us', start=4, end=7), Term(term='US', start=4, end=7), Term(term='minist', start=9, end=19)]
    """
    text = prepare(text, language)
    known, is_ascii = surfaces(language), text.isascii()
    spans: list[Term] = []
    for match in runs(text).finditer(text):
        surface, start = match[1], match.start(1)
        size = 0 if is_ascii else gram_letters(surface)
        terms = known[surface]
        if not size or len(surface) < size or len(terms) < len(surface) - size + 1:
            if terms:
                begin, end = start + surface.startswith(SIGNS), match.end()
                spans += [Term(term, begin, end) for term in terms]
            continue
        grams = len(surface) - size + 1
        for offset, term in enumerate(terms[:grams]):
            spans.append(Term(term, start + offset, start + offset + size))
        places = (offset for offset, letter in enumerate(surface) if has_han(letter))
        for offset, term in zip(places, terms[grams:], strict=False):
            spans.append(Term(term, start + offset, start + offset + 1))
    return spans


def question_spans(text: str, language: str) -> list[Term]:
    """Return the terms that a question is searched by: those of `analyze_spans`, without nouns that only ask here.

    They are searched by where nothing else is.

    >>> [term.term for term in question_spans("quand l'école a été construite", "fr")], question_spans("l'été", "fr")
    (['ecol', 'construit'], [Term(term='ete', start=0, end=5)])
    """
    spans = analyze_spans(text, language)
    nouns = surfaces(language).nouns_too
    if not nouns:
        return spans
    return [span for span in spans if fold_word(text[span.start : span.end], language) not in nouns] or spans


def ignored_words(text: str, language: str) -> list[str]:
    """Return the words of `text` that only ask, and so are not searched for, in reading order.

    >>> ignored_words("Who is the minister?", "en")
    ['Who', 'is', 'the']
    """
    searched = {span.start for span in question_spans(text, language)}
    text = prepare(text, language)
    return [
        found[1] for found in runs(text).finditer(text) if found.start(1) + found[1].startswith(SIGNS) not in searched
    ]


def analyze_each(text: str, spans: Sequence[tuple[int, int]], language: str) -> list[str]:
    r"""Return the terms of each of several parts of a text, given as half-open ranges of code points.

    Those of a part are one string, a line break before and behind each: it takes a tenth of the memory of a set, and
    to look for a few terms in it costs less than to make one.

    >>> analyze_each("Rain. Rain! No ferry", [(0, 11), (12, 20)], "en")
    ['\nrain\nrain\n', '\nno\nferri\n']
    """
    text, known = prepare(text, language), _pieces(language)
    terms = [chain.from_iterable(map(known.__getitem__, text[start:end].split())) for start, end in spans]
    return ["\n".join(["", *some, ""]) for some in terms]


@cache
def _pieces(language: str) -> Pieces[str]:
    known = surfaces(language)
    return Pieces(lambda piece: chain.from_iterable(map(known.__getitem__, runs(piece).findall(piece))))


def term_weight(term: str, question: str) -> float:
    """Return what a term counts in a question: a single Han character less than a word or a bigram.

    A question of one Han character has nothing better, so there it counts in full.
    """
    if len(term) == 1 and has_han(term) and len(question.strip()) > 1:
        return tuning.HAN_UNIGRAM_WEIGHT
    return 1.0


def stem_words(words: Sequence[str], language: str) -> list[str]:
    """Return the term that each of many folded words becomes, "" for one that only asks; nothing is remembered of them.

    >>> stem_words(["ministers", "the"], "en")
    ['minist', '']
    """
    return surfaces(language).terms_all(list(words))


def surface_forms(text: str, language: str, term: str) -> list[str]:
    """Return the words of `text` that became `term`, as written there, each once; of scripts that set words apart.

    >>> surface_forms("Ministers met the Minister; ministers left", "en", "minist")
    ['Ministers', 'Minister', 'ministers']
    """
    text = prepare(text, language)
    known = surfaces(language)
    found = [surface for surface in runs(text).findall(text) if term in known[surface]]
    return list(dict.fromkeys(surface.lstrip("".join(SIGNS)) for surface in found))


def is_plain(word: str) -> bool:
    """Return whether `word` holds letters only, of scripts that set words apart."""
    return word.isalpha() and not is_unspaced(word)
