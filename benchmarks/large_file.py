"""Write one large file of articles, as much text and as many different words as a large archive has.

    python -m benchmarks.large_file FILE [--format jsonl] [--megabytes 3072] [--seed 1]

The file is JSON Lines, or a dump of MediaWiki ("history" with the past of its pages), a web archive of pages or of
plain text ("crawl" with all that hangs on pages), a mailbox.

Nobody's text: words by rank as `benchmarks.synthetic` draws them, spelt with syllables; the commonest are those of
English, so that the language is recognised. One word of 200 is a number or a name that hardly occurs again: that
makes the vocabulary of an archive grow with its size. A record has an id, title, date, address and four paragraphs,
2 KB in all. A GiB takes three minutes of one processor.
"""

import argparse
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.large_formats import LARGE, LargeFormat
from benchmarks.synthetic import EXPONENT, SHIFT, TERMS

_COMMON: Final = (
    "the of to and a in said for that on it by from is was with at be he as has its will an are not or which "
    "would have were but had their been this they one two last year about more after could up than some may also "
    "new other out if there all no when who we his us so first over what into before under between where them "
    "only can most between these three those such during through against while because any under many must still "
    "since each both her she "
).split()
_ONSETS: Final = "b c d f g h j k l m n p r s t v w st tr ch br pl sh gr".split()
_NUCLEI: Final = "a e i o u ea ou ai io".split()
_CODAS: Final = ["", "", "", "n", "r", "s", "t", "l", "nd", "rt", "m", "ck"]
_RARE: Final = 1 / 200
_PER_BLOCK: Final = 4096
_PARAGRAPHS: Final = 4

Words = npt.NDArray[np.object_]


def spelt(rank: int) -> str:
    """Return the word of a rank, another one for each: "the" for 0."""
    if rank < len(_COMMON):
        return _COMMON[rank]
    word, left = "", rank
    while left:
        left, onset = divmod(left, len(_ONSETS))
        left, nucleus = divmod(left, len(_NUCLEI))
        left, coda = divmod(left, len(_CODAS))
        word += _ONSETS[onset] + _NUCLEI[nucleus] + _CODAS[coda]
    return word


def block_of(random: np.random.Generator, words: Words, shares: npt.NDArray[np.float64]) -> list[tuple[str, list[str]]]:
    """Return the titles and the paragraphs of so many articles as are made at a time."""
    lengths = random.integers(40, 121, size=_PER_BLOCK * _PARAGRAPHS)
    edges = np.concatenate(([0], np.cumsum(lengths)))
    drawn = words[np.searchsorted(shares, random.random(int(edges[-1])))]
    rare = np.flatnonzero(random.random(len(drawn)) < _RARE)
    for at, number in zip(rare, random.integers(10_000_000, size=len(rare)).tolist(), strict=True):
        drawn[at] = f"{number:,}" if number % 2 else spelt(TERMS + number).capitalize()
    ends = np.flatnonzero(random.random(len(drawn)) < 1 / 18)
    for at in ends[:-1]:
        drawn[at] += "."
        drawn[at + 1] = drawn[at + 1].capitalize()
    spoken = drawn.tolist()
    paragraphs = [" ".join(spoken[begin:end]).capitalize() + "." for begin, end in pairwise(edges.tolist())]
    starts = range(0, len(paragraphs), _PARAGRAPHS)
    return [(" ".join(paragraphs[at].split()[:8]).strip(".,"), paragraphs[at : at + _PARAGRAPHS]) for at in starts]


def write(path: Path, size: int, seed: int, written: LargeFormat) -> int:
    """Write articles until the file has `size` bytes; return how many there are."""
    shares = np.cumsum(1 / (np.arange(1, TERMS + 1) + SHIFT) ** EXPONENT)
    shares /= shares[-1]
    words = np.array([spelt(rank) for rank in range(TERMS)], object)
    articles = block = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(written.head)
        while file.tell() < size:
            for title, paragraphs in block_of(np.random.default_rng([seed, block]), words, shares):
                articles += 1
                file.write(
                    written.article(articles, title, date(1995, 1, 1) + timedelta(articles % 10_000), paragraphs)
                )
            block += 1
        file.write(written.end)
    return articles


def main() -> None:
    """Write the file that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--format", choices=LARGE, default="jsonl")
    parser.add_argument("--megabytes", type=int, default=3 << 10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{write(asked.file, asked.megabytes << 20, asked.seed, LARGE[asked.format]):,} articles")


if __name__ == "__main__":
    main()
