"""What the messages about articles look like: an answer, a page of an article, a list of titles, an inline result.

    Answer -> answer_card() -> Blocks -> rich.to_html()

A line stands in the direction of its first strong letter, and isolates hide theirs: so what others wrote is left as it
is where it begins a line, for a title isolated there would stand on the wrong side, and set apart (FSI, PDI) wherever
it follows words of another's.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bot.answer import Answer, AnswerPassage
from bot.articles import Listing, WholeArticle
from bot.catalogue import Catalogue
from bot.channels.telegram.messages.rich_text import Block, Run, fitted, line, size
from bot.render import COPIES, head, shown, tail, units
from bot.wording import filter_label, problem_line
from index import ArticleCard, Filter, Passage

LONGEST: Final = 3500
QUOTE: Final = 1200
GROUP_QUOTE: Final = 600
_QUOTE_AT_LEAST = 400
# No passage is longer than 300 words, so that hardly one is cut.
_PARAGRAPH = 2800
_TITLE, _NAME, _SENTENCE, _WORD = 200, 100, 110, 40
_WORDS, _PROBLEMS = 8, 3
_MARKS = {"L": "\u200e", "R": "\u200f"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How an answer came about, as far as the reader is told.

    `added` are words of earlier questions that were searched too; `like` is the title of the article that more was
    wanted of; `edited`: the question was edited since.
    """

    added: tuple[str, ...] = ()
    like: str = ""
    edited: bool = False


def answer_card(
    answer: Answer, say: Catalogue, how: Circumstances, *, quoted: int = 0, compact: bool = False
) -> tuple[Block, ...]:
    """The message about `answer`, at most 3500 units, with the passage `quoted`, counted from 0, in full.

    `compact`, for groups: a shorter quote, and of the other passages the titles only. "nothing" quotes nothing: it
    names the words that no article mentions; the nearest titles are buttons.
    """
    if answer.state == "nothing" or not answer.passages:
        return fitted([*_nothing(answer, say, how), *_notes(answer, say, how)], LONGEST)
    chosen = answer.passages[quoted]
    unsure = answer.state == "closest" and not how.like
    opening = [
        *([line(say.text("more_like"), " ", say.isolated(_short(how.like, _NAME, say)))] if how.like else []),
        *([line(say.text("not_sure"))] if unsure else []),
        *_heading(chosen.article, [_place(chosen.passage, say)], say),
    ]
    closing = [
        *_others(answer, quoted, say, compact=compact),
        *_copies(chosen, say),
        *(_missing(answer, say) if not how.like else ()),
        *_notes(answer, say, how),
    ]
    text = chosen.passage.text
    wanted = min(units(text), _QUOTE_AT_LEAST)
    while closing and LONGEST - size(opening) - size(closing) - 1 < wanted:
        closing.pop(0)
    room = min(GROUP_QUOTE if compact else QUOTE, LONGEST - size(opening) - size(closing) - 1)
    quote = Block(_around(text, chosen.highlight, room), "expandable")
    return fitted([*opening, quote, *closing], LONGEST)


def short_nothing(answer: Answer, say: Catalogue) -> tuple[Block, ...]:
    """That nothing was found, in the one or two lines that a group is given."""
    return fitted([line(say.text("not_found")), *_missing(answer, say)], LONGEST)


def page_card(
    opened: WholeArticle, pages: tuple[int, int], say: Catalogue, found: int | None = None
) -> tuple[Block, ...]:
    """A page of an article, as a half-open range of its passages; the one that was `found` in bold."""
    first, last = pages
    shown_here = opened.passages[first:last]
    numbered = [passage for passage in shown_here if passage.kind != "caption"]
    runs: list[Run] = []
    for place, passage in enumerate(shown_here, first):
        caption = Run(f"{say.text('caption')}: ", ("i",)) if passage.kind == "caption" else Run("")
        text = Run(head(shown(passage.text), _PARAGRAPH), ("b",) if place == found else ())
        runs += [Run("\n\n" if runs else ""), caption, text]
    heading = _heading(opened.article, [_places(numbered, say)] if numbered else [], say)
    return fitted([*heading, Block(tuple(run for run in runs if run.text), "quote")], LONGEST)


