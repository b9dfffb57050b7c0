"""A question and its answer on a page: the state, what was searched, and the passages, word for word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.answer import Answer, Answerer, AnswerPassage, AskOptions
from bot.catalogue import Catalogue
from bot.channels.serve.html import Html, joined, tag
from bot.channels.serve.page.frame import Place, labelled, page
from bot.channels.serve.page.parts import article_link, listed, of_text, origin, title_of, way_of
from bot.printing import shown
from bot.render import COPIES, position_of
from bot.small_talk import small_talk
from bot.wording import filter_label, problem_line
from index import Filter

# So many passages before and after one are read around it.
_AROUND: Final = 2
_MORE: Final = 10
EXAMPLES: Final = 4


Examples = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page asks: the question, the filters to leave out, whether literally, how many passages."""

    question: str = ""
    without: tuple[str, ...] = ()
    exact: bool = False
    k: int | None = None

    def query(self) -> tuple[tuple[str, str], ...]:
        """Return it as the parameters of an address."""
        return (
            ("q", self.question),
            *(("without", key) for key in self.without),
            *([("exact", "true")] if self.exact else []),
            *([("k", str(self.k))] if self.k else []),
        )


def first_page(answerer: Answerer, place: Place, examples: Examples) -> bytes:
    """Return the page before a question: what there is, and questions to begin with."""
    say = place.say
    return page(
        place,
        say.text("web_title"),
        about(answerer, say),
        "",
        tag("h1", say.text("web_title"), tabindex="-1"),
        tag("p", say.text("short_description")),
        # Where a script tells that it is searching.
        tag("p", "", role="status", class_="state"),
        *_offered(place, examples()),
        focus=True,
    )


def _offered(place: Place, questions: Sequence[str]) -> list[Html]:
    """Return questions to begin with, which are answered."""
    links = [tag("li", tag("a", text, href=place.link("", ("q", text)), dir="auto")) for text in questions]
    return [tag("p", place.say.text("examples"), class_="note"), tag("ul", *links, class_="chips")] if links else []


def answer_page(answerer: Answerer, place: Place, asked: Asked, examples: Examples) -> tuple[bytes, str]:
    """Return the page that answers a question, and the state of the answer ("talk" for small talk)."""
    say = place.say
    kind = small_talk(asked.question)
    if kind is not None:
        content: list[Html] = [tag("p", say.text(kind), role="status", class_="state")]
        state = "talk"
    else:
        answer = answerer.answer(asked.question, asked.k, AskOptions(asked.exact, frozenset(asked.without)))
        state = answer.state
        content = [_state(answer, say), *_how(answer, place, asked), *_found(answerer, answer, place, asked, examples)]
    heading = tag("h1", asked.question, dir="auto", tabindex="-1")
    title = " ".join(asked.question.split())[:80]
    return page(place, title, about(answerer, say), asked.question, heading, *content), state


def too_long(answerer: Answerer, place: Place, most: int) -> bytes:
    """Return the page that asks for a shorter question."""
    text = place.say.text("too_long", n=most)
    return page(
        place, text, about(answerer, place.say), "", tag("h1", text, tabindex="-1"), tag("p", "", role="status")
    )


def about(answerer: Answerer, say: Catalogue) -> str:
    """Return how much there is to ask about."""
    return say.text("knows", n=answerer.index.counts["articles"])


def _state(answer: Answer, say: Catalogue) -> Html:
    count = len(answer.passages)
    texts = {"answered": "web_answered", "closest": "web_closest"}
    text = say.text(texts[answer.state], n=count) if answer.state in texts and count else say.text("not_found")
    return tag("p", text, role="status", class_=f"state {answer.state}")


def _how(answer: Answer, place: Place, asked: Asked) -> list[Html]:
    """Return how a question was understood, with links to ask it otherwise, and the words that no article has."""
    say = place.say
    notes = [
        tag("p", say.text("searched_instead", right=shown(right), wrong=shown(wrong)), class_="note")
        for wrong, right in answer.corrected[:8]
    ]
    notes += [tag("p", problem_line(one, say), class_="note") for one in answer.problems[:3]]
    chips = [_chip(one, place, asked) for one in answer.filters[:8]]
    if answer.corrected and not asked.exact:
        chips.append(tag("li", tag("a", say.text("button_exact"), href=_link(place, replace(asked, exact=True)))))
    if asked.exact or asked.without:
        again = Asked(asked.question)
        chips.append(tag("li", tag("a", say.text("button_back"), href=_link(place, again))))
    missing = [tag("li", tag("bdi", shown(word).strip())) for word in answer.missing[:8] if shown(word).strip()]
    if missing:
        label = labelled(say.text("missing_words", words=[]).strip())
        notes += [tag("p", label, ":", class_="note", id="missing")]
        notes += [tag("ul", *missing, class_="missing", aria_labelledby="missing")]
    if chips:
        notes += [tag("ul", *chips, class_="chips", aria_label=labelled(say.text("narrowed")))]
    return notes


