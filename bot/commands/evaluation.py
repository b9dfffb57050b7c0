"""Run `quoth evaluate`: measure the answers on question sets in BEIR layout."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot.commands import cluster, parts
from bot.commands.progress import Pace, showing
from bot.printing import counted, err, out_json, shown

if TYPE_CHECKING:
    from bot.answer import Answerer
    from config.settings import Settings
    from index import Progress
    from index.evaluate.asking import Outcome, Response
    from index.evaluate.beir import Question, QuestionSet
    from index.evaluate.figures import Evaluation
    from index.evaluate.floors import Floors
    from index.evaluate.haystack import Haystack
    from index.evaluate.runs import Comparison, Run


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line, by their names."""

    distractors: Path | None = None
    mixed: bool = False
    typos: bool = False
    typed: bool = False
    save_run: Path | None = None
    compare: Path | None = None
    floors: Path | None = None
    plot: Path | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the questions of a set; `way` says how they were typed, "" as the set has them."""

    folder: Path
    questions: "QuestionSet"
    way: str
    outcomes: "list[Outcome]"


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one set, and `record`, its JSON object."""

    evaluation: "Evaluation"
    comparison: "Comparison | None"
    record: dict[str, Any]


def run(folders: Sequence[Path], options: Options, settings: "Settings") -> int:
    """Print the figures of every set, as JSON lines or tables. Return 1 when a figure is below its floor."""
    _require_measures()
    _refuse_clashes(options)
    if options.save_run or options.compare or options.floors:
        _refuse_twins(folders)
    _require_folders(options)
    floors = _load_floors(options.floors, folders) if options.floors else {}
    runs = _load_runs(options.compare, folders) if options.compare else {}
    results = []
    for asked in _ask_all(folders, options, settings):
        result = _result(asked, options, runs)
        if options.save_run:
            name = asked.questions.name
            _save(_file_of_set(options.save_run, name, several=len(folders) > 1), name, asked.outcomes)
        if options.as_json:
            out_json(json.dumps(result.record), flush=True)
        results.append(result)
    if not options.as_json:
        from bot.commands.evaluation_tables import print_tables

        print_tables([(_named(result.evaluation), result.comparison) for result in results])
    if options.plot:
        from bot.commands.risk_plot import risk_plot

        options.plot.write_text(risk_plot([result.evaluation for result in results]), encoding="utf-8")
        _note(f"risk against coverage drawn in {options.plot}")
    below = [line for result in results for line in _below(result, floors)]
    for line in below:
        _note(f"{options.floors}: {line}")
    return 1 if below else 0


def _refuse_clashes(options: Options) -> None:
    """Raise BotError for an option that has no meaning beside --typed, which asks other questions than the set's."""
    from bot.errors import BotError

    if options.typed and (options.typos or options.save_run or options.compare or options.floors or options.plot):
        raise BotError(
            "--typed asks other questions than the set does; leave out --typos, --save-run, --compare, --floors, --plot"
        )


def _require_folders(options: Options) -> None:
    """Raise BotError for a file that could not be written, before minutes of asking."""
    from bot.errors import BotError

    for path in (options.save_run, options.plot):
        if path and not path.parent.is_dir():
            raise BotError(f"{path}: there is no folder {path.parent}; create it, or choose another file")


def _load_runs(path: Path, folders: Sequence[Path]) -> "dict[str, tuple[Path, Run]]":
    """Return the run that each set is compared with, and its file. Raises QuestionSetError."""
    from index.evaluate import runs
    from index.evaluate.beir import name_of

    files = {name: _file_of_set(path, name, several=len(folders) > 1) for name in map(name_of, folders)}
    return {name: (file, runs.load(file)) for name, file in files.items()}


def _load_floors(path: Path, folders: Sequence[Path]) -> "dict[str, Floors]":
    """Return the floors of every set, checked before anything is asked. Raises QuestionSetError."""
    from index.evaluate import floors
    from index.evaluate.beir import name_of

    loaded = floors.load(path)
    floors.verify(path, loaded, {name_of(folder): folder for folder in folders})
    return loaded


def _below(result: Result, floors: "Mapping[str, Floors]") -> list[str]:
    """Return a line for every figure of a set that is below its floor."""
    from index.evaluate.floors import missed

    name = result.evaluation.name
    return [
        f"{name}: {measure} is {'not measured' if value is None else value}, its floor is {least}"
        for measure, value, least in (missed(floors[name], result.record) if name in floors else ())
    ]


def _require_measures() -> None:
    from importlib.util import find_spec

    from bot.errors import MissingExtraError
    from index import install_command

    if find_spec("ir_measures") is None:
        raise MissingExtraError(
            f"quoth evaluate needs the extra `eval`, which is not installed; run `{install_command('ir-measures')}`"
        )


def _refuse_twins(folders: Sequence[Path]) -> None:
    """Raise QuestionSetError for two sets of one name: runs and floors know a set by its name alone."""
    from index import QuestionSetError
    from index.evaluate.beir import name_of

    name, times = Counter(map(name_of, folders)).most_common(1)[0]
    if times > 1:
        raise QuestionSetError(
            f"{times} question sets are called {name}; measure them one at a time, or rename a folder"
        )


