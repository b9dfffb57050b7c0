"""Whether two answerers answer alike: passages, order, scores, states and messages, whatever is asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.answer import Answer, Answerer, AskOptions
from index import Hit, Index, Results

Asked = tuple[str, AskOptions]

PLAIN = AskOptions()


def asked(questions: Sequence[str], every: int = 3) -> Iterator[Asked]:
    """Yield the questions, and of some of them variants with every mark, option and turn of a conversation."""
    for number, question in enumerate(questions):
        yield question, PLAIN
        words = question.split()
        if number % every or not words:
            continue
        middle = words[len(words) // 2].strip("?؟。？.,;:\"'-") or words[0]
        first = " ".join(words[:2])
        for variant in (
            f'"{first}" {question}', f'"{middle}"', f"{question} -{middle}", f'{question} -"{first}"', middle,
            f"in:{middle} {question}", f'in:"{first}" {question}', f"{question} after:1987-03-01 before:2025",
            f"source:a {question}", f"{question} in 2026", question[:-3] + "x", question.replace("e", "", 1),
            f"{first}{middle}", f"latest news {middle}",
        ):  # fmt: skip
            yield variant, PLAIN
        yield question, AskOptions(exact=True)
        yield question, AskOptions(explain=True)
        yield f"And {middle}?", AskOptions(added=(first,))
    for question in ("", "?", "latest news", "What happened yesterday?", "xyzzyqw", "what happened in March 1987?"):
        yield question, PLAIN


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
