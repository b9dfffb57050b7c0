"""What channels and the watching need of whoever keeps the articles: rebuild them, add to them, and count them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final, Literal, Protocol

from bot.selfcheck import JudgedQuestion, SelfCheck

INCOMING: Final = ".incoming-"
"""How the name of a file begins that is being received, and is of no use to anybody after a kill."""

Stage = Literal["waiting", "fetching", "reading", "sorting", "calibrating", "checking", "publishing"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent: where it was stored, under a name that begins with INCOMING, and its `place` from now
    on, below the folder of uploads."""

    file: Path
    place: str

    @property
    def name(self) -> str:
        """Return what it is called."""
        return PurePath(self.place).name


@dataclass(frozen=True, slots=True)
class Step:
    """What a rebuild is doing.

    `done` of `count` judged questions are asked while it is "checking", pages asked for while it is "fetching".
    """

    stage: Stage
    articles: int = 0
    passages: int = 0
    done: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """So many of the articles of a source would have left, and stay; `files` are theirs, each with its stamp."""

    source: str
    lost: int
    articles: int
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Live:
    """A new generation answers, or, unless `published`, the one before, for nothing differs from it.

    `read` is the number of articles in the upload; `skipped` holds (path, reason) of an example for each reason why one
    of the `skips` files could not be used; `held` are those that a build of settled files did not let go. `seconds` is
    how long a processor was busy with it, 0.0 where that is not known.
    """

    generation: int
    articles: int
    paragraphs: int
    added: int
    changed: int
    removed: int
    reused: int
    skipped: tuple[tuple[str, str], ...] = ()
    skips: int = 0
    checked: SelfCheck | None = None
    read: int = 0
    replaced: bool = False
    published: bool = True
    held: tuple[Held, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class NotLive:
    """The old index answers on. `insisting` tells whether the same, insisted on, would be published.

    `why`: "worse" (see `checked`), "refused" (it would lose too much), "unusable" (the upload holds no article),
    or "failed"; `cause` is one sentence that names the place; `seconds` is what it is of `Live`.
    """

    why: Literal["worse", "refused", "unusable", "failed"]
    cause: str
    checked: SelfCheck | None = None
    seconds: float = 0.0

    @property
    def insisting(self) -> bool:
        return self.why in ("worse", "refused")


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the current generation holds."""

    generation: int
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class QuestionSetFile:
    """A question set in BEIR layout, zipped; `whole` says whether its corpus is the whole collection."""

    questions: int
    whole: bool


class Library(Protocol):
    """The articles and their index. Nothing here raises for what can go wrong with them; it is told."""

    @property
    def version(self) -> str:
        """The program's name and version."""

    @property
    def uploads(self) -> Path:
        """The folder that keeps what was sent; it is one of the sources once something is in it."""

    @property
    def posts(self) -> Path:
        """The folder of the posts of channels, see `bot.posts`; those in it are sources too."""

    async def rebuild(
        self,
        questions: Sequence[JudgedQuestion],
        progress: Callable[[Step], None],
        *,
        upload: Upload | None = None,
        address: str | None = None,
        insist: bool = False,
        settled: Mapping[str, str] | None = None,
    ) -> Live | NotLive:
        """Read all sources anew, with the upload or what an address holds if there is one; let the result answer
        unless it is worse.

        With `insist` it answers even if it is worse or loses most articles. Cancelling leaves everything as it was,
        and so does a refusal: the upload is then where it was put. Where files that are `settled` are given, only these
        are read of what changed, see `index.Findings`; most articles of a source leave only if somebody says so, and
        the questions are asked only where much changed.
        """

    async def put_right(self) -> bool:
        """Finish or undo an upload that a process had begun which was killed; return whether one was finished."""

    async def fetch(self, addresses: Sequence[str]) -> None:
        """Ask those of these addresses that are due."""

    async def question_set(self, questions: Sequence[JudgedQuestion], file: Path) -> QuestionSetFile:
        """Write the questions whose passages still exist, and the articles, into `file`."""

    async def holdings(self) -> Holdings | None:
        """Return what the current generation holds, None before the first."""
