"""An answer as JSON: the versioned shape that `--json`, and later HTTP and MCP, give to programs.

A change that could break a reader raises `version`. Texts are verbatim, only a lone surrogate, which no JSON can
carry, becomes U+FFFD; `highlight` counts code points of `text`.
"""

import json
import re
from dataclasses import asdict
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.answer import Answer, AnswerPassage, Explanation
from bot.wording import filter_label, problem_line

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PassageJson(_Record):
    """A passage, word for word, and the article it stands in; what the article does not state is null."""

    title: str
    text: str
    score: float = Field(description="higher is better; comparable only within one answer")
    article_id: str = Field(description="12 hex digits, the same across rebuilds")
    ordinal: int = Field(ge=1, description="its place among the article's passages of the same kind")
    count: int = Field(ge=1)
    highlight: tuple[int, int] = Field(description="the sentence that answers: half-open range of code points of text")
    date: str | None
    url: str | None
    source: str | None
    kind: Literal["paragraph", "caption", "boilerplate"]
    author: str | None
    language: str
    copies: list[str] = Field(description="titles of other articles that hold the same paragraph, of the first 20")
    copied: int = Field(ge=0, description="how many other articles hold the same paragraph")


class ShareJson(_Record):
    """What one word of the question gave to the score of the first passage."""

    word: str
    term: str
    share: float


class PartsJson(_Record):
    """What a score is made of: words, character grams, pairs of words, words close together, words around."""

    words: float
    grams: float
    pairs: float
    stretch: float
    around: float


class ExplanationJson(_Record):
    """Why the answer is what it is; `parts` add up to the first passage's score, the shares to `parts.words`."""

    shares: list[ShareJson]
    ignored: list[str]
    parts: PartsJson | None


class NarrowingJson(_Record):
    """A condition on the passages: its key, its name for people, and the words of the question that caused it."""

    key: str = Field(description="stable, ASCII: after:2024-06-01")
    label: str
    words: str


class AnswerJson(_Record):
    """An answer. `passages` is empty when `state` is "nothing"; `explanation` is there only when asked for."""

    version: Literal[1]
    question: str
    state: Literal["answered", "closest", "nothing"]
    confidence: float = Field(ge=0, le=1)
    passages: list[PassageJson]
    missing: list[str] = Field(description="words of the question that no article mentions")
    nearest: list[str] = Field(description="up to 3 article titles")
    corrected: list[tuple[str, str]] = Field(description="pairs: a word as written, the word searched instead")
    narrowed: list[NarrowingJson] = Field(description="what the passages are limited to, by filters or dates in words")
    problems: list[str] = Field(description="lines on filters that could not be understood, or that leave nothing")
    explanation: ExplanationJson | None = None


def to_json(answer: Answer, *, explain: bool = False) -> str:
    """`answer` as indented JSON in UTF-8 letters: '{\\n  "version": 1,\\n  "question": "Who …", …}'."""
    record = AnswerJson(
        version=1,
        question=_text(answer.question),
        state=answer.state,
        confidence=answer.confidence,
        passages=[_passage(found) for found in answer.passages],
        missing=_texts(answer.missing),
        nearest=_texts(answer.nearest),
        corrected=[(_text(written), _text(searched)) for written, searched in answer.corrected],
        narrowed=[NarrowingJson(key=f.key, label=_text(filter_label(f)), words=_text(f.words)) for f in answer.filters],
        problems=_texts(tuple(map(problem_line, answer.problems))),
        explanation=_explanation(answer.explanation) if explain else None,
    )
    return record.model_dump_json(indent=2, exclude=None if explain else {"explanation"})


def json_schema() -> str:
    """The JSON Schema of `to_json`'s output, as indented JSON."""
    return json.dumps(AnswerJson.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False)


def _passage(found: AnswerPassage) -> PassageJson:
    article, passage = found.article, found.passage
    return PassageJson(
        title=_text(article.title),
        text=_text(passage.text),
        score=found.score,
        article_id=article.id,
        ordinal=passage.ordinal,
        count=passage.count,
        highlight=found.highlight,
        date=_stated(article.date),
        url=_stated(article.url),
        source=_stated(article.source),
        kind=passage.kind,
        author=_stated(article.author),
        language=article.language,
        copies=_texts(found.copies.titles),
        copied=found.copies.articles,
    )


def _explanation(explanation: Explanation) -> ExplanationJson:
    return ExplanationJson(
        shares=[ShareJson(word=_text(s.word), term=_text(s.term), share=s.share) for s in explanation.shares],
        ignored=_texts(explanation.ignored),
        parts=PartsJson(**asdict(explanation.parts)) if explanation.parts else None,
    )


def _text(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _texts(texts: tuple[str, ...]) -> list[str]:
    return [_text(text) for text in texts]


def _stated(text: str | None) -> str | None:
    return None if text is None else _text(text)
