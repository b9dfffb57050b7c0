"""What an index knows by meaning: how near each passage is to a question, and when the model is there to tell.

A question becomes one vector, and every passage's cosine with it is compared with what is usual of questions that
nothing in the collection answers:

    nearness = max(0, (cosine - mean) / standard deviation)

so that one weight serves models whose cosines lie close together and models whose cosines do not. Where no article is
in the language of a question, all of its cosines are low: it is compared with their own mean and deviation, and meaning
leads the words.

How sure the collection is of an answer, words tell. Meaning adds to that where the first passage and its nearest
sentence are nearer than is usual of questions that nothing answers (see `index.meaning.null`), and where the passage
leads those of other articles by far, and takes away where not. The vectors of a passage's sentences are made when it
comes first.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Final

import numpy as np

from index import tuning
from index.analysis.detection import is_foreign
from index.analysis.sentences import sentences
from index.errors import BuildBusyError, IndexLibraryError, ModelError
from index.meaning import null
from index.meaning.encoder import Encoder, FolderEncoder
from index.meaning.vectors import Floats, NoVectorsError, Vectors
from index.query.mapped import MappedPassages
from index.query.syntax import Filter, ParsedQuestion
from index.query.terms import Resolved
from index.ranking.engine import Allowed, Rows, Scores, best
from index.search.copies import nearly_equal
from index.search.results import ByMeaning, Results
from index.store.generation import Generation
from index.store.store import Store

_log = logging.getLogger(__name__)

# Plans search one question in several ways.
_REMEMBERED: Final = 16
# The same passages come first again and again: 8 kB for each.
_REMEMBERED_PASSAGES: Final = 256
# So many seconds pass before vectors that were not there are looked for again.
_LOOK_EVERY: Final = 5.0


class Nearness:
    """How near every passage is to one question, float64 [N], 0 or more; an engine that ranks by it.

    `of_sentences` returns the cosines of the sentences of a passage, float32 [S]. `is_foreign`: no article is in the
    language of the question.
    """

    def __init__(
        self,
        passages: MappedPassages,
        cosines: Floats,
        vectors: Vectors,
        of_sentences: Callable[[int], Floats],
        *,
        is_foreign: bool,
    ) -> None:
        self._passages, self._of_sentences = passages, of_sentences
        self._cosines, self._null, self.is_foreign = cosines, vectors.null, is_foreign
        self._own = vectors.spread(cosines)
        self._weight = tuning.FOREIGN_WEIGHT if is_foreign else tuning.MEANING_WEIGHT
        mean, spread = self._own if is_foreign else vectors.usual.tolist()
        self.nearness = np.maximum((cosines.astype(np.float64) - mean) / spread, 0.0)
        # Without a vector it is not near, whatever is usual.
        self.nearness[vectors.scales == 0] = 0.0

    def parts(self, rows: Rows, highest: float) -> Scores:
        """Return what meaning adds to the scores of passages of a question that could reach `highest` by words."""
        return self._weight * highest * self.nearness[rows]

    def judged(self, results: Results, stratum: int) -> Results:
        """Return the results with how sure words and meaning are together, and meaning alone."""
        ranking, table = results.ranking, self._null[stratum]
        rows = list(ranking.rows) if ranking else []
        nearest, (mean, spread) = float(self._cosines[rows].max(initial=0.0)), self._own
        alone = null.alone(nearest, (nearest - mean) / spread, table, is_foreign=self.is_foreign)
        shown = rows[: tuning.ANSWER_PASSAGES if self.is_foreign else 1]
        sentences: dict[int, list[float]] = {row: self._of_sentences(row).tolist() for row in shown}
        if self.is_foreign:
            found = ByMeaning(alone, alone, is_foreign=True, sentences=sentences)
            return replace(results, confidence=alone, meaning=found)
        added = 0.0
        if ranking is not None and len(rows) > 1 and table.shape[1]:
            first, other = ranking.parts[[0, self._other(rows)]].sum(axis=1).tolist()
            lead = 1 - other / first if first > 0 else 0.0
            nearer = null.above(float(self._cosines[rows[0]]), table)
            # What a sentence is about, its title may say alone, which belongs to the vector of its passage.
            said = max(null.above(max(sentences[rows[0]], default=0.0), table), nearer - tuning.SURE_APART)
            added = tuning.SURE_NEARER * nearer + tuning.SURE_SAID * said + tuning.SURE_LEAD * lead - tuning.SURE_USUAL
        both = min(1.0, max(0.0, results.confidence + added))
        found = ByMeaning(alone, added, is_foreign=False, sentences=sentences)
        return replace(results, confidence=both, meaning=found)

    def _other(self, rows: Sequence[int]) -> int:
        """Return the place of the best passage of another article that does not print the first one again; 1 if none.

        Words tell who prints it again: a number that differs makes another passage, however near it is in meaning.
        """
        articles = self._passages.articles_of(np.array(rows)).tolist()
        again = {articles[0]}
        for place, article in enumerate(articles):
            if article not in again:
                first, other = (text for _, text, _ in self._passages.read(np.array([rows[0], rows[place]])))
                if not nearly_equal(first, other):
                    return place
                again.add(article)
        return 1

    def top(
        self,
        terms: Sequence[int],  # noqa: ARG002 - the protocol's
        weights: Sequence[float],  # noqa: ARG002
        k: int,
        allowed: Allowed | None = None,
    ) -> tuple[Rows, Scores]:
        """Return the nearest passages; see `index.ranking.engine.Engine.top`."""
        rows = np.flatnonzero(self.nearness if allowed is None else self.nearness * allowed)
        return best(rows, self.nearness[rows], k)

    def joined(
        self, resolved: Resolved, rows: Rows, scores: Scores, conditions: Sequence[Filter]
    ) -> tuple[Rows, Scores]:
        """Return the passages that words found and, behind them, the nearest others; scores are of words alone."""
        near, _ = self._passages.nearest(self, tuning.RERANK_DEPTH, conditions)
        new = near[~np.isin(near, rows)]
        return np.concatenate([rows, new]), np.concatenate([scores, self._passages.scores(*resolved.searched(), new)])


class Meaning:
    """The vectors of one generation, and the model that questions are compared by. Safe to share between threads."""

    def __init__(self, passages: MappedPassages, encoder: Encoder, vectors: Vectors) -> None:
        self._passages, self._vectors = passages, vectors

        @lru_cache(_REMEMBERED)
        def asked(question: str) -> tuple[Floats, Floats]:
            vector = encoder.questions([question])[0]
            return vector, vectors.cosines(vector)

        @lru_cache(_REMEMBERED_PASSAGES)
        def of_sentences(row: int) -> Floats:
            ((_, text, _),) = passages.read(np.array([row]))
            spans = sentences(text)[: tuning.MEANING_SENTENCES]
            return encoder.passages([text[start:end] for start, end in spans])

        self._asked, self._of_sentences = asked, of_sentences

    def of(self, question: ParsedQuestion, resolved: Resolved) -> Nearness | None:
        """Return how near passages are to a question; None for one that is meant to the letter, or is blank."""
        if question.quoted or any(one.kind == "phrase" for one in question.filters) or not question.searched.strip():
            return None
        vector, cosines = self._asked(" ".join(question.searched.split()))
        return Nearness(
            self._passages,
            cosines,
            self._vectors,
            lambda row: np.asarray(self._of_sentences(row) @ vector),
            is_foreign=is_foreign(resolved.text, resolved.language, self._passages.languages),
        )


class Model:
    """The model in a folder, loaded when it is first asked for, or, with `aside`, in a thread of its own from now on.

    Then vectors that a generation lacks are made aside too. What is wrong with the model or the vectors is said once in
    the log, and words alone answer.
    """

    def __init__(self, folder: Path, data_dir: Path, *, aside: bool = False) -> None:
        self.folder = folder
        self._data_dir = data_dir
        self._lock = Lock()
        self._encoder: Encoder | None = None
        self._told = set[str]()
        self._making = set[int]()
        self._is_tried = False
        self._aside = aside
        if aside:
            Thread(target=self._load, name="meaning", daemon=True).start()

    def encoder(self) -> Encoder | None:
        """Return the model; None where it cannot be used, or is being loaded."""
        if not self._aside:
            self._load()
        return self._encoder

    def of(self, generation: Generation, passages: MappedPassages) -> "Awaited":
        """Return what becomes the meaning of the passages of a generation as soon as model and vectors are there."""
        return Awaited(self, generation, passages)

    def vectors(self, generation: Generation, encoder: Encoder) -> Vectors | None:
        """Return the vectors of a generation, None where there are none, or not all of them."""
        try:
            return Vectors.open(self._data_dir, generation, encoder.digest)
        except NoVectorsError as error:
            self._tell(str(error))
        if self._aside and generation.number not in self._making:
            self._making.add(generation.number)
            Thread(target=self._make, name="vectors", daemon=True).start()
        return None

    def _make(self) -> None:
        from index.search.giving import give_meaning

        try:
            give_meaning(Store(self._data_dir), self.folder)
        except BuildBusyError:
            # Whoever makes them makes those of the generation that answers by then.
            pass
        except (IndexLibraryError, OSError) as error:
            self._tell(str(error))

    def _load(self) -> None:
        with self._lock:
            if self._is_tried:
                return
            try:
                self._encoder = FolderEncoder(self.folder)
            except ModelError as error:
                self._tell(str(error))
            self._is_tried = True

    def _tell(self, problem: str) -> None:
        if problem not in self._told:
            self._told.add(problem)
            _log.warning("answering by words alone: %s", problem)


class Awaited:
    """The meaning of a generation, for which nobody waits: called, it returns it, or None until it is there."""

    def __init__(self, model: Model, generation: Generation, passages: MappedPassages) -> None:
        self._model = model
        self._passages = passages
        self._generation = generation
        self._meaning: Meaning | None = None
        self._next = 0.0

    def __call__(self) -> Meaning | None:
        """Return the meaning; None as long as model or vectors are not there."""
        if self._meaning is None and time.monotonic() >= self._next:
            encoder = self._model.encoder()
            if encoder is not None:
                vectors = self._model.vectors(self._generation, encoder)
                self._next = time.monotonic() + _LOOK_EVERY
                if vectors is not None:
                    self._meaning = Meaning(self._passages, encoder, vectors)
        return self._meaning
