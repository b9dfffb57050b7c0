"""What the messages about articles look like: an answer, a page of an article, a list of titles, an inline result.

    Answer -> answer_card() -> Blocks -> rich.to_html()

What belongs to one passage, from its title to its quote, runs one way: that of its text, whatever the reader's language
is, which the lines of our own run in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bot.answer import Answer, AnswerPassage
from bot.articles import Listing, WholeArticle
from bot.catalogue import Catalogue
from bot.channels.telegram.messages.directions import apart, run_apart, running, way_of
from bot.channels.telegram.messages.quotes import quotes
from bot.channels.telegram.messages.rich_text import Block, Run, Tag, fitted, line, size
from bot.printing import shown
from bot.render import COPIES, head, position_of, units
from bot.wording import filter_label, problem_line
from index import ArticleCard, Filter, Passage

LONGEST: Final = 3500
QUOTE: Final = 1200
GROUP_QUOTE: Final = 600
_QUOTE_AT_LEAST = 400
# The line breaks after two quotes, and the marks of direction in front of them. No passage is longer than 300 words, so
# that hardly one is cut.
_BREAKS, _PARAGRAPH = 4, 2800
_TITLE, _NAME, _SENTENCE, _WEAK, _WORD = 200, 100, 110, 60, 40
_WORDS, _PROBLEMS = 8, 3
# A passage with less than this share of the best one's score is seldom the one: of 78 that were the right ones, on
# second or third place, in two sets of XQuAD and two of news, 5 had less; of the wrong ones two in five.
_LIKELY = 0.6


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How an answer came about, as far as the reader is told.

    `added` are words of earlier questions that were searched too; `like` is the title of the article that more was
    wanted of; `edited`: the question was edited since; `offered`: no article is near, and some in the reader's language
    are offered instead.
    """

    added: tuple[str, ...] = ()
    like: str = ""
    edited: bool = False
    offered: bool = False


def answer_card(
    answer: Answer, say: Catalogue, how: Circumstances, *, quoted: int = 0, compact: bool = False
) -> tuple[Block, ...]:
    """The message about `answer`, at most 3500 units, with the passage `quoted`, counted from 0, in full.

    `compact`, for groups: a shorter quote, and of the other passages the titles only, as always of those that are less
    likely. "nothing" quotes nothing: it names the words that no article mentions; the nearest titles are buttons, whose
    label comes last.
    """
    if answer.state == "nothing" or not answer.passages:
        return fitted(_nothing(answer, say, how), LONGEST)
    chosen = answer.passages[quoted]
    unsure = answer.state == "closest" and not how.like
    opening = [
        *([line(say.text("more_like"), " ", say.isolated(_short(how.like, _NAME, say)))] if how.like else []),
        *([line(say.text("not_sure"))] if unsure else []),
        *_heading(chosen.article, [position_of(chosen.passage, say)], say, chosen.passage.text),
    ]
    closing = [
        *_copies(chosen, say),
        *_others(answer, quoted, say, compact=compact),
        *(_missing(answer, say) if not how.like else ()),
        *_notes(answer, say, how),
    ]
    text = chosen.passage.text
    wanted = min(units(text), _QUOTE_AT_LEAST)
    while closing and LONGEST - size(opening) - size(closing) - _BREAKS < wanted:
        closing.pop(0)
    room = min(GROUP_QUOTE if compact else QUOTE, LONGEST - size(opening) - size(closing) - _BREAKS)
    return fitted([*opening, *quotes(text, chosen.highlight, room), *closing], LONGEST)


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
        caption = Run(f"{say.text('caption')}: ", _aside(say)) if passage.kind == "caption" else Run("")
        text = Run(head(shown(passage.text), _PARAGRAPH), ("b",) if place == found else ())
        runs += [Run("\n\n" if runs else ""), caption, text]
    written = " ".join(passage.text for passage in shown_here)
    heading = _heading(opened.article, [_places(numbered, say)] if numbered else [], say, written)
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
        way = way_of(title)
        dated = [run for part in _date(article.date, say) for run in (Run(say.dot), *run_apart(part, way))]
        lines.append(running(way, Run(f"{say.number(number)}{say.dot}{title}"), *dated))
    return fitted(lines, LONGEST)


def inline_card(hit: AnswerPassage, say: Catalogue) -> tuple[Block, ...]:
    """The message that an inline result sends: the title, its date and source, and the quote."""
    heading = _heading(hit.article, [position_of(hit.passage, say)], say, hit.passage.text)
    return fitted([*heading, *quotes(hit.passage.text, hit.highlight, QUOTE)], LONGEST)


def sentence(hit: AnswerPassage, limit: int) -> str:
    """The sentence that answers, in plain text of at most `limit` units."""
    start, end = hit.highlight
    return head(shown(hit.passage.text[start:end] or hit.passage.text).strip(), limit)


def short_title(article: ArticleCard, say: Catalogue, limit: int) -> str:
    """A title in at most `limit` units; a nameless article says so."""
    return _title(article, say, limit)


def _heading(article: ArticleCard, places: Sequence[str], say: Catalogue, text: str) -> list[Block]:
    """The title, and below it the date, the source and the places, as lines that run the way of the text."""
    title, source = _title(article, say, _TITLE), head(shown(article.source or "").strip(), _NAME)
    # A place is short, and the end of it alone in the next line says nothing.
    places = [place.replace(" ", "\u00a0") for place in places]
    way = way_of(f"{title} {text}")
    origin = [*_date(article.date, say), *(Run(part, _aside(say)) for part in (source, *places) if part)]
    below = [run for part in origin for run in (Run(say.dot, _aside(say)), *run_apart(part, way))][1:]
    return [running(way, Run(apart(title, way), ("b",))), *([running(way, *below)] if below else [])]


