"""One source that lies at an address: a page, a feed with its items, a sitemap with its pages."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from index.errors import FetchError
from index.fetching import bodies
from index.fetching.asking import Asking
from index.fetching.client import Answer
from index.fetching.items import Items
from index.fetching.kinds import kind_of
from index.fetching.listing import Listing
from index.fetching.schedule import HOUR, WEEK
from index.fetching.state import Page, State, resting_hosts
from index.model import Skipped
from index.sources.files.served import Served, served_of

_SAID: Final = {"page": "a web page", "feed": "a feed", "sitemap": "a sitemap"}

Step = Callable[[int, int, int], None]
"""Told how many of how many pages were asked for, and how many of these failed."""


class Source:
    """The folder of an address, brought up to date."""

    def __init__(self, address: str, folder: Path, state: State, asking: Asking) -> None:
        self.told: list[Skipped] = []
        self._changed = 0
        self._address, self._folder, self._state, self._asking = address, folder, state, asking
        self._items = Items(folder, state)
        self._listing = Listing(folder, state, asking)

    @property
    def changed(self) -> int:
        """Return how many files are new, other than before, or gone."""
        return self._changed + self._items.changed

    def update(self, step: Step, *, due_only: bool) -> None:
        """Ask for what is named, then for the pages that it leads to. Raises FetchError where the first fails."""
        page = self._state.page(self._address) or Page(self._address, found=False)
        fault = None
        if self._asking.must_wait(page) and not due_only:
            fault = FetchError(f"{page.cause}; it is asked again after {_clock(page.due)}")
        elif not due_only or self._asking.is_due(page):
            fault = self._tried(page, self._take_in)
        # What it led to before is there, whatever became of it.
        self._update_found(step)
        self.told += self._listing.told
        if fault is not None:
            raise fault

    def _tried(self, page: Page, take: Callable[[Page, Answer], float], least: float = HOUR) -> FetchError | None:
        """Ask for an address, keep what came of it, and return why it failed."""
        fault = None
        if page.file and not (self._folder / page.file).exists():
            # Or an answer that nothing changed would leave nothing.
            page.digest = ""
        try:
            self._asking.ask(page, lambda answer: take(page, answer), least=least)
        except FetchError as error:
            fault = error
            if page.file and self._asking.has_left(page):
                bodies.remove(self._folder / page.file)
                page.file = page.digest = ""
                self._changed += 1
        self._state.save(page)
        return fault

    def _take_in(self, page: Page, answer: Answer) -> float:
        """Keep what the address that somebody named holds; return for how many seconds it says it will do."""
        known = self._state.kind()
        try:
            kind, ending = kind_of(answer, self._folder)
        except FetchError as error:
            if known in ("", "page") or error.passing:
                raise
            raise FetchError(f"no {known} any more, but this: {error}") from None
        if known and kind != known:
            raise FetchError(f"no {known} any more, but {_SAID[kind]}")
        seconds = 0.0
        if kind == "page":
            self._keep_page(page, answer, ending)
        else:
            digest = bodies.digest(answer.body)
            if kind == "sitemap":
                self._listing.take_in(answer)
            elif digest != page.digest:
                seconds = self._items.take_in(answer, ending)
            page.digest = digest
        self._state.set_kind(kind)
        return seconds

    def _update_found(self, step: Step) -> None:
        """Ask for the pages that are due, but none of a server that asked to be left alone."""
        pages = self._state.pages()
        named = self._state.page(self._address)
        resting = resting_hosts([*pages, *filter(None, [named])], self._asking.now)
        due = [page for page in pages if self._asking.is_due(page)]
        failed = waiting = 0
        for number, page in enumerate(due):
            step(len(pages) - len(due) + number, len(pages), failed)
            if page.host in resting:
                waiting += 1
                continue
            if self._tried(page, self._take_found, WEEK) is None:
                self._items.stand_for(page)
            else:
                failed += 1
                resting |= resting_hosts([page], self._asking.now)
        step(len(pages), len(pages), failed)
        self.told += [Skipped(page.address, page.cause) for page in pages if page.cause]
        if waiting:
            until = _clock(max(resting.values()))
            self.told.append(Skipped(self._address, f"{waiting} more of its pages are asked for after [{until}]"))

    def _take_found(self, page: Page, answer: Answer) -> float:
        kind, ending = kind_of(answer, self._folder)
        if kind != "page":
            raise FetchError(f"{_SAID[kind]}, which is read where somebody names it")
        self._keep_page(page, answer, ending)
        return 0.0

    def _keep_page(self, page: Page, answer: Answer, ending: str) -> None:
        name, digest = f"{bodies.name_of(page.address)}{ending}", bodies.digest(answer.body)
        served = Served(answer.address, answer.content_type[1])
        path = self._folder / name
        if (page.file, page.digest) != (name, digest) or served_of(path) != served or not path.exists():
            bodies.write(path, answer.body, served)
            if page.file not in ("", name):
                bodies.remove(self._folder / page.file)
            self._changed += 1
        page.file, page.digest = name, digest


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%Y-%m-%d %H:%M}"
