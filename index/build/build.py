"""Build a generation from articles: analyse what is new, invert, calibrate, publish.

    article -> passages -> terms (or the previous generation's) -> forward index -> strata -> postings -> null ratios

An article whose content did not change keeps the term ids of the previous generation, mapped to the new vocabulary;
everything that depends on the whole collection is computed anew. So a rebuild equals a build from nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from index import bm25, tuning
from index.analysis import analyzer
from index.build.collector import Collector, collecting
from index.build.files_read import differs, files_read
from index.build.garbage import rare_collections
from index.build.previous import Previous
from index.build.program import fingerprint
from index.errors import BrokenIndexError, BuildRefusedError, LossRefusedError, NoIndexError
from index.machine import kernel_cache
from index.machine.processes import processors
from index.model import Article, Skipped, SourceFile, SourceState
from index.postings import layout, vocabulary
from index.postings.forward import Forward
from index.postings.impacts import LARGE
from index.postings.strata import Strata
from index.query.dictionary import dictionary
from index.query.periods import DAYS
from index.ranking import calibration, choose
from index.rerank import grams
from index.rerank.reranker import features_for
from index.sources import Reading
from index.sources.known import Known
from index.sources.reading import Unread
from index.store import source_files
from index.store.generation import TEXTS_NAME
from index.store.manifest import Manifest
from index.store.source_files import SourceFiles
from index.store.store import Store
from index.store.texts import Texts

Stage = Literal["reading", "sorting", "calibrating", "publishing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a build is doing, and how many articles and passages it has seen so far."""

    stage: Stage
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a build.

    `cut` splits long and joins short paragraphs and hides boilerplate; off, paragraphs are passages as given.
    `force` allows a generation that drops more than half of the articles of the same sources, or holds none.
    Articles of the sources in `leaving` are given up on purpose. `check` gets the folder of the finished generation
    before it answers; what it raises keeps the old one in use.
    `processes`, this one among them, analyse a large collection, as many as there are processors when it is 0; the
    result is the same.
    """

    parameters: bm25.Parameters = field(default_factory=bm25.Parameters)
    cut: bool = True
    force: bool = False
    processes: int = 0
    built_by: str = "quoth"
    leaving: tuple[str, ...] = ()
    check: Callable[[Path], None] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a build. `added`, `changed`, `removed`, `reused` count articles against the generation before.

    Where nothing differs from that one, it stays in use, and none is `published`.
    """

    generation: int
    articles: int
    paragraphs: int
    captions: int
    boilerplate: int
    duplicates: int
    added: int
    changed: int
    removed: int
    reused: int
    skipped: tuple[Skipped, ...]
    published: bool = True

    @property
    def lacks_numba(self) -> bool:
        """Whether numba, which is not installed, would answer several times faster from so many passages."""
        return self.paragraphs >= LARGE and not kernel_cache.available()


