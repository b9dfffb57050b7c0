"""Whether two answerers answer alike: passages, order, scores, states and messages, whatever is asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.answer import Answer, Answerer, AskOptions
from bot.conversation import FollowUp, follow_up
from index import Hit, Index, Results

Asked = tuple[str, AskOptions]

PLAIN = AskOptions()
# Longer, it is a sentence in a script without spaces.
_LONGEST = 20


def word_of(question: str) -> str:
    """Return a word from the middle of a question, or some characters where there are no spaces."""
    words = question.split()
    word = words[len(words) // 2].strip("?؟。？.,;:\"'-") if words else ""
    return word[4:8] if len(word) > _LONGEST else word


def asked(questions: Sequence[str], every: int = 3) -> Iterator[Asked]:
    """Yield the questions, and of some of them variants with every mark, option and turn of a conversation."""
    for number, question in enumerate(questions):
        yield question, PLAIN
        words = question.split()
        if number % every or not words:
            continue
        middle = word_of(question) or words[0]
        first = " ".join(words[:2]) if len(words) > 1 else question[:6]
        for variant in (
            f'"{first}" {question}', f'"{middle}"', f"{question} -{middle}", f'{question} -"{first}"', middle,
            f"in:{middle} {question}", f'in:"{first}" {question}', f"{question} after:1987-03-01 before:2025",
            f"source:a {question}", f"source:alpha {question}", f"{question} in 2026", f"{middle} in June 1987",
            question[:-3] + "x", question.replace("e", "", 1),
            f"{first}{middle}", f"latest news {middle}",
        ):  # fmt: skip
            yield variant, PLAIN
        yield question, AskOptions(exact=True)
        yield question, AskOptions(explain=True)
        yield f"And {middle}?", AskOptions(added=(first,))
    for question in ("", "?", "latest news", "What happened yesterday?", "xyzzyqw", "what happened in March 1987?"):
        yield question, PLAIN


def converse(one: Answerer, other: Answerer, questions: Sequence[str], every: int = 3) -> Iterator[str]:
    """Yield in what each conversation of some turns goes otherwise with two answerers, "" where in nothing."""
    for question in questions[::every]:
        mine, theirs = _turns(one, question), _turns(other, question)
        yield "" if mine == theirs else f"after {question!r}: {mine!r} != {theirs!r}"[:2000]


def _turns(answerer: Answerer, question: str) -> list[FollowUp]:
    first = answerer.answer(question)
    article = first.passages[0].article.id if first.passages else None
    turns = f"And {word_of(question)}?", "How much does it cost?", "And in June 1987?"
    return [FollowUp(first), *(follow_up(answerer, turn, [question], article=article) for turn in turns)]


def differs(one: Answerer, other: Answerer, question: str, options: AskOptions = PLAIN) -> str:
    """Return in what two answerers answer a question otherwise, "" where in nothing."""
    mine, theirs = _told(one, question, options), _told(other, question, options)
    if mine == theirs:
        return ""
    names = [name for name in mine if mine[name] != theirs[name]]
    return f"{question!r} {options}: {', '.join(f'{name} {mine[name]!r} != {theirs[name]!r}' for name in names)}"[:2000]


def _told(answerer: Answerer, question: str, options: AskOptions) -> dict[str, object]:
    results, answer = answerer.answer_with_results(question, options=options)
    return {"answer": answer, "ranking": _ranking(results), "results": _alone(results), "state": _state(answer)}


def _state(answer: Answer) -> str:
    return answer.state


def _ranking(results: Results) -> list[tuple[int, float]]:
    return [(hit.passage.row, hit.score) for hit in results.first(50)]


def _alone(results: Results) -> tuple[Results, list[Hit]]:
    return replace(results, ranking=None), list(results.hits)


def look_alike(one: Answerer, other: Answerer) -> Iterator[str]:
    """Yield in what the articles of two answerers differ when they are browsed."""
    mine, theirs = one.index, other.index
    looks: dict[str, Callable[[Index], object]] = {
        "titles": lambda index: index.texts.titles(),
        "first titles": lambda index: index.texts.titles(7),
        "files": lambda index: sorted(index.texts.files()),
        "sources": lambda index: index.texts.sources(),
        "counts": lambda index: (index.texts.counts(), dict(index.counts), index.dated),
        "newest": lambda index: (index.newest(0, 20), index.newest(3, 9)),
    }
    for name, look in looks.items():
        if look(mine) != look(theirs):
            yield name
    if one.articles.extent(3) != other.articles.extent(3):
        yield "extent"
    count = mine.counts["articles"]
    for row in range(0, count, max(1, count // 60)):
        theirs.passages.ensure_there()
        card = mine.texts.article(row)
        address = (card.url or "").swapcase()
        for name, here, there in (
            ("article", card, theirs.texts.article(row)),
            ("by id", card, theirs.texts.by_id(card.id)),
            ("passages", mine.texts.passages_of(row), theirs.texts.passages_of(row)),
            ("rows of a title", mine.texts.rows_titled(card.title, 3), theirs.texts.rows_titled(card.title, 3)),
            ("rows at an address", mine.texts.rows_at(address), theirs.texts.rows_at(address)),
            ("copies", mine.copies([card.first]), theirs.copies([card.first])),
        ):
            if here != there:
                yield f"{name} of article {row}"
