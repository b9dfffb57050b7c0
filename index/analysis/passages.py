"""Cut an article's paragraphs into its passages, the pieces that are indexed and returned word for word."""

from collections.abc import Iterator
from itertools import groupby

from index import tuning
from index.analysis.sentences import fewer_words, sentences, words
from index.model import Article, Paragraph


def passages(article: Article, *, words_per_passage: int = tuning.PASSAGE_WORDS) -> list[Paragraph]:
    """Return the passages of `article`, in reading order; no character but white space is added, lost or moved.

    A paragraph of more than about `words_per_passage` words is cut at ends of sentences into pieces of like
    size (a sentence longer than that, between words). A paragraph of fewer than 4 words joins the one before
    it of the same kind, or the one after when it is the first, with a line break between. A passage stands where its
    first paragraph does.

    >>> passages(Article("Rain", (Paragraph("It rained for three days."), Paragraph("He agreed."))))
    [Paragraph(text='It rained for three days.\\nHe agreed.', kind='paragraph', fragment=None)]
    """
    if all(_is_passage(paragraph, words_per_passage) for paragraph in article.paragraphs):
        return [*article.paragraphs]
    pieces: list[Paragraph] = []
    for kind, run in groupby(article.paragraphs, key=lambda paragraph: paragraph.kind):
        for text, places in _without_stubs(run, words_per_passage):
            at = 0
            for piece in _pieces(text, words_per_passage):
                at = text.index(piece, at)
                pieces.append(Paragraph(piece, kind, _standing(places, at)))
                at += len(piece)
    return pieces


def _is_passage(paragraph: Paragraph, limit: int) -> bool:
    """Return whether a paragraph is neither a stub nor cut, whatever stands beside it."""
    text = paragraph.text
    return paragraph.fragment != "" and not fewer_words(text, tuning.STUB_WORDS) and not _is_long(text, limit)


def _is_long(text: str, limit: int) -> bool:
    return len(text) > limit and not fewer_words(text, limit + tuning.STUB_WORDS)


def _standing(places: list[tuple[int, str | None]], at: int) -> str | None:
    """Return where a piece stands that begins `at`, in a text of paragraphs that begin at `places`."""
    stated = [(begin, fragment) for begin, fragment in places if fragment]
    before = [fragment for begin, fragment in stated if begin <= at]
    return before[-1] if before else stated[0][1] if stated else None


def _without_stubs(run: Iterator[Paragraph], limit: int) -> Iterator[tuple[str, list[tuple[int, str | None]]]]:
    """Yield the texts of a run of one kind, stubs joined, each with where its paragraphs begin in it and stand.

    A stub makes no passage grow beyond `limit` words.
    """
    joined = ""
    places: list[tuple[int, str | None]] = []
    joined_is_stub = False
    for paragraph in run:
        text = paragraph.text
        is_stub = fewer_words(text, tuning.STUB_WORDS)
        if joined and (is_stub or joined_is_stub) and fewer_words(joined, limit):
            places.append((len(joined) + 1, paragraph.fragment))
            joined = f"{joined}\n{text}"
            joined_is_stub = joined_is_stub and is_stub and fewer_words(joined, tuning.STUB_WORDS)
            continue
        if joined:
            yield joined, places
        joined, places, joined_is_stub = text, [(0, paragraph.fragment)], is_stub
    if joined:
        yield joined, places


def _pieces(text: str, limit: int) -> list[str]:
    """Return `text` in pieces of at most about `limit` words, all but equal in length."""
    if not _is_long(text, limit):
        return [text]
    units = [unit for span in sentences(text) for unit in _units(text, span, limit)]
    total = sum(count for _, _, count in units)
    wanted = total / -(-total // limit)
    pieces: list[str] = []
    first, last, size = units[0][0], units[0][0], 0
    done = 0
    for start, end, count in units:
        # Cut where the words so far come nearest to a whole number of equal pieces.
        if size and (size + count > limit or done + count / 2 > wanted * (len(pieces) + 1)):
            pieces.append(text[first:last])
            first, size = start, 0
        last, size, done = end, size + count, done + count
    pieces.append(text[first:last])
    return pieces


def _units(text: str, span: tuple[int, int], limit: int) -> Iterator[tuple[int, int, int]]:
    """Yield a sentence as (start, end, words), or its parts of `limit` words when it is longer than that."""
    start, end = span
    spans = words(text[start:end])
    for at in range(0, len(spans), limit):
        part = spans[at : at + limit]
        yield start + part[0][0], start + part[-1][1], len(part)
