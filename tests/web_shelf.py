"""A data folder that is filled from a web site on loopback, with a clock that the test sets."""

from dataclasses import dataclass, field
from pathlib import Path

from index import Article, Fetched, FetchOptions, fetch, fetched_folder, fetched_reading, read
from tests.web_site import Reply, Site, page, xml

HOUR = 3600.0
WORDS = {
    "Oars": ("The oar maker leaves his ash planks in the brook for a whole winter.", "Then he splits them by hand."),
    "Kelp": ("Kelp is spread on the potato fields before the first frost.", "It smells for a week."),
    "Peat": ("Peat is cut in May and turned three times before it is carried home.", "Rain spoils it."),
}


@dataclass
class Shelf:
    """A data folder, what it is filled from, and the hour; `waits` are the pauses that fetching made."""

    folder: Path
    site: Site
    hour: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site.replies |= {f"/{title.lower()}": page(title, *texts) for title, texts in WORDS.items()}

    def fetch(self, path: str, *, due_only: bool = False, apart: float = 0.0) -> Fetched:
        """Fetch a path of the site, or what is due of it."""
        self.site.asked.clear()
        self.site.headers.clear()
        options = FetchOptions(
            (self.site.place,), apart=apart, now=lambda: 1e9 + self.hour * HOUR, sleep=self.waits.append, jitter=0
        )
        return fetch(self.site.at(path), self.folder, options, due_only=due_only)

    def of(self, path: str) -> Path:
        """Return the folder of a path."""
        return fetched_folder(self.folder, self.site.at(path))

    def articles(self, path: str) -> list[Article]:
        """Return the articles that were fetched of a path."""
        found = read([self.of(path)], options=fetched_reading(self.site.at(path)))
        return [part for part in found if isinstance(part, Article)]

    def titles(self, path: str) -> list[str]:
        """Return their titles."""
        return sorted(article.title for article in self.articles(path))


def sitemap(*paths: str, changed: str = "") -> Reply:
    """Return a sitemap of some paths."""
    stated = f"<lastmod>{changed}</lastmod>" if changed else ""
    return xml(f"<urlset>{''.join(f'<url><loc>{{here}}{path}</loc>{stated}</url>' for path in paths)}</urlset>")


def told(fetched: Fetched) -> dict[str, str]:
    """Return what was told of each address, by its path."""
    return {skipped.path.partition("://")[2].partition("/")[2]: skipped.reason for skipped in fetched.skipped}