def build(
    store: Store,
    articles: Iterable[Article | Skipped],
    sources: Sequence[str],
    options: Options,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Build a generation in a staging folder and make it the current one.

    Raises BuildBusyError when another process builds, BuildRefusedError when too little would be left,
    StorageError when the disk does not take it, WorkerError when a process that analyses ends before its time,
    TypeError for what is no article; in all of these cases, and when interrupted, the old generation goes on answering.
    """
    with rare_collections(), store.building() as staging:
        skipped: list[Skipped] = []
        program = fingerprint(cut=options.cut)
        with _previous(store) as previous:
            workers = options.processes or processors()
            with collecting(staging.path, previous, cut=options.cut, processes=workers) as collector:
                for part in _parts(articles, previous, program, options):
                    _collect(part, collector, skipped)
                    progress(Progress("reading", collector.articles, collector.passages))
                read = files_read(articles, collector.files, skipped, sources, program)
                manifest = _manifest(sources, read.states, options)
                collector.may_stay = previous is not None and not differs(manifest, read, previous)
            _refuse_losses(collector, previous, sources, options)
            if previous is not None and collector.may_stay and collector.is_as_before:
                return _unchanged(previous, read, skipped)
            before = len(previous) if previous else 0
        source_files.save(staging.path, read)
        # They hold a record of each file, whose memory the inversion needs.
        del previous, read
        counts = _index(collector, staging.path, options.parameters, progress) | {"skipped": len(skipped)}
        progress(Progress("publishing", collector.articles, collector.passages))
        languages = dict(Counter(collector.languages).most_common())
        number = staging.publish(replace(manifest, counts=counts, languages=languages), options.check)
    present = collector.present
    changes = (collector.articles - present, collector.changed, before - present, collector.reused)
    return _report(number, counts, changes, skipped)


def _parts(
    articles: Iterable[Article | Skipped], previous: Previous | None, program: str, options: Options
) -> Iterable[Article | Skipped | SourceFile | Unread]:
    """Return what is collected: of files, those that are known unread."""
    if not isinstance(articles, Reading):
        return articles
    known = previous.known(program, keeps=not options.force) if previous else Known()
    return articles.since(known, options.processes or processors())


def _collect(part: object, collector: Collector, skipped: list[Skipped]) -> None:
    if isinstance(part, Skipped):
        skipped.append(part)
    elif isinstance(part, Article):
        collector.add(part)
    elif isinstance(part, SourceFile):
        collector.end_file(part)
    elif isinstance(part, list):
        collector.keep_files(part)
    else:
        raise TypeError(f"pass articles, such as read([...]) gives, not {type(part).__name__}")


def _unchanged(previous: Previous, read: SourceFiles, skipped: Sequence[Skipped]) -> Report:
    """Keep the generation before; only what is known of its files may have changed."""
    if read != previous.read:
        source_files.save(previous.folder, read)
    manifest = previous.manifest
    return _report(manifest.generation, manifest.counts, (0, 0, 0, len(previous)), skipped, published=False)


def _report(
    number: int,
    counts: Mapping[str, int],
    changes: tuple[int, int, int, int],
    skipped: Sequence[Skipped],
    *,
    published: bool = True,
) -> Report:
    return Report(
        number,
        counts["articles"],
        counts["paragraphs"],
        counts["captions"],
        counts["boilerplate"],
        counts["duplicates"],
        *changes,
        tuple(skipped),
        published,
    )


@contextmanager
def _previous(store: Store) -> Iterator[Previous | None]:
    """Yield the articles of the current generation; None where there is none that can be read.

    Then everything is analysed, and there is nothing whose loss could be refused.
    """
    with ExitStack() as stack:
        previous = None
        with suppress(NoIndexError, BrokenIndexError):
            previous = Previous(stack.enter_context(store.open()))
        yield previous


def _refuse_losses(collector: Collector, previous: Previous | None, sources: Sequence[str], options: Options) -> None:
    """Raise BuildRefusedError where too little would be left, unless that is forced."""
    if options.force:
        return
    if not collector.articles:
        place = ", ".join(sources) or "the articles"
        message = f"{place}: no article found, nothing was changed; name a folder that holds articles"
        raise BuildRefusedError(message)
    # What leaves on purpose was none of the articles that could be lost.
    before = len(previous) - previous.articles_of(options.leaving) if previous else 0
    gone = before - collector.present
    lost = min(gone, previous.lost(collector.ids, collector.new_texts)) if previous and gone * 2 > before else 0
    if previous and lost * 2 > before and _overlap(sources, previous.sources):
        raise LossRefusedError(
            f"{', '.join(sources)}: {lost} of {before} articles would leave the index, more than half; "
            "nothing was changed"
        )


def _overlap(sources: Sequence[str], before: Sequence[str]) -> bool:
    """Return whether a source was one before, lies inside one, or holds one: else all is replaced on purpose."""
    pairs = [(Path(new), Path(old)) for new in sources for old in before]
    return any(new == old or new in old.parents or old in new.parents for new, old in pairs)


def _index(
    collector: Collector, folder: Path, parameters: bm25.Parameters, progress: Callable[[Progress], None]
) -> dict[str, int]:
    """Write every array of the generation; return the counts for its manifest."""
    progress(Progress("sorting", collector.articles, collector.passages))
    terms = len(collector.terms)
    forward = collector.forward(vocabulary.write(folder, collector.terms))
    # Its terms lie there already, and are mapped.
    forward.save(folder, already={"terms", "title_terms"})
    collector.short.save(folder)
    np.save(folder / f"{DAYS}.npy", np.array(collector.days, np.int32))
    strata = collector.strata(forward, terms, parameters.title_weight)
    strata.save(folder)
    postings = layout.store(forward, terms, parameters, strata, folder)
    progress(Progress("calibrating", collector.articles, collector.passages))
    engine = choose.engine(postings, parameters)
    # Compiled here, where that pays, so that nothing is left to compile for the first question.
    features_for(postings.passages)
    _save_gram_statistics(strata, forward, folder)
    dictionary(*vocabulary.stored(folder)).save(folder)
    null = calibration.null_ratios(postings, forward, engine, parameters, strata)
    np.save(folder / f"{calibration.NAME}.npy", null)
    return {
        "articles": collector.articles,
        "paragraphs": collector.kinds["paragraph"],
        "captions": collector.kinds["caption"],
        "boilerplate": int(forward.hidden.sum()),
        "passages": collector.passages,
        "duplicates": collector.duplicates,
        "terms": postings.terms,
        "postings": int(postings.indptr[-1]),
    }


def _save_gram_statistics(strata: Strata, forward: Forward, folder: Path) -> None:
    """Store those of each stratum, from a sample as large as its share of the passages, but large enough."""
    of_row = strata.of_article[forward.article]
    with closing(Texts(folder / TEXTS_NAME)) as texts:
        texts.unmap()
        for stratum, count in enumerate(strata.passages.tolist()):
            rows = np.flatnonzero(of_row == stratum)
            sample = max(tuning.GRAM_SAMPLE * count // max(len(of_row), 1), tuning.GRAM_LEAST_SAMPLE)
            grams.statistics(count, partial(_read, texts, rows), sample).save(folder, stratum)


def _read(texts: Texts, rows: npt.NDArray[np.int64], some: Sequence[int]) -> list[str]:
    return grams.documents(texts.titles_and_texts(rows[list(some)].tolist()))


def _manifest(sources: Sequence[str], states: Mapping[str, SourceState], options: Options) -> Manifest:
    """Return the manifest of a generation whose articles are not counted yet."""
    return Manifest(
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        built_by=options.built_by,
        analyzer=dict(analyzer.settings()),
        counts={},
        sources=tuple(sources),
        settings=asdict(options.parameters),
        states={source: states[source] for source in sources},
    )
