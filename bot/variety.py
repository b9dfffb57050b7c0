"""Choose which hits an answer shows: each text once, not all of one article, and a paragraph before captions."""

from collections import Counter
from collections.abc import Sequence

from index import Hit, nearly_equal


def varied(hits: Sequence[Hit], k: int, of_one: int) -> list[list[Hit]]:
    """Return the first k hits, each text once, and no more than `of_one` of an article.

    Behind each stand those that were left out because their texts are nearly the same.
    """
    chosen: list[list[Hit]] = []
    of_article: Counter[int] = Counter()
    texts: set[str] = set()
    for hit in _paragraph_first(hits):
        if len(chosen) == k:
            break
        if hit.passage.text in texts:
            continue
        near = next((group for group in chosen if nearly_equal(group[0].passage.text, hit.passage.text)), None)
        if near is not None:
            texts.add(hit.passage.text)
            near.append(hit)
        elif of_article[hit.article.row] < of_one:
            texts.add(hit.passage.text)
            of_article[hit.article.row] += 1
            chosen.append([hit])
    return chosen


def other_titles(hit: Hit, near: Sequence[Hit]) -> list[str]:
    """Return a title for each other article that nearly holds the text of a hit."""
    titles = {other.article.row: other.article.title for other in near}
    titles.pop(hit.article.row, None)
    return list(titles.values())


def _paragraph_first(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with the first paragraph in front: a caption holds facts but is nobody's answer."""
    for place, hit in enumerate(hits):
        if hit.passage.kind != "caption":
            return [hit, *hits[:place], *hits[place + 1 :]]
    return list(hits)