def page_from(passages: Sequence[Passage], first: int) -> tuple[int, int]:
    """The page that begins at `first`: as many passages as 1200 units hold, one at least; half-open."""
    last = first + 1
    while last < len(passages) and _length(passages[first : last + 1]) <= QUOTE:
        last += 1
    return first, min(last, len(passages))


def page_before(passages: Sequence[Passage], last: int) -> tuple[int, int]:
    """The page that ends before `last`."""
    first = max(last - 1, 0)
    while first > 0 and _length(passages[first - 1 : last]) <= QUOTE:
        first -= 1
    return first, last


def list_card(listing: Listing, first: int, heading: str, say: Catalogue) -> tuple[Block, ...]:
    """A numbered list of titles with their dates, counted from `first`, which is 0 for the first."""
    lines = [line(Run(heading, ("b",)))]
    for number, article in enumerate(listing.articles, first + 1):
        title = _title(article, say, _NAME)
        lines.append(line(_direction(title), f"{say.number(number)} · ", title, *_dated(article, say)))
    return fitted(lines, LONGEST)


def inline_card(hit: AnswerPassage, say: Catalogue) -> tuple[Block, ...]:
    """The message that an inline result sends: the title, its date and source, and the quote."""
    quote = Block(_around(hit.passage.text, hit.highlight, QUOTE), "expandable")
    return fitted([*_heading(hit.article, [_place(hit.passage, say)], say), quote], LONGEST)


def sentence(hit: AnswerPassage, limit: int) -> str:
    """The sentence that answers, in plain text of at most `limit` units."""
    start, end = hit.highlight
    return head(shown(hit.passage.text[start:end] or hit.passage.text).strip(), limit)


def short_title(article: ArticleCard, say: Catalogue, limit: int) -> str:
    """A title in at most `limit` units; a nameless article says so."""
    return _title(article, say, limit)


def _heading(article: ArticleCard, places: Sequence[str], say: Catalogue) -> list[Block]:
    source = shown(article.source or "").strip()
    parts: list[list[Run]] = [_date(article.date, say)]
    parts += [[Run(say.isolated(head(source, _NAME)), ("i",))] if source else []]
    parts += [[Run(place, ("i",))] for place in places]
    runs = [run for part in parts if part for run in (Run(" · ", ("i",)), *part)]
    meta = [line(*runs[1:])] if runs else []
    title = _title(article, say, _TITLE)
    return [line(Run(_direction(title) + title, ("b",))), *meta]


def _date(stated: str | None, say: Catalogue) -> list[Run]:
    """A date as stated, or a moment in the reader's own zone; nothing is invented for what is not stated."""
    if stated is None or not stated.strip():
        return []
    try:
        day = date.fromisoformat(stated[:10])
        moment = datetime.fromisoformat(stated) if len(stated) > 10 else None
    except ValueError:
        return [Run(say.isolated(_word(stated)), ("i",))]
    zoned = moment is not None and moment.tzinfo is not None
    return [Run(say.day(day), ("i",), moment=int(moment.timestamp()) if moment is not None and zoned else None)]


def _place(passage: Passage, say: Catalogue) -> str:
    return _places([passage], say) if passage.kind != "caption" else say.text("caption")


def _places(passages: Sequence[Passage], say: Catalogue) -> str:
    first, last = passages[0], passages[-1]
    if first.ordinal == last.ordinal:
        return say.text("paragraph", ordinal=first.ordinal, count=first.count)
    return say.text("paragraphs", first=first.ordinal, last=last.ordinal, count=first.count)


def _nothing(answer: Answer, say: Catalogue, how: Circumstances) -> list[Block]:
    if how.like:
        return [line(say.text("no_more_like_this"))]
    nearest = [line(say.text("nearest"))] if answer.nearest else []
    return [line(Run(say.text("not_found"), ("b",))), *_missing(answer, say), line(say.text("rephrase")), *nearest]


