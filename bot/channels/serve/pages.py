"""The pages on the wire: what an address asks for, which language it is read in, and what is told when nothing is."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.serve.api import VARY, Library, parameters
from bot.channels.serve.html import tag
from bot.channels.serve.options import LONGEST_QUESTION
from bot.channels.serve.page.answer import EXAMPLES, Asked, answer_page, first_page, too_long
from bot.channels.serve.page.article import article_page
from bot.channels.serve.page.frame import POLICY, Place, page
from bot.channels.serve.page.listing import listing_page
from bot.channels.serve.problems import ProblemError
from bot.channels.serve.variants import language_of
from bot.examples import example_questions

_MEDIA_TYPE: Final = "text/html; charset=utf-8"
# Larger numbers mean nothing here.
_DIGITS: Final = 9


class Pages:
    """The pages, from a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        # Questions to begin with, by language, of one generation.
        self._examples: tuple[int, dict[str, Sequence[str]]] = (0, {})

    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        return [
            Route("/", self._home),
            Route("/articles", self._list),
            Route("/article/{id}", self._article),
            # As somebody may type it.
            Route("/article/{id}/", self._without_slash),
        ]

    async def _home(self, request: Request) -> Response:
        given = _Given(request)
        asked = Asked(
            given.one("q").strip(),
            tuple(given.all("without"))[:20],
            given.one("exact") == "true",
            min(given.number("k", 0), 20) or None,
        )
        place = given.place(query=asked.query() if asked.question else ())

        def make(answerer: Answerer) -> bytes:
            examples = partial(self._offered, answerer, place.say)
            if not asked.question:
                return first_page(answerer, place, examples)
            if len(asked.question) > LONGEST_QUESTION:
                return too_long(answerer, given.place(), LONGEST_QUESTION)
            written, state = answer_page(answerer, place, asked, examples)
            self._library.answered(state)
            return written

        return await self._respond(request, place, make)

    async def _list(self, request: Request) -> Response:
        given = _Given(request)
        title, order, offset = given.one("title").strip()[:200], given.one("order"), given.number("offset", 0)
        query = [("title", title), ("order", order), ("offset", str(offset) if offset else "")]
        place = given.place(path="articles", query=tuple(pair for pair in query if pair[1]))
        make = partial(listing_page, place=place, title=title, offset=offset, newest=order == "newest")
        return await self._respond(request, place, make)

    async def _article(self, request: Request) -> Response:
        given, name = _Given(request), request.path_params["id"]
        question, first = given.one("q").strip()[:LONGEST_QUESTION], given.number("from", 1)
        query = [("q", question), ("from", str(first) if first > 1 else "")]
        place = given.place("../", f"article/{name}", tuple(pair for pair in query if pair[1]))

        def make(answerer: Answerer) -> bytes:
            opened = answerer.articles.open(name)
            if opened is None:
                raise ProblemError("not-found", place.say.text("passage_gone"))
            return article_page(answerer, place, opened, first, question)

        return await self._respond(request, place, make)

    async def _without_slash(self, request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        return RedirectResponse(f"../{request.path_params['id']}{'?' if query else ''}{query}", 308)

    async def _respond(self, request: Request, place: Place, make: Callable[[Answerer], bytes]) -> Response:
        response = await self._library.respond(request, place.say.language + place.stated, _MEDIA_TYPE, make)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    def _offered(self, answerer: Answerer, say: Catalogue) -> Sequence[str]:
        if self._examples[0] != answerer.index.number:
            self._examples = (answerer.index.number, {})
        known = self._examples[1]
        if say.language not in known:
            known[say.language] = [one.question for one in example_questions(answerer, say, EXAMPLES)]
        return known[say.language]


def told(problem: ProblemError, headers: Headers, path: str, query: bytes) -> Response | None:
    """Return a problem as a page, for a browser; None where no page was asked for."""
    if "text/html" not in headers.get("accept", ""):
        return None
    given: dict[str, str] = {}
    with suppress(ProblemError):
        # Whatever was wrong with them is being told already.
        given = dict(parameters(query)) if len(query) < 4096 else {}
    stated = given.get("lang", "")
    say = Catalogue(language_of(stated, headers.get("accept-language", "")))
    text = _text(problem, say)
    place = Place(say, "../" * (path.count("/") - 1), stated)
    heading = tag("h1", text, tabindex="-1")
    # What was asked stays in the box, to be asked again.
    body = page(place, text, "", given.get("q", "")[:LONGEST_QUESTION], heading, tag("p", "", role="status"))
    more = {**problem.headers, "Cache-Control": "no-store", "Content-Security-Policy": POLICY, "Vary": VARY}
    return Response(body, problem.code, more, _MEDIA_TYPE)


def _text(problem: ProblemError, say: Catalogue) -> str:
    if problem.kind in ("rate", "busy"):
        return say.text("flood", n=int(problem.headers.get("Retry-After", "1")))
    if problem.kind == "unreachable":
        return say.text("unreachable")
    if problem.kind in ("no-index", "broken-index"):
        return say.text("preparing")
    if problem.kind == "bug":
        return say.text("broken", ref=problem.reference)
    if problem.kind == "not-found":
        return problem.detail or say.text("web_nothing_here")
    return str(problem.record()["detail"])


class _Given:
    """What stands in the address of a page; what is unknown there does no harm, for links are passed on with more."""

    def __init__(self, request: Request) -> None:
        self._pairs = parameters(request.scope["query_string"])
        self._accepted = request.headers.get("accept-language", "")

    def one(self, name: str) -> str:
        return next((value for key, value in self._pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]

    def number(self, name: str, least: int) -> int:
        stated = self.one(name)
        is_number = stated.isascii() and stated.isdecimal() and len(stated) <= _DIGITS
        return max(least, int(stated)) if is_number else least

    def place(self, up: str = "", path: str = "", query: tuple[tuple[str, str], ...] = ()) -> Place:
        stated = language_of(self.one("lang"), "") if self.one("lang") else ""
        return Place(Catalogue(stated or language_of(None, self._accepted)), up, stated, path, query)
