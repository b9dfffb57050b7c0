"""What the tools take and give: a lean shape, for an assistant pays for every word of it.

What is not stated is left out. Texts are verbatim, only a lone surrogate, which no JSON can carry, becomes U+FFFD.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema, field_validator

from bot.channels.serve.models import Number, Question, Truth
from bot.policy import State
from bot.schema import encodable

# Longer ones are no titles, and would crowd out what is quoted.
LONGEST_TITLE: Final = 300
_LONGEST_ADDRESS: Final = 500
_LONGEST_NAME: Final = 100

# None is never written, so that no schema has to say it.
Stated = Annotated[str | None, WithJsonSchema({"type": "string"})]
Onward = Annotated[int | None, WithJsonSchema({"type": "integer"})]


class _Taken(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskTaken(_Taken):
    """How a question is asked."""

    question: Question = Field(
        description='a whole question; filters: "a phrase" -word after:2024-06 before:2025 in:title'
    )
    k: Number = Field(default=3, ge=1, le=5, description="most passages")
    exact: Truth = Field(default=False, description="search the words as written: no corrections")


class SearchTaken(_Taken):
    """What is searched, and which part of the ranking is wanted."""

    query: Question = Field(description="words or a question; filters as in ask")
    k: Number = Field(default=10, ge=1, le=20, description="how many passages")
    offset: Number = Field(default=0, ge=0, le=1000, description="`next` of the result before")


class ReadTaken(_Taken):
    """Which paragraphs of an article are wanted."""

    article_id: Annotated[str, StringConstraints(pattern="^[0-9a-f]{12}$")] = Field(
        description="of a passage or a list"
    )
    first: Number = Field(default=1, alias="from", ge=1, le=100_000_000, description="the first paragraph, from 1")
    count: Number = Field(default=10, ge=1, le=40, description="how many paragraphs")


class ListTaken(_Taken):
    """Which articles are listed."""

    title: Annotated[str, StringConstraints(max_length=200)] = Field(default="", description="words of the title")
    order: Literal["newest", "index"] = Field(
        default="newest", description="newest: those that state a date; index: all"
    )
    offset: Number = Field(default=0, ge=0, le=100_000_000, description="`next` of the result before")
    limit: Number = Field(default=20, ge=1, le=50, description="how many articles")


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _encodable(cls, value: Any) -> Any:
        return encodable(value)


class ArticleRecord(_Given):
    """An article, without its text."""

    title: str
    article_id: str
    paragraphs: int
    date: Stated = None
    source: Stated = None
    url: Stated = None

    @field_validator("title")
    @classmethod
    def _titled(cls, value: str) -> str:
        return cut(value, LONGEST_TITLE)

    @field_validator("date", "source")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        return value and cut(value, _LONGEST_NAME)

    @field_validator("url")
    @classmethod
    def _whole(cls, value: str | None) -> str | None:
        # A part of an address leads elsewhere.
        return value if value and len(value) <= _LONGEST_ADDRESS else None


class PassageRecord(ArticleRecord):
    """A passage of an article, word for word."""

    paragraphs: int = Field(serialization_alias="of")
    paragraph: int
    text: str = Field(description="verbatim")
    sentence: Annotated[str | None, WithJsonSchema({"type": "string", "description": "what of it answers"})] = None


class _Told(_Given):
    note: str = Field(description="tell this to the user")


class AskGiven(_Told):
    """The answer to a question."""

    state: State
    passages: list[PassageRecord]
    missing: list[str] = Field(description="words of the question that no article mentions")
    nearest: list[str] = Field(description="titles")
    corrected: list[list[str]] = Field(description="word as written, word searched")
    limits: list[str] = Field(description="what the passages are limited to")
    truncated: bool


class SearchGiven(_Told):
    """A part of the ranking of passages."""

    passages: list[PassageRecord]
    corrected: list[list[str]]
    limits: list[str]
    next: Onward = None
    truncated: bool


class ParagraphRecord(_Given):
    """A paragraph of the article that is read."""

    paragraph: int
    text: str = Field(description="verbatim")


class ReadGiven(_Told):
    """A part of an article."""

    article: ArticleRecord
    paragraphs: list[ParagraphRecord]
    next: Onward = None
    truncated: bool


class ListGiven(_Told):
    """A part of the list of articles, and what there is in all."""

    articles: list[ArticleRecord]
    count: int = Field(description="length of the whole list")
    next: Onward = None
    truncated: bool
    total: int = Field(description="articles in the index")
    built_at: str


def cut(text: str, most: int) -> str:
    """Return a text, or its beginning where it is longer.

    >>> cut("harbour", 4)
    'har…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def schema_of(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """Return the JSON Schema of a record without the titles and texts that repeat its names."""
    return {name: part for name, part in _lean(model.model_json_schema(mode=mode)).items() if name != "description"}


def _lean(part: Any) -> Any:
    if isinstance(part, list):
        return [_lean(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: _lean(one) for name, one in part.items() if not (name == "title" and isinstance(one, str))}
    if "$defs" in found:
        # What they are stands in the names of the fields that hold them.
        found["$defs"] = {
            name: {key: one for key, one in model.items() if key != "description"}
            for name, model in found["$defs"].items()
        }
    return found
