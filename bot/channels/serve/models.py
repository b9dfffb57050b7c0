"""What the API takes and gives: the models that check requests, write answers, and describe both."""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.channels.serve.options import LONGEST_QUESTION
from bot.schema import AnswerJson, NarrowingJson, PassageJson

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")


def _number(value: Any) -> Any:
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise ValueError("Input should be a whole number")
        return int(value)
    return value


def _no_text(value: Any) -> Any:
    # 7.0 is a whole number in JSON; true and "7" are none.
    if isinstance(value, bool | str):
        raise ValueError("Input should be a whole number")
    return value


def _truth(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("Input should be true or false")
    return value == "true" if isinstance(value, str) else value


Number = Annotated[int, BeforeValidator(_number), Field(strict=True)]
Truth = Annotated[bool, BeforeValidator(_truth), Field(strict=True)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUESTION)]
Key = Annotated[str, StringConstraints(max_length=200)]


class _Taken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerParameters(_Taken):
    """How a question is asked."""

    q: Question = Field(description="the question, with filters as `quoth ask` takes them")
    k: Number = Field(default=3, ge=1, le=20, description="most passages of the answer; default: the setting passages")
    exact: Truth = Field(default=False, description="search the words as written: no corrections, no aliases")
    without: list[Key] = Field(
        default_factory=list, max_length=20, description="keys of filters to leave out, as `narrowed` names them"
    )
    explain: Truth = Field(default=False, description="add what each word and feature gave to the score")


class SearchParameters(_Taken):
    """What is searched, and which part of the ranking is wanted."""

    q: Question = Field(description="the question")
    k: Number = Field(default=10, ge=1, le=50, description="how many passages")
    offset: Number = Field(default=0, ge=0, le=1000, description="how many better ones to leave out")


class ArticlesParameters(_Taken):
    """Which articles are listed."""

    title: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="only those whose title holds all these words or parts of words"
    )
    order: Literal["index", "newest"] = Field(
        default="index", description="newest: only those that state a date, by it; index: all, as they were read"
    )
    offset: Number = Field(default=0, ge=0, le=100_000_000, description="how many to leave out")
    limit: Number = Field(default=20, ge=1, le=100, description="how many to list")


class ArticleParameters(_Taken):
    """Which passages of an article are wanted."""

    first: Number = Field(default=1, alias="from", ge=1, le=100_000_000, description="place of the first, from 1")
    limit: Number = Field(default=50, ge=1, le=200, description="how many passages")


class NoParameters(_Taken):
    """Nothing can be chosen."""


class BatchBody(_Taken):
    """Several questions, all asked of the same index."""

    questions: list[Question] = Field(min_length=1, max_length=50)
    k: Annotated[int, BeforeValidator(_no_text)] = Field(
        default=3, ge=1, le=20, description="most passages of an answer; default: the setting passages"
    )
    exact: Annotated[bool, Field(strict=True)] = False


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True)


class BatchJson(_Given):
    """The answers, in the order of their questions."""

    answers: list[AnswerJson]


class SearchJson(_Given):
    """A part of the ranking of passages, whether or not they answer."""

    version: Literal[1] = 1
    question: str
    passages: list[PassageJson]
    next: int | None = Field(description="the offset to go on from; null at the end")
    corrected: list[tuple[str, str]]
    narrowed: list[NarrowingJson]
    problems: list[str]


class ArticleJson(_Given):
    """An article without its passages; what it does not state is null."""

    id: str = Field(description="12 hex digits, the same across rebuilds")
    title: str
    path: str
    source: str | None
    url: str | None
    author: str | None
    date: str | None
    language: str
    passages: int = Field(ge=0)


class ArticlesJson(_Given):
    """A part of a list of articles."""

    articles: list[ArticleJson]
    count: int = Field(ge=0, description="the length of the whole list")
    next: int | None = Field(description="the offset to go on from; null at the end")


class PartJson(_Given):
    """A passage of an article, word for word."""

    place: int = Field(ge=1, description="among all passages of the article")
    kind: Literal["paragraph", "caption", "boilerplate"]
    ordinal: int = Field(ge=1, description="among the article's passages of the same kind")
    count: int = Field(ge=1)
    text: str
    page: int | None
    seconds: float | None


class WholeJson(_Given):
    """An article with some of its passages, in the order of reading."""

    article: ArticleJson
    passages: list[PartJson]
    next: int | None = Field(description="the place to go on from; null at the end")


class StatusJson(_Given):
    """What is answered from."""

    version: str
    generation: int = Field(ge=1)
    built_at: str
    articles: int = Field(ge=0)
    paragraphs: int = Field(ge=0)
    captions: int = Field(ge=0)
    languages: dict[str, int]


class ProblemJson(_Given):
    """Problem details, RFC 9457."""

    type: str = Field(description="urn:quoth:problem: and the kind")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[dict[str, str]] | None = None
