"""Example questions made from what the articles say, and asked before they are offered.

A question is made only of a sentence whose form is plain: what stands where the answer is, is asked for, and the rest
keeps its words. "The gate of the mill was opened in 1871." gives "When was the gate of the mill opened?". Where the
index does not answer it with that very sentence, it is not offered.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from bot.answer import Answer
from bot.articles import Articles, WholeArticle
from bot.catalogue import Catalogue
from bot.printing import shown
from index import ArticleCard, Results, sentences

LONGEST: Final = 72
_SHORTEST: Final = 12
_ARTICLES: Final = 150
_PASSAGES: Final = 8
_ASKED: Final = 40
_SENTENCE: Final = 400
# The length of a question that a phone shows whole.
_PLEASANT: Final = 40

_FILE: Final = Path(__file__).with_suffix(".toml")
# What points at another sentence: nobody could tell what is asked about.
_POINTING: Final = re.compile(
    r"(?:it|its|he|she|they|this|that|these|those|there|here|his|her|their|we|i|you|who|what|when|where|one|another|both|"
    r"some|many|most|all|each|every|then|now|if|in|on|at|as|by|for|from|after|before|but|and|or|so|no|not|"
    r"este|esta|estos|estas|ese|esa|eso|esto|ella|ellos|él|su|sus|allí|aquí|pero|y|también|en|"
    r"он|она|оно|они|это|этот|эта|эти|тот|та|те|его|её|их|там|здесь|но|и|а|в|на|по|при|"
    r"این|آن|او|آن‌ها|آنها|وی|همین|همان|اما|ولی|و|که|در|به|از|هم|آنان|"
    r"هذا|هذه|ذلك|تلك|هو|هي|هم|كان|كانت|ثم|لكن|لم|لا|ما|من|في|على|إن|أن)",
    re.IGNORECASE,
)
# What stands for something said before, wherever it is.
_REFERRING: Final = frozenset(
    "his her hers their its it he she they him them this that these those su sus este esta ese esa lo le "
    "его её ее их он она они ему им этот эта это этого آن این او آنها آن‌ها هذا هذه ذلك".split()
)
_PART: Final = re.compile(r"\{([A-Z]+)\}")
_PLAIN: Final = re.compile(r"\w[\w ,.’'-]*\w")
_SMALL: Final = re.compile(r"(?:The|A|An|El|La|Los|Las|Un|Una)")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question, the article and the sentence that answer it, "" when it asks what the article is about.

    `first`: it is the best of its article, and is asked only where no other of its article or kind is.
    """

    question: str
    article: ArticleCard
    sentence: str = ""
    first: bool = False

    @property
    def kind(self) -> str:
        """Its question word."""
        return self.question.split()[0] if self.sentence else self.question


class Asked(Protocol):
    """Whoever answers questions; `bot.answer.Answerer` does."""

    @property
    def articles(self) -> Articles:
        """The articles."""

    def answer_with_results(self, question: str, k: int | None = None) -> tuple[Results, Answer]:
        """Return the results and the answer made from them."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question that the index answers from `article`."""

    question: str
    article: ArticleCard


def example_questions(answerer: Asked, say: Catalogue, most: int) -> tuple[Example, ...]:
    """Return questions that are answered, in the language of `say` as far as the articles give some.

    Those of articles in that language come first: each of another kind and article, then any, then what an article is
    about; after them those of articles in other languages. Raises `index.NoIndexError` before the first build.
    """
    chosen: dict[str, Example] = {}
    taken: set[str] = set()
    left = _ASKED
    for candidate in _candidates(answerer.articles.samples(say.language, _ARTICLES), say):
        marks = {candidate.kind, candidate.article.id}
        if candidate.question in chosen or (candidate.first and not taken.isdisjoint(marks)):
            continue
        if left == 0 or len(chosen) == most:
            break
        left -= 1
        if _is_answered(answerer, candidate):
            chosen[candidate.question] = Example(candidate.question, candidate.article)
            taken |= marks
    return tuple(chosen.values())


