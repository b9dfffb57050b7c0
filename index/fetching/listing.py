"""The pages that a sitemap leads to, and the sitemaps that it lists."""

from pathlib import Path
from typing import Final

from index.errors import FetchError
from index.fetching import bodies, sitemaps
from index.fetching.asking import Asking
from index.fetching.client import Answer, parsed
from index.fetching.kinds import unpacked
from index.fetching.sitemaps import Listed
from index.fetching.state import Page, State
from index.model import Skipped

_MOST_SITEMAPS: Final = 1000


class Listing:
    """Notes the pages of a sitemap in the state of its source."""

    def __init__(self, folder: Path, state: State, asking: Asking) -> None:
        self.told: list[Skipped] = []
        self._folder, self._state, self._asking = folder, state, asking

    def take_in(self, answer: Answer) -> None:
        """Note what a sitemap lists, and what the sitemaps list that it lists."""
        waiting, met = self._note_all(answer.body, answer.address), {answer.address}
        while waiting and len(met) < _MOST_SITEMAPS:
            address = waiting.pop(0)
            if address in met or _site(address) != _site(answer.address):
                continue
            met.add(address)
            try:
                self._asking.ask(Page(address), lambda inner: self._inner(inner, answer.address, waiting))
            except FetchError as error:
                self.told.append(Skipped(address, str(error)))

    def _inner(self, answer: Answer, above: str, waiting: list[str]) -> float:
        waiting += self._note_all(answer.body, above)
        return 0.0

    def _note_all(self, body: bytes, above: str) -> list[str]:
        """Note the pages in a sitemap; return the addresses of the sitemaps in it."""
        path = bodies.scratch(self._folder, ".xml")
        path.write_bytes(unpacked(body, self._folder))
        inner: list[str] = []
        elsewhere = 0
        with self._state.together():
            for listed, _ in zip(sitemaps.listed(path), range(sitemaps.MOST), strict=False):
                if listed.sitemap:
                    inner.append(listed.address)
                elif _site(listed.address) == _site(above):
                    self._note(listed)
                else:
                    elsewhere += 1
        path.unlink(missing_ok=True)
        if elsewhere:
            reason = f"{elsewhere} of the pages that it lists are on other sites; name these by themselves"
            self.told.append(Skipped(above, reason))
        return inner

    def _note(self, listed: Listed) -> None:
        """Have a page be asked for, again where it says that it changed; it is asked for now and then in any case."""
        address = str(parsed(listed.address))
        known = self._state.page(address)
        if known is None:
            self._state.save(Page(address, stated=listed.changed))
        elif known.found and listed.changed not in ("", known.stated):
            known.stated = listed.changed
            known.due = known.due if known.failures else 0.0
            self._state.save(known)


def _site(address: str) -> str:
    """Return whose an address is, "" where it is none."""
    try:
        url = parsed(address)
    except FetchError:
        return ""
    return f"{url.host.removeprefix('www.')}:{url.port or ''}"
