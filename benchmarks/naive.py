"""The naive peer, as most tutorials have it: `rank_bm25.BM25Okapi` over `text.lower().split()`.

    python -m benchmarks.naive DIR [DIR ...]

prints for each question set in BEIR layout the figures that `quoth evaluate` prints, for the naive peer. Passages
that score 0 or less count as not found, ties go to the earlier passage.
"""

import sys
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from index.beir import QuestionSet, load

DEPTH = 10


def ranks(questions: QuestionSet) -> list[int | None]:
    """For every answerable question the rank from 0 of the first relevant passage among the top 10, or None."""
    model = BM25Okapi([p.text.lower().split() for article in questions.articles for p in article.paragraphs])
    found = []
    for question in questions.questions:
        if not question.answerable:
            continue
        scores = model.get_scores(question.text.lower().split())
        order = np.lexsort((np.arange(len(scores)), -scores))[:DEPTH]
        names = [questions.passage_ids[row] for row in order if scores[row] > 0]
        found.append(next((rank for rank, name in enumerate(names) if name in question.relevant), None))
    return found


def main(folders: list[str]) -> None:
    print("set                 hit@1   hit@5  mrr@10")
    for folder in folders:
        questions = load(Path(folder))
        found = ranks(questions)
        best = sum(rank == 0 for rank in found) / len(found)
        among = sum(rank is not None and rank < 5 for rank in found) / len(found)
        mrr = sum(1 / (rank + 1) for rank in found if rank is not None) / len(found)
        print(f"{questions.name:<18} {best:>6.3f}  {among:>6.3f}  {mrr:>6.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