def _candidates(samples: Iterable[WholeArticle], say: Catalogue) -> Iterator[_Candidate]:
    """Yield what may be asked, in the order in which it is wanted."""
    opened = list(samples)
    own = [one for one in opened if one.article.language == say.language]
    others = [one for one in opened if one.article.language != say.language]
    for articles in (own, others):
        yield from _made_of(articles)
        about = list(_about(articles))
        yield from about
        yield from (replace(one, first=False) for one in about)


def _about(articles: Sequence[WholeArticle]) -> Iterator[_Candidate]:
    """Yield what asks what an article is about, in its own language if that is one of the interface."""
    for opened in articles:
        title = shown(opened.article.title).strip()
        about = Catalogue(opened.article.language).text("example_about", title=title)
        # Marks in a title would be read as those of a search.
        if _PLAIN.fullmatch(title) and len(about) <= LONGEST:
            yield _Candidate(about, opened.article, first=True)


def _made_of(articles: Sequence[WholeArticle]) -> Iterator[_Candidate]:
    """Yield the best question of each article, then the others."""
    rest = []
    for opened in articles:
        made = _made(opened)
        yield from (replace(one, first=True) for one in made[:1])
        rest += made
    yield from rest


def question_of(sentence: str, language: str | None, text: str = "") -> str | None:
    """Return the question that a sentence answers; None where its form is not one of those known.

    `text`, where the sentence stands, tells whether its first word is a name, which keeps its capital.

    >>> question_of("The gate of the mill was opened in 1871.", "en")
    'When was the gate of the mill opened?'
    >>> question_of("It was opened in 1871.", "en")
    """
    plain = " ".join(sentence[: _SENTENCE + 1].split())
    if len(plain) > _SENTENCE:
        return None
    for form, question in _forms(language or ""):
        found = form.fullmatch(plain)
        if found is None:
            continue
        parts = found.groupdict()
        if any(_POINTING.fullmatch(part.split()[0]) for name in "sn" if (part := parts.get(name))):
            continue
        if opening := parts.get("o"):
            parts["o"] = opening[0].lower() + opening[1:]
        if subject := parts.get("s"):
            parts["s"] = subject if _begins_with_name(subject, text) else subject[0].lower() + subject[1:]
        made = question.format(**parts)
        if _SHORTEST <= len(made) <= LONGEST and _REFERRING.isdisjoint(made.rstrip("?؟").lower().split()):
            return made
    return None


def _made(opened: WholeArticle) -> list[_Candidate]:
    """Return the questions that the beginning of an article answers, best first."""
    article, made = opened.article, []
    text = "\n".join(passage.text for passage in opened.passages)
    for passage in opened.passages[:_PASSAGES]:
        for start, end in sentences(passage.text):
            sentence = passage.text[start:end].strip()
            question = question_of(sentence, article.language, text)
            if question is not None:
                made.append(_Candidate(question, article, sentence))
    return sorted(made, key=lambda one: (not _names(one.question), abs(len(one.question) - _PLEASANT)))


def _names(question: str) -> bool:
    """Return whether a question has a name in it, which tells what it is about."""
    return any(word[0].isupper() for word in question.split()[1:])


def _is_answered(answerer: Asked, candidate: _Candidate) -> bool:
    _, answer = answerer.answer_with_results(candidate.question, 1)
    if answer.state != "answered" or answer.problems or answer.filters or (candidate.sentence and answer.missing):
        return False
    hit = answer.passages[0]
    start, end = hit.highlight
    return hit.article.id == candidate.article.id and candidate.sentence in (
        hit.passage.text[start:end] or hit.passage.text
    )


def _begins_with_name(subject: str, text: str) -> bool:
    """Return whether the first word has its capital not only from the beginning of the sentence."""
    first, _, rest = subject.partition(" ")
    if _SMALL.fullmatch(first):
        return False
    # Inflected, a name still begins the same.
    stem = re.escape(first[: max(4, len(first) - 2)])
    return rest[:1].isupper() or re.search(rf"[\w,] {stem}", text) is not None


@cache
def _forms(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    table = tomllib.loads(_FILE.read_text("utf-8"))
    parts, forms = table["parts"], table["forms"].get(language, ())
    return tuple((re.compile(_PART.sub(lambda part: parts[part[1]], form)), question) for form, question in forms)