def _chip(one: Filter, place: Place, asked: Asked) -> Html:
    say = place.say
    label = filter_label(one, say)
    words = f" {say.text('filter_guess', words=shown(one.words))}" if one.is_guess else ""
    link = _link(place, replace(asked, without=(*asked.without, one.key)))
    cross = tag("b", "×", aria_hidden="true")
    return tag("li", tag("a", f"{label}{words}", cross, href=link, aria_label=say.text("button_drop", label=label)))


def _found(answerer: Answerer, answer: Answer, place: Place, asked: Asked, examples: Examples) -> list[Html]:
    say = place.say
    if answer.state == "nothing" or not answer.passages:
        nearest = _nearest(answerer, answer, place, asked) or _offered(place, examples())
        return [tag("p", say.text("rephrase"), class_="note"), *nearest]
    cards = [
        tag("li", _card(answerer, passages, number, place, asked))
        for number, passages in enumerate(_by_article(answer.passages), 1)
    ]
    content = [tag("ol", *cards, class_=f"answers {answer.state}")]
    k = asked.k or 0
    if k < _MORE and len(answer.passages) >= (asked.k or 2):
        more = tag("a", say.text("web_more"), href=_link(place, replace(asked, k=_MORE)))
        content.append(tag("p", more, class_="more"))
    return [*content, *(_nearest(answerer, answer, place, asked) if answer.state != "answered" else [])]


def _by_article(passages: Sequence[AnswerPassage]) -> list[list[AnswerPassage]]:
    """Return the passages that share a card, in the order of the first of each."""
    cards: dict[int, list[AnswerPassage]] = {}
    for passage in passages:
        cards.setdefault(passage.article.row, []).append(passage)
    return list(cards.values())


def _card(answerer: Answerer, passages: Sequence[AnswerPassage], number: int, place: Place, asked: Asked) -> Html:
    say, article = place.say, passages[0].article
    link = article_link(place, article, asked.question, passages[0].position)
    title = tag("a", title_of(article, say), href=link)
    name = f"a{number}"
    return tag(
        "article",
        tag("h2", title, id=name, **of_text(article)),
        origin(article, say, passages[0].passage),
        *(_quote(answerer, one, place, asked) for one in passages),
        class_="card",
        dir=way_of(article),
        aria_labelledby=name,
    )


def _quote(answerer: Answerer, one: AnswerPassage, place: Place, asked: Asked) -> Html:
    say, text = place.say, one.passage.text
    start, end = one.highlight
    marked = joined(text[:start], tag("mark", text[start:end]), text[end:]) if end > start else joined(text)
    link = article_link(place, one.article, asked.question, one.position)
    return joined(
        tag(
            "figure",
            tag("blockquote", marked, **of_text(one.article)),
            tag("figcaption", tag("a", position_of(one.passage, say), href=link)),
        ),
        _around(answerer, one, say),
        _copies(one, say),
    )


def _around(answerer: Answerer, one: AnswerPassage, say: Catalogue) -> Html | None:
    article, row, attributes = one.article, one.passage.row, of_text(one.article)
    end = min(row + 1 + _AROUND, article.first + article.passages)
    around = answerer.index.texts.passages(range(max(row - _AROUND, article.first), end))
    before, after = [one for one in around if one.row < row], [one for one in around if one.row > row]
    if not before and not after:
        return None
    here = tag("p", "⋯", class_="here", aria_hidden="true")
    texts = [
        *(tag("p", passage.text, **attributes) for passage in before),
        here,
        *(tag("p", passage.text, **attributes) for passage in after),
    ]
    return tag("details", tag("summary", say.text("web_around")), *texts)


def _copies(one: AnswerPassage, say: Catalogue) -> Html | None:
    named, rest = one.copies.named(COPIES)
    if not named:
        return None
    titles = [shown(title).strip() or say.text("untitled") for title in named]
    text = say.text("also_in_more", n=rest, titles=titles) if rest else say.text("also_in", titles=titles)
    return tag("p", text, class_="also")


def _nearest(answerer: Answerer, answer: Answer, place: Place, asked: Asked) -> list[Html]:
    say = place.say
    shown_already = {passage.article.title for passage in answer.passages}
    articles = [answerer.articles.titled(title) for title in answer.nearest if title not in shown_already]
    links = [listed(one, say, article_link(place, one, asked.question)) for one in articles if one is not None]
    if not links:
        return []
    return [tag("h2", labelled(say.text("nearest"))), tag("ul", *links, class_="plain")]


def _link(place: Place, asked: Asked) -> str:
    return place.link("", *asked.query())