def _ask_all(folders: Sequence[Path], options: Options, settings: "Settings") -> "Iterator[Asked]":
    """Ask every set: each against an index of its own, or all against one; both with the distractors."""
    from index.evaluate.asking import ask
    from index.evaluate.beir import load, load_corpus
    from index.evaluate.haystack import Haystack

    more = options.distractors
    distractors = [load_corpus(more)] if more else []
    for together in [folders] if options.mixed else [[folder] for folder in folders]:
        sets = [load(folder) for folder in together]
        haystack = Haystack((*sets, *distractors))
        with _indexed(haystack, settings) as answerer:
            for number, (folder, questions) in enumerate(zip(together, sets, strict=True)):
                for way, queries in _ways(questions, options):
                    asking = _Asking(answerer, f"{questions.name}: {way}".removesuffix(": "), len(queries))
                    asked = ask(queries, haystack.passage_ids(number), asking)
                    yield Asked(folder, questions, way, asked)


class _Asking:
    """Ask one question after another, and show how many of them were asked."""

    def __init__(self, answerer: "Answerer", name: str, count: int) -> None:
        self._answerer, self._name, self._count, self._done, self._pace = answerer, name, count, 0, Pace()

    def __call__(self, question: str) -> "Response":
        self._pace(self._text, self._done, self._count)
        self._done += 1
        return _response(self._answerer, question)

    def _text(self) -> str:
        return f"{self._name}: {self._done:,} of {counted(self._count, 'question')} asked"


def _ways(questions: "QuestionSet", options: Options) -> "Iterator[tuple[str, Sequence[Question]]]":
    """Yield the questions of a set as they are to be asked, each time with the way they were typed."""
    from index.evaluate.typed import WAYS, as_typed
    from index.evaluate.typos import with_typos

    if not options.typed:
        yield "", with_typos(questions.questions) if options.typos else questions.questions
        return
    for way in WAYS:
        if changed := as_typed(questions.questions, way):
            yield way, changed


@contextmanager
def _indexed(haystack: "Haystack", settings: "Settings") -> "Iterator[Answerer]":
    """Yield an answerer from a temporary index of the haystack, each corpus row one passage as given."""
    from index import Options as BuildOptions
    from index import Store, build_index

    with TemporaryDirectory(prefix="quoth-evaluate-") as temporary:
        options = BuildOptions(parts.parameters(settings), cut=False, force=True)
        rows, read = sum(len(corpus.passage_ids) for corpus in haystack.corpora), 0
        with showing(lambda: read / rows if rows else None) as show:

            def step(progress: "Progress") -> None:
                nonlocal read
                read = progress.passages
                show(progress)

            build_index(Store(Path(temporary)), haystack.articles, (), options, step)
        folder = Path(temporary)
        if settings.meaning is not None:
            from bot.commands import meaning

            meaning.give(Store(folder), settings.meaning)
        with (
            cluster.trial(settings, Store(folder)) if settings.cluster else parts.answerer(settings, folder)
        ) as answerer:
            yield answerer


def _response(answerer: "Answerer", question: str) -> "Response":
    from index.evaluate.asking import Highlight, Response

    results, answer = answerer.answer_with_results(question)
    first = None
    if answer.passages:
        passage, (start, end) = answer.passages[0].passage, answer.passages[0].highlight
        # A passage without a mark is read as a whole.
        first = Highlight(passage.row, passage.text, passage.text[start:end] or passage.text)
    return Response(results, answer.state != "answered", first)


def _result(asked: Asked, options: Options, saved_runs: "Mapping[str, tuple[Path, Run]]") -> Result:
    """Return the figures of a set, compared with its saved run where there is one."""
    from index.evaluate import floors, runs
    from index.evaluate.figures import as_json, evaluate

    name = asked.questions.name
    evaluation = evaluate(f"{name}, {asked.way}" if asked.way else name, asked.outcomes)
    comparison = None
    if name in saved_runs:
        file, ranked = saved_runs[name]
        comparison = runs.compare(asked.outcomes, ranked, str(file))
    record = as_json(evaluation) | {
        "set": name,
        "compare": comparison and runs.as_json(comparison),
        "typos": options.typos,
        "typed": asked.way,
        "mixed": options.mixed,
        "digest": floors.digest(asked.folder),
    }
    return Result(evaluation, comparison, record)


def _named(evaluation: "Evaluation") -> "Evaluation":
    """Return the figures of a set whose name, that of a folder, is safe to show."""
    return replace(evaluation, name=shown(evaluation.name))


def _save(path: Path, name: str, asked: "list[Outcome]") -> None:
    from index.evaluate import runs

    runs.save(path, asked, "quoth")
    _note(f"run of {name} saved in {path}")


def _file_of_set(path: Path, name: str, *, several: bool) -> Path:
    """Return the file of a set; of several each has its own: `run.txt` becomes `run.news.txt`."""
    return path.with_name(f"{path.stem}.{name}{path.suffix}") if several else path


def _note(text: str) -> None:
    """Print a line on stderr, so that the figures can be piped."""
    err(f"quoth: {text}")