def _aside(say: Catalogue) -> tuple[Tag, ...]:
    """The style of what is no answer: italics, which the Arabic script does not have."""
    return () if say.rtl else ("i",)


def _date(stated: str | None, say: Catalogue) -> list[Run]:
    """A date as stated, or a moment in the reader's own zone; nothing is invented for what is not stated."""
    if stated is None or not stated.strip():
        return []
    try:
        day = date.fromisoformat(stated[:10])
        moment = datetime.fromisoformat(stated) if len(stated) > 10 else None
    except ValueError:
        return [Run(_word(stated), _aside(say))]
    # Telegram writes a moment in the calendar of the app, which is seldom the solar one.
    zoned = moment is not None and moment.tzinfo is not None and not say.is_solar
    return [Run(say.day(day), _aside(say), moment=int(moment.timestamp()) if moment is not None and zoned else None)]


def _places(passages: Sequence[Passage], say: Catalogue) -> str:
    first, last = passages[0], passages[-1]
    if first.ordinal == last.ordinal:
        return say.text("paragraph", ordinal=first.ordinal, count=first.count)
    return say.text("paragraphs", first=first.ordinal, last=last.ordinal, count=first.count)


def _nothing(answer: Answer, say: Catalogue, how: Circumstances) -> list[Block]:
    notes = _notes(answer, say, how)
    if how.like:
        return [line(say.text("no_more_like_this")), *notes]
    label = "nearest" if answer.nearest else "nearest_language" if how.offered else ""
    nearest = [line(say.text(label))] if label else []
    not_found = line(Run(say.text("not_found"), ("b",)))
    return [not_found, *_missing(answer, say), *notes, line(say.text("rephrase")), *nearest]


def _missing(answer: Answer, say: Catalogue) -> list[Block]:
    words = [word for word in map(_word, answer.missing[:_WORDS]) if word]
    return [line(say.text("missing_words", words=words))] if words else []


def _others(answer: Answer, quoted: int, say: Catalogue, *, compact: bool) -> list[Block]:
    """A line for each other passage; those that are less likely share one."""
    lines, unlikely = [], []
    best = max(passage.score for passage in answer.passages)
    for place, other in enumerate(answer.passages):
        if place == quoted:
            continue
        name, number = other_name(answer, place, quoted, say), say.number(place + 1)
        own = other.article.row == answer.passages[quoted].article.row
        if other.score < _LIKELY * best:
            unlikely.append((number, head(name, _WEAK), own))
            continue
        said = "" if compact else sentence(other, _SENTENCE)
        way = way_of(f"{name} {said}")
        # A place in words of our own cannot be read among those of a text that runs the other way.
        named = not said or not own or way_of(name) == way
        parts = [apart(part, way) for part in (name if named else "", said) if part]
        lines.append(running(way, Run(f"{number}{say.dot}{' — '.join(parts)}")))
    return [*lines, *([_less_likely(unlikely, say)] if unlikely else [])]


def _less_likely(named: Sequence[tuple[str, str, bool]], say: Catalogue) -> Block:
    """A line of passages, each with its number, its name, and whether that is a place in words of our own.

    It runs as the titles do, behind a label of our own; among titles that run the other way, a place is left out.
    """
    way = way_of(" ".join(name for _, name, own in named if not own)) or ("R" if say.rtl else "L")
    parts = [
        number if own and way_of(name) not in (way, "") else apart(f"{number}{say.dot}{name}", way)
        for number, name, own in named
    ]
    # Behind a comma, a number would look like a part of what stands before it. The Arabic mark is a strong letter.
    between = "؛ " if say.rtl and way == "R" else "; "
    return running(way, Run(f"{apart(say.text('less_likely'), way)} {between.join(parts)}"))


def other_name(answer: Answer, place: int, quoted: int, say: Catalogue) -> str:
    """The name of another passage than the one quoted: its title, or its place in the same article."""
    other, chosen = answer.passages[place], answer.passages[quoted]
    return (
        position_of(other.passage, say)
        if other.article.row == chosen.article.row
        else _title(other.article, say, _NAME)
    )


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
        notes.append(f"{say.text('narrowed')} {say.dot.join(filters)}")
    problems = [replace(one, words=tuple(map(_word, one.words[:_WORDS]))) for one in answer.problems[:_PROBLEMS]]
    notes += [problem_line(problem, say) for problem in problems]
    if how.added:
        notes.append(say.text("understood_as", question=head(shown(" ".join((answer.question, *how.added))), 300)))
    if how.edited:
        notes.append(say.text("after_edit"))
    return [line(Run(note, _aside(say))) for note in notes]


def _limit(limit: Filter, say: Catalogue) -> str:
    """What a filter limits the passages to; one that nobody asked for by a mark with the words it comes from."""
    label = filter_label(replace(limit, text=_word(limit.text)), say)
    return f"{label} {say.text('filter_guess', words=_word(limit.words))}" if limit.is_guess else label


def _word(text: str) -> str:
    return head(shown(text).strip(), _WORD)


def _title(article: ArticleCard, say: Catalogue, limit: int) -> str:
    return _short(article.title, limit, say)


def _short(title: str, limit: int, say: Catalogue) -> str:
    return head(shown(title).strip(), limit) or say.text("untitled")


def _length(passages: Sequence[Passage]) -> int:
    return sum(units(passage.text) + 2 for passage in passages)
