"""The page as the server writes it: what a reader finds on it, and that no text of others becomes markup."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import lxml.html  # type: ignore[import-untyped]  # lxml ships no types
import pytest

from bot.answer import Answerer
from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.serve.html import escaped, tag
from index import Article, Paragraph
from tests.telegram_shelf import LIGHTHOUSE, SHELF, answering, shelve
from tests.web_wire import Reply, Web, serving

ROOT = "http://localhost/ask/"
HOSTILE = Article(
    '<script>alert(1)</script>"onload="x & <b>bold</b>',
    (
        Paragraph(
            "The <img src=x onerror=alert(2)> beacon & its \u202ekeeper burned\u0007 oil. It cost </p> 9 crowns."
        ),
        Paragraph("A list:\n- one\n- two\r\nand a tail of the beacon's tale, told at length by nobody."),
    ),
    path="hostile.txt",
    source="</p><script>",
    url="javascript:alert(3)",
    date="2025<script>",
    author='" autofocus onfocus="alert(4)',
    language="en",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page")
    long = Article(
        "A Long Walk", tuple(Paragraph(f"Milestone {number} stands by the road.") for number in range(1, 96))
    )
    shelve(made, [*SHELF, HOSTILE, long])
    return made


@pytest.fixture
def answerer(folder: Path) -> Iterator[Answerer]:
    with answering(folder) as made:
        yield made


@pytest.fixture
async def web(answerer: Answerer) -> AsyncIterator[Web]:
    async with serving(answerer) as running:
        yield running


def xpath(selector: str) -> str:
    """A selector of elements, classes and attributes as XPath: "a.b[c=d] e"."""
    steps = []
    for part in selector.split():
        tests = [f"contains(concat(' ', @class, ' '), ' {name} ')" for name in re.findall(r"\.([\w-]+)", part)]
        for name, value in re.findall(r"\[([\w-]+)(?:=([\w-]+))?\]", part):
            tests.append(f"@{name}='{value}'" if value else f"@{name}")
        (element,) = re.findall(r"^\w*", part)
        steps.append(f"//{element or '*'}" + "".join(f"[{test}]" for test in tests))
    return "." + "".join(steps)


def found(tree: Any, selector: str) -> list[Any]:
    """The elements below one that a selector means."""
    return list(tree.xpath(xpath(selector)))


class Page:
    """A page, read as a browser would; links lead from where it lies behind a prefix."""

    def __init__(self, path: str, reply: Reply) -> None:
        self.path, self.reply = path, reply
        self.tree = lxml.html.document_fromstring(reply.text)

    def texts(self, selector: str) -> list[str]:
        return [str(one.text_content()) for one in found(self.tree, selector)]

    def text(self, selector: str) -> str:
        (text,) = self.texts(selector)
        return text

    def link(self, selector: str, at: int = 0) -> str:
        """Where a link leads, as a path of the server that the prefix is taken off."""
        to = urljoin(ROOT + self.path.lstrip("/"), str(found(self.tree, selector)[at].get("href")))
        assert to.startswith(ROOT), to
        return "/" + to.removeprefix(ROOT).partition("#")[0]


async def opened(web: Web, path: str, language: str = "en") -> Page:
    reply = await web.get(path, "Accept: text/html", f"Accept-Language: {language}")
    assert reply.status == 200, reply
    return Page(path, reply)


def ask(question: str) -> str:
    return f"/?q={quote(question)}"


@pytest.mark.slow
async def test_an_answer_is_quoted_word_for_word_and_leads_into_its_article_and_back(web: Web) -> None:
    page = await opened(web, ask("Who designed the tower of the lighthouse?"))
    assert page.text("h1") == "Who designed the tower of the lighthouse?"
    assert page.texts("blockquote")[0] == LIGHTHOUSE.paragraphs[1].text
    assert page.texts("mark")[0] == "The tower was designed by Maren Voss."
    assert page.text("[role=status]").startswith("Answered, word for word")
    card = found(page.tree, "article")[0]
    assert card.get("aria-labelledby") == found(card, "h2")[0].get("id")
    assert page.texts(".place")[0] == "Coast Gazette · 2 Mar 2025 · Where it was published"
    assert page.texts("figcaption")[0] == "par. 2 of 5"
    assert LIGHTHOUSE.paragraphs[0].text in page.texts("details")[0]
    article = await opened(web, page.link("figcaption a"))
    assert article.text("h1") == LIGHTHOUSE.title
    assert [text.lstrip("12345") for text in article.texts(".text p")] == [one.text for one in LIGHTHOUSE.paragraphs]
    assert article.link(".back a") == page.path.replace("%20", "+")


async def test_passages_of_one_article_share_a_card(web: Web) -> None:
    page = await opened(web, ask("tower visitors ticket crowns lighthouse keeper"))
    titles = page.texts("h2")
    assert len(titles) == len(set(titles)) <= len(page.texts("blockquote"))


async def test_nothing_found_names_the_missing_words_and_offers_what_is_near(web: Web) -> None:
    page = await opened(web, ask("Which dinosaurs played chess in the tower?"))
    assert page.text("[role=status]") == "I found no passage that answers this."
    assert {"dinosaurs", "chess"} <= set(page.texts(".missing li"))
    nearest = await opened(web, page.link(".plain a"))
    assert nearest.text("h1") == page.texts(".plain a")[0]
    # Where nothing is near, there are questions that are answered.
    strange = await opened(web, ask("zxqvw"))
    (again, *_) = [await opened(web, strange.link(".chips a", at)) for at in range(len(strange.texts(".chips a")))]
    assert again.texts("blockquote")


async def test_how_a_question_was_understood_can_be_undone(web: Web) -> None:
    page = await opened(web, ask("tower tickets after:2025-06"))
    assert page.texts(".chips a") == ["articles from June 2025 on×"]
    without = await opened(web, page.link(".chips a"))
    assert "June" not in "".join(without.texts(".chips a"))
    misspelt = await opened(web, ask("Who desinged the lighthuose?"))
    assert any(note.startswith("Searched for") for note in misspelt.texts(".note"))
    exact = await opened(web, misspelt.link(".chips a"))
    assert exact.texts(".note") == [] or not any(note.startswith("Searched for") for note in exact.texts(".note"))


async def test_no_text_of_others_becomes_markup_and_none_is_changed(web: Web) -> None:
    for path in (ask("beacon keeper oil crowns"), ask("beacon list tail tale"), ask('"><script>alert(5)</script>'),
                 "/articles", "/articles?title=%22%3E%3Cscript%3E&lang=%22%3E%3Cscript%3E"):  # fmt: skip
        page = await opened(web, path)
        assert len(found(page.tree, "script")) == 1
        assert [found(page.tree, name) for name in ("img", "[onload]", "[onerror]", "[onfocus]")] == [[]] * 4
        assert all(one.get("aria-hidden") for one in found(page.tree, "b"))
        assert not [one for one in found(page.tree, "[href]") if str(one.get("href")).startswith("javascript")]
    page = await opened(web, ask("beacon keeper oil crowns"))
    assert HOSTILE.paragraphs[0].text in page.texts("blockquote")
    article = await opened(web, page.link("figcaption a"))
    assert [text.lstrip("12") for text in article.texts(".text p")] == [one.text for one in HOSTILE.paragraphs]


async def test_the_policy_allows_the_style_and_the_script_of_the_page_alone(web: Web) -> None:
    page = await opened(web, "/")
    policy = page.reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.text(name).encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert [*found(page.tree, "[style]"), *found(page.tree, "[src]")] == []
    outside = re.findall(r"(?:https?:)?//[^\s'\"<>)]+", page.reply.text.replace("http://www.w3.org/2000/svg", ""))
    assert outside == []
    assert page.reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_language_has_its_page_in_its_direction(web: Web, language: str) -> None:
    say = Catalogue(language)
    for path in ("/", ask("Who designed the tower?"), ask("zxqvw"), "/articles", "/articles?order=newest"):
        page = await opened(web, path, language)
        assert (page.tree.get("lang"), page.tree.get("dir")) == (language, "rtl" if say.rtl else "ltr")
        assert page.text("label[for=q]") == say.text("what_to_know")
        (current,) = found(page.tree, "[aria-current]")
        assert current.get("lang") == language
        # Another language, chosen on the page, stays on the way.
        other = next(one for one in LANGUAGES if one != language)
        turned = await opened(web, page.link(f".languages a[lang={other}]"), language)
        assert turned.tree.get("lang") == other
        assert (await opened(web, turned.link("footer a"), language)).tree.get("lang") == other
        assert len(page.reply.body) < 60_000


async def test_articles_keep_their_own_language_and_direction(web: Web) -> None:
    page = await opened(web, ask("Who designed the tower of the lighthouse?"), "ar")
    (card, *_) = found(page.tree, "article")
    quoted = found(card, "blockquote")[0]
    assert (card.get("dir"), quoted.get("lang"), quoted.get("dir")) == ("ltr", "en", "auto")


async def test_long_articles_and_lists_are_turned_page_by_page(web: Web) -> None:
    listed = await opened(web, "/articles?title=walk")
    first = await opened(web, listed.link(".plain a"))
    second = await opened(web, first.link("a[rel=next]"))
    third = await opened(web, second.link("a[rel=next]"))
    read = [text for page in (first, second, third) for text in page.texts(".text p")]
    assert [text.rpartition("Milestone ")[2] for text in read] == [
        f"{number} stands by the road." for number in range(1, 96)
    ]
    assert found(third.tree, "a[rel=next]") == []
    assert third.link("a[rel=prev]") == first.link("a[rel=next]")
    # A passage far behind stands on its own part.
    page = await opened(web, ask("Where does milestone 77 stand?"))
    part = await opened(web, page.link("figcaption a"))
    assert any("Milestone 77 " in text for text in part.texts(".text p"))
    assert (await opened(web, first.path + "?from=99999999999999999999")).texts(".text p")
    assert (await opened(web, first.path + "?from=900")).texts(".text p")


async def test_small_talk_gets_a_line_and_a_long_question_is_asked_to_be_short(web: Web) -> None:
    page = await opened(web, ask("Thank you!"))
    assert page.text("[role=status]") == "You are welcome."
    assert page.texts("blockquote") == []
    assert "1,000 characters" in (await opened(web, f"/?q={'a' * 1001}")).text("h1")


async def test_what_is_not_there_is_told_as_a_page_whose_links_work(web: Web) -> None:
    for path in ("/nowhere", "/article/000000000000", "/a/b/c/d"):
        reply = await web.get(path, "Accept: text/html", "Accept-Language: ru")
        assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
        page = Page(path, reply)
        assert page.link(".name a") == "/"
        assert page.tree.get("lang") == "ru"
        assert (await web.get(path)).headers["content-type"] == "application/problem+json"


async def test_too_many_parameters_are_told_as_a_page(web: Web) -> None:
    reply = await web.get(f"/?{'&'.join(['q=1'] * 101)}", "Accept: text/html")
    assert (reply.status, reply.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "At most 100 parameters" in Page("/", reply).text("h1")


async def test_the_address_of_an_article_may_end_with_a_slash(web: Web) -> None:
    listed = await opened(web, "/articles")
    path = listed.link(".plain a")
    reply = await web.get(f"{path}/?q=tower")
    assert (reply.status, urljoin(f"{path}/", reply.headers["location"])) == (308, f"{path}?q=tower")


def test_attributes_and_texts_are_escaped_and_what_html_cannot_carry_is_replaced() -> None:
    assert tag("a", "<", href='"&', hidden=False, title=None) == '<a href="&quot;&amp;">&lt;</a>'
    assert escaped("\x00\ud800\r") == "\ufffd\ufffd&#13;"
