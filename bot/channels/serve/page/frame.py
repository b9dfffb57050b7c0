"""What every page has: its head, name, question box, languages and footer; its style, script and policy.

Links are relative, so that a page works behind any prefix of a proxy; `up` leads to where the first page lies.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.serve.html import Child, Html, joined, tag
from bot.channels.serve.options import LONGEST_QUESTION

NAME: Final = "Quoth"

_FOLDER: Final = Path(__file__).parent
STYLE: Final = Html((_FOLDER / "style.css").read_text("utf-8"))
SCRIPT: Final = Html((_FOLDER / "script.js").read_text("utf-8"))
# A quotation mark, drawn.
_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' "
    "rx='7' fill='%23946200'/%3E%3Cpath d='M8 21c0-6 2-9 6-10v3c-2 1-2 2-2 3h2v6H8zm10 0c0-6 2-9 6-10v3c-2 1-2 2-2 3h2v"
    "6h-6z' fill='%23fff'/%3E%3C/svg%3E"
)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# By hash: a number made anew for each page would forbid to keep pages.
POLICY: Final = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; img-src data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page lies, and who reads it: `up` leads to the first page, `stated` is the language in the address.

    `path` and `query` are of the page itself, for links to it in other languages.
    """

    say: Catalogue
    up: str = ""
    stated: str = ""
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def link(self, path: str, *query: tuple[str, str], fragment: str = "") -> str:
        """Return a link from this page to another one, in the language of this one; what is empty is left out.

        >>> Place(Catalogue("en"), "../", "en").link("articles", ("title", "a b"), ("order", ""))
        '../articles?title=a+b&lang=en'
        >>> Place(Catalogue("en")).link("", ("q", "why?"))
        './?q=why%3F'
        """
        written = urlencode([(name, value) for name, value in (*query, ("lang", self.stated)) if value])
        return f"{self.up or ('' if path else './')}{path}{'?' if written else ''}{written}{fragment}"


def page(place: Place, title: str, about: str, question: str, *content: Child, focus: bool = False) -> bytes:
    """Return a whole page; `about` tells of the articles, `question` stands in the box."""
    say = place.say
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"{title} · {NAME}" if title != NAME else NAME),
        tag("link", rel="icon", href=_ICON),
        tag("style", STYLE),
    )
    body = tag(
        "body",
        tag("a", say.text("web_skip"), class_="skip", href="#main"),
        tag(
            "header",
            tag("p", tag("a", NAME, href=place.link("")), class_="name"),
            tag("p", about, class_="about") if about else None,
            _languages(place),
        ),
        _form(place, question, focus=focus),
        tag("main", *content, id="main", tabindex="-1"),
        _footer(place),
        tag("script", SCRIPT),
    )
    whole = tag("html", head, body, lang=say.language, dir="rtl" if say.rtl else "ltr")
    return f"<!doctype html>{whole}".encode()


def _form(place: Place, question: str, *, focus: bool) -> Html:
    say = place.say
    return tag(
        "form",
        tag("label", say.text("what_to_know"), for_="q"),
        tag(
            "div",
            tag(
                "input",
                id="q",
                name="q",
                type="search",
                dir="auto",
                value=question,
                maxlength=str(LONGEST_QUESTION),
                required=True,
                autocomplete="off",
                enterkeyhint="search",
                autofocus=focus,
            ),
            tag("button", say.text("web_ask"), type="submit"),
            class_="box",
        ),
        tag("input", type="hidden", name="lang", value=place.stated) if place.stated else None,
        class_="ask",
        role="search",
        action=place.up or "./",
        data_searching=say.text("web_searching"),
        data_here="yes" if not place.path else None,
    )


def _languages(place: Place) -> Html:
    def link(language: str, name: str) -> Html:
        query = urlencode([*place.query, ("lang", language)])
        return tag(
            "a",
            name,
            href=f"?{query}",
            hreflang=language,
            lang=language,
            aria_current="true" if language == place.say.language else None,
        )

    choices = [tag("li", link(language, name)) for language, name in LANGUAGES.items()]
    return tag("nav", tag("ul", *choices), class_="languages", aria_label=_bare(place.say.text("choose_language")))


def _footer(place: Place) -> Html:
    say = place.say
    links = (
        (place.link("articles"), say.text("menu_titles")),
        (place.link("articles", ("order", "newest")), say.text("menu_latest")),
        (f"{place.up}openapi.json", "API"),
    )
    return tag("footer", tag("ul", *(tag("li", tag("a", text, href=link)) for link, text in links)))


def _bare(label: str) -> str:
    """Return a label without the colon that leads to what stands behind it."""
    return label.rstrip(": ：")


def labelled(label: str) -> Html:
    """Return a label as a heading, without its colon."""
    return joined(_bare(label))