def _missing(answer: Answer, say: Catalogue) -> list[Block]:
    words = [word for word in map(_word, answer.missing[:_WORDS]) if word]
    return [line(say.text("missing_words", words=words))] if words else []


def _others(answer: Answer, quoted: int, say: Catalogue, *, compact: bool) -> list[Block]:
    lines = []
    for number, other in enumerate(answer.passages, 1):
        if number == quoted + 1:
            continue
        # Of the same article, the place tells more than the title once more.
        same = other.article.row == answer.passages[quoted].article.row
        name = _place(other.passage, say) if same else _title(other.article, say, _NAME)
        said = "" if compact else f" — {say.isolated(sentence(other, _SENTENCE))}"
        lines.append(line(_direction(name), f"{say.number(number)} · ", name, said))
    return lines


def _copies(chosen: AnswerPassage, say: Catalogue) -> list[Block]:
    named, rest = chosen.copies.named(COPIES)
    if not named:
        return []
    titles = [_short(title, _NAME, say) for title in named]
    if rest:
        return [line(say.text("also_in_more", n=rest, titles=titles))]
    return [line(say.text("also_in", titles=titles))]


def _notes(answer: Answer, say: Catalogue, how: Circumstances) -> list[Block]:
    """What was searched other than what was written."""
    notes = [
        say.text("searched_instead", right=head(shown(right), _WORD), wrong=head(shown(wrong), _WORD))
        for wrong, right in answer.corrected[:_WORDS]
    ]
    if answer.filters:
        filters = [_limit(limit, say) for limit in answer.filters[:_WORDS]]
        notes.append(f"{say.text('narrowed')} {' · '.join(filters)}")
    problems = [replace(one, words=tuple(map(_word, one.words[:_WORDS]))) for one in answer.problems[:_PROBLEMS]]
    notes += [problem_line(problem, say) for problem in problems]
    if how.added:
        notes.append(say.text("understood_as", question=head(shown(" ".join((answer.question, *how.added))), 300)))
    if how.edited:
        notes.append(say.text("after_edit"))
    return [line(Run(note, ("i",))) for note in notes]


def _limit(limit: Filter, say: Catalogue) -> str:
    """What a filter limits the passages to; one that nobody asked for by a mark with the words it comes from."""
    label = filter_label(replace(limit, text=_word(limit.text)), say)
    return f"{label} {say.text('filter_guess', words=_word(limit.words))}" if limit.is_guess else label


def _word(text: str) -> str:
    return head(shown(text).strip(), _WORD)


def _around(text: str, highlight: tuple[int, int], limit: int) -> tuple[Run, ...]:
    """The passage, or as much of it around the sentence that answers as `limit` units hold."""
    start, end = highlight
    before, answer, after = shown(text[:start]), shown(text[start:end]), shown(text[end:])
    answer = head(answer, limit)
    room = limit - units(answer)
    before = tail(before, max(room // 2, room - units(after)))
    after = head(after, room - units(before))
    return tuple(run for run in (Run(before), Run(answer, ("b",)), Run(after)) if run.text)


def _dated(article: ArticleCard, say: Catalogue) -> list[Run]:
    """The date of an article behind its title, set apart from it."""
    runs = _date(article.date, say)
    return [Run(" · "), *(replace(run, text=say.isolated(run.text)) for run in runs)] if runs else []


def _direction(text: str) -> str:
    """A mark that gives a line the direction of most letters of `text`, where its first letter would mislead."""
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    strong = ["L" if kind == "L" else "R" for kind in kinds if kind in ("L", "R", "AL")]
    if not strong:
        return ""
    most = "R" if 2 * strong.count("R") > len(strong) else "L"
    return "" if strong[0] == most else _MARKS[most]


def _title(article: ArticleCard, say: Catalogue, limit: int) -> str:
    return _short(article.title, limit, say)


def _short(title: str, limit: int, say: Catalogue) -> str:
    return head(shown(title).strip(), limit) or say.text("untitled")


def _length(passages: Sequence[Passage]) -> int:
    return sum(units(passage.text) + 2 for passage in passages)
