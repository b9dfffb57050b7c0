"""Text of any size that behaves like news, as term ids: nobody's text, the same numbers on every machine.

How a passage is made. Its length is 40 to 120 terms, evenly (mean 80, about 72 of them distinct). Twelve passages in a
row are an article, four articles in a row share a topic. Every term is drawn by itself:

- 64 %: from the whole language, 600,000 terms by Zipf-Mandelbrot: the term of rank r has a share of 1 / (r + 2.7)^1.05;
- 22 %: one of the topic's 300 terms, the first of them more often (the place is 300 u^2 for an even u in 0..1);
- 14 %: one of the article's 40 terms, in the same way.

The terms of topics and articles are drawn evenly over the logarithm of the rank from 100 on, so that they are rarer
than the commonest hundred. There are 5,000 topics. Ranks are then shuffled into ids, as an alphabetical vocabulary
would, and terms that do not occur get none.

Passages come in blocks of 49,152 that are drawn from `[seed, block]`: a small collection is the beginning of a large
one. Only a block is in memory at a time; ten million passages (0.8 billion terms) are 3.2 GB on disk.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

TERMS: Final = 600_000
EXPONENT: Final = 1.05
SHIFT: Final = 2.7
SHORTEST: Final = 40
LONGEST: Final = 120
PER_ARTICLE: Final = 12
TOPIC_SHARE: Final = 0.22
ARTICLE_SHARE: Final = 0.14

_TOPICS: Final = 5000
_TOPIC_TERMS: Final = 300
_ARTICLE_TERMS: Final = 40
_ARTICLES_PER_TOPIC: Final = 4
_RAREST_COMMON: Final = 100
_BLOCK_ARTICLES: Final = 4096
_BLOCK: Final = _BLOCK_ARTICLES * PER_ARTICLE
_PIECE: Final = 1 << 24

Ranks = npt.NDArray[np.uint32]


def write(folder: Path, passages: int, seed: int) -> int:
    """Make a collection of `passages` >= 1 passages as the arrays of a `Forward` in `folder`; return its terms."""
    lengths = np.concatenate([_lengths(seed, block) for block in range(-(-passages // _BLOCK))])[:passages]
    indptr = np.zeros(passages + 1, np.int64)
    np.cumsum(lengths, out=indptr[1:])
    shares = np.cumsum(1 / (np.arange(1, TERMS + 1) + SHIFT) ** EXPONENT)
    shares /= shares[-1]
    topics = _tail(np.random.default_rng([seed, 1 << 32]), (_TOPICS, _TOPIC_TERMS))
    terms = np.lib.format.open_memmap(folder / "forward_terms.npy", "w+", np.uint32, (int(indptr[-1]),))
    for block, start in enumerate(range(0, passages, _BLOCK)):
        begin, end = indptr[start], indptr[min(start + _BLOCK, passages)]
        terms[begin:end] = _ranks(seed, block, shares, topics)[: end - begin]
    distinct = _numbered(terms, np.random.default_rng([seed, 1 << 33]).permutation(TERMS))
    terms.flush()
    articles = -(-passages // PER_ARTICLE)
    np.save(folder / "forward_indptr.npy", indptr)
    np.save(folder / "forward_article.npy", (np.arange(passages) // PER_ARTICLE).astype(np.uint32))
    np.save(folder / "forward_hidden.npy", np.zeros(passages, np.bool_))
    np.save(folder / "forward_title_indptr.npy", np.zeros(articles + 1, np.int64))
    np.save(folder / "forward_title_terms.npy", np.empty(0, np.uint32))
    return distinct


def _lengths(seed: int, block: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng([seed, block, 0]).integers(SHORTEST, LONGEST + 1, size=_BLOCK)


def _ranks(seed: int, block: int, shares: npt.NDArray[np.float64], topics: Ranks) -> Ranks:
    """Draw the terms of a whole block by rank from 0, in reading order."""
    lengths = _lengths(seed, block)
    random = np.random.default_rng([seed, block, 1])
    article = np.repeat(np.arange(_BLOCK) // PER_ARTICLE, lengths)
    source = random.random(len(article))
    ranks = np.empty(len(article), np.uint32)
    general = source >= TOPIC_SHARE + ARTICLE_SHARE
    ranks[general] = np.searchsorted(shares, random.random(int(general.sum())))
    topic = np.repeat(random.integers(_TOPICS, size=_BLOCK_ARTICLES // _ARTICLES_PER_TOPIC), _ARTICLES_PER_TOPIC)
    of_topic = source < TOPIC_SHARE
    ranks[of_topic] = topics[topic[article[of_topic]], _places(random, int(of_topic.sum()), _TOPIC_TERMS)]
    own = _tail(random, (_BLOCK_ARTICLES, _ARTICLE_TERMS))
    of_article = ~general & ~of_topic
    ranks[of_article] = own[article[of_article], _places(random, int(of_article.sum()), _ARTICLE_TERMS)]
    return ranks


def _tail(random: np.random.Generator, shape: tuple[int, int]) -> Ranks:
    drawn = _RAREST_COMMON * (TERMS / _RAREST_COMMON) ** random.random(shape)
    return np.minimum(drawn, TERMS - 1).astype(np.uint32)


def _places(random: np.random.Generator, count: int, among: int) -> npt.NDArray[np.int64]:
    return (among * random.random(count) ** 2).astype(np.int64)


def _numbered(terms: npt.NDArray[np.uint32], shuffled: npt.NDArray[np.int64]) -> int:
    """Turn ranks into ids in place; return how many ids there are."""
    occurs = np.zeros(TERMS, np.bool_)
    for start in range(0, len(terms), _PIECE):
        occurs[shuffled[terms[start : start + _PIECE]]] = True
    ids = (np.cumsum(occurs) - 1).astype(np.uint32)[shuffled]
    for start in range(0, len(terms), _PIECE):
        terms[start : start + _PIECE] = ids[terms[start : start + _PIECE]]
    return int(occurs.sum())
