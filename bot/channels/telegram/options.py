"""What the Telegram channel is given: its settings, its paces, and who answers."""

import re
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from bot.answer import DEFAULT_OPTIONS, Answer, AskOptions
from bot.articles import Articles
from bot.channels.flood import FloodLimits
from bot.errors import TokenError
from bot.library import Library
from bot.watching import Watcher
from index import Resolved, Results

Access = Literal["paired", "listed", "open"]

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


class Answering(Protocol):
    """Whoever answers questions; `bot.answer.Answerer` does. All raise `index.NoIndexError` before the first
    build."""

    @property
    def articles(self) -> Articles:
        """The articles, to be walked along without a question."""

    async def answer_async(
        self,
        question: str,
        k: int | None = None,
        options: AskOptions = DEFAULT_OPTIONS,
        threads: Executor | None = None,
    ) -> Answer:
        """Return the answer with at most `k` passages; one of `threads` searches."""

    def answer_with_results(
        self, question: str, k: int | None = None, options: AskOptions = DEFAULT_OPTIONS
    ) -> tuple[Results, Answer]:
        """Return the results and the answer made from them, for follow-up questions."""

    def terms(self, question: str, *, dated: bool = True) -> Resolved:
        """Return the terms that a question is searched by, for follow-up questions; `dated`: those of its date too."""

    def is_period_alone(self, question: str) -> bool:
        """Return whether a question says nothing but a period."""


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """The settings of the channel.

    `base_url` is the root of the Bot API server (`https://api.telegram.org`); `/bot` and `/file/bot` are appended here.
    `access`: "paired" admits the owners that sent the one-time code and the groups they opened, "listed" only
    `allowed`, "open" everyone. `allowed` holds ids of users and chats and counts in every mode. `memory` is the folder
    of the file that remembers owners. `passages` is the most passages of one answer. `leave_groups`: whether the
    bot leaves groups whose people may not ask. With `webhook` Telegram calls us, without it we poll. `metrics` is the
    host and port of numbers and health, if any. `library` keeps the articles, for owners to rebuild and add to; without
    one they cannot. `watcher` takes in what changes in its sources, beside the answers. `flood` is how many questions
    one person, and one group, may ask. `proxy` is the address of a proxy on the way to Telegram, which may hold a
    password; without it the environment's counts. `take_over`: the owners and groups that another bot had in `memory`
    become this bot's. `new_code`: print a one-time code also where owners are known. The token is never shown:

    `repr(TelegramOptions("1:x", ...))` -> `TelegramOptions(base_url=...)`
    """

    token: str = field(repr=False)
    base_url: str
    access: Access
    allowed: frozenset[int]
    memory: Path
    passages: int = 2
    leave_groups: bool = True
    webhook: "WebhookOptions | None" = None
    metrics: tuple[str, int] | None = None
    library: Library | None = None
    watcher: Watcher | None = None
    flood: FloodLimits = field(default_factory=FloodLimits)
    proxy: str | None = field(default=None, repr=False)
    take_over: bool = False
    new_code: bool = False

    @property
    def root(self) -> str:
        """The root of the Bot API server, without a slash at its end."""
        return self.base_url.rstrip("/")

    @property
    def bot(self) -> int:
        """The number of the bot, which its token begins with."""
        return int(self.token.partition(":")[0])

    def check(self) -> None:
        """Raise `TokenError` when the token cannot be one, before anything is sent anywhere."""
        if not self.token:
            raise TokenError("Telegram: the token is missing; get one from @BotFather and set it")
        if not _TOKEN.fullmatch(self.token):
            raise TokenError("Telegram: the token is malformed; copy it again from @BotFather (digits:letters)")


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """Where Telegram calls (`url`, public), what it says to be known (`secret`: 1-256 of A-Z a-z 0-9 _ -), and where
    we listen behind the proxy that ends TLS (`host` and `port`; the path is `/hook`, or that of `url`)."""

    url: str
    secret: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8080


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, in seconds; the defaults are for the real Telegram, tests are more impatient.

    `poll`: one long poll; `interval`: the pause between polls, also the first back-off when above 0; `read`: the wait
    for a reply; `retry`: the first pause when the start fails; `watch`: between two looks at the polling; `unhealthy`
    and `dead`: since the last good poll; `drain`: for questions in hand at the stop; `answer`: for one search;
    `typing`: after which the person is told that a search is running; `check`: between two looks at the webhook;
    `progress`: between two edits of a message that follows a rebuild; `album`: for the pictures of an album to come;
    `second`: how long a second lasts where Telegram says how many to wait, and between two tries to reach it.
    """

    poll: int = 10
    interval: float = 0.0
    read: float = 10.0
    retry: float = 1.0
    watch: float = 5.0
    unhealthy: float = 60.0
    dead: float = 300.0
    drain: float = 10.0
    answer: float = 60.0
    typing: float = 0.7
    check: float = 60.0
    progress: float = 3.0
    album: float = 1.0
    second: float = 1.0
