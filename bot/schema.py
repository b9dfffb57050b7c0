"""Give an answer to programs as JSON, in a versioned shape.

A change that could break a reader raises `version`. Texts are verbatim, only a lone surrogate, which no JSON can
carry, becomes U+FFFD; `highlight` counts code points of `text`.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.answer import Answer, AnswerPassage
from bot.lines import line_of
from bot.wording import filter_label, problem_line
from index import Filter

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def encodable(value: Any) -> Any:
    """Return a value with the lone surrogates of its texts as U+FFFD.

    >>> encodable(["a\\ud800", 1])
    ['a\ufffd', 1]
    """
    if isinstance(value, list | tuple):
        return [encodable(item) for item in value]
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    @field_validator("*", mode="before")
    @classmethod
    def _encodable(cls, value: Any) -> Any:
        return encodable(value)


class PassageJson(_Record):
    """A passage, word for word, and the article it stands in; what the article does not state is null."""

    title: str
    text: str
    score: float = Field(description="higher is better; comparable only within one answer")
    article_id: str = Field(description="12 hex digits, the same across rebuilds")
    path: str = Field(description="the file that the article was read from")
    ordinal: int = Field(ge=1, description="its place among the article's passages of the same kind")
    count: int = Field(ge=1)
    place: int = Field(ge=1, description="its place among all passages of the article, captions included")
    highlight: tuple[int, int] = Field(
        description="the sentence that answers: half-open range of code points of text; "
        "[0, 0] where nothing is marked, because the text is a single sentence or a caption"
    )
    date: str | None
    url: str | None
    source: str | None
    kind: Literal["paragraph", "caption", "boilerplate"]
    author: str | None
    language: str
    copies: list[str] = Field(description="titles of the first 20 other articles that hold the paragraph, or nearly")
    copied: int = Field(ge=0, description="how many other articles hold the paragraph, or nearly")
    line: int | None = Field(
        ge=1, description="the line on which it begins, where the file is a text and holds it once as it is now"
    )
    page: int | None = Field(ge=1, description="the page of its document on which it begins, as of a PDF")
    seconds: float | None = Field(ge=0, description="where in a recording it begins, as of subtitles")


class ShareJson(_Record):
    """What one word of the question gave to the score of the first passage."""

    word: str
    term: str
    share: float


class PartsJson(_Record):
    """What a score is made of: words, character grams, pairs of words, words close together, words around, meaning."""

    words: float
    grams: float
    pairs: float
    stretch: float
    around: float
    meaning: float = Field(
        default=0.0,
        exclude_if=lambda value: not value,
        description="there only where a model of meaning gave something",
    )


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
    id: str | int | None = Field(default=None, description="that of the question, in a batch")
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


def to_json(answer: Answer, *, explain: bool = False, name: str | int | None = None, indent: int | None = 2) -> str:
    """Return `answer` as JSON in UTF-8 letters: '{\\n  "version": 1,\\n  "question": "Who …", …}'.

    `name` is the id of its question; without `indent` it is a single line.
    """
    record = AnswerJson(
        version=1,
        id=name,
        question=answer.question,
        state=answer.state,
        confidence=answer.confidence,
        passages=[passage_record(passage) for passage in answer.passages],
        missing=list(answer.missing),
        nearest=list(answer.nearest),
        corrected=list(answer.corrected),
        narrowed=narrowing_records(answer.filters),
        problems=list(map(problem_line, answer.problems)),
        explanation=ExplanationJson.model_validate(answer.explanation) if explain else None,
    )
    absent = {*(() if explain else ("explanation",)), *(("id",) if name is None else ())}
    return record.model_dump_json(indent=indent, exclude=absent)


def json_schema() -> str:
    """Return the JSON Schema of `to_json`'s output, as indented JSON."""
    return json.dumps(AnswerJson.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False)


def narrowing_records(filters: Iterable[Filter]) -> list[NarrowingJson]:
    """Return the filters of a question as JSON has them."""
    return [NarrowingJson(key=one.key, label=filter_label(one), words=one.words) for one in filters]


def passage_record(shown: AnswerPassage) -> PassageJson:
    """Return a passage as JSON has it."""
    article, passage = shown.article, shown.passage
    return PassageJson(
        title=article.title,
        text=passage.text,
        score=shown.score,
        article_id=article.id,
        path=article.path,
        ordinal=passage.ordinal,
        count=passage.count,
        place=shown.position + 1,
        highlight=shown.highlight,
        date=article.date,
        url=article.url,
        source=article.source,
        kind=passage.kind,
        author=article.author,
        language=article.language,
        copies=list(shown.copies.titles),
        copied=shown.copies.articles,
        line=line_of(article, passage),
        page=passage.page,
        seconds=passage.seconds,
    )
