"""The command line: which commands there are, what they take, and how errors become exit codes.

0 answered, 1 nothing found, 2 usage or settings, 3 no index or a broken one, 4 bad input, 5 the outside world
(disk, network, another process), 70 a bug in quoth, 130 interrupted.

Heavy parts are imported inside the command that needs them, so that `quoth --help` answers at once.
"""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from bot.commands import parts

app = typer.Typer(
    name="quoth",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the built index (else QUOTH_DATA_DIR or the default).")
]
Count = Annotated[int | None, typer.Option("-k", min=1, max=50, help="How many passages an answer holds at most.")]
EngineOption = Annotated[str | None, typer.Option("--engine", help="auto (fast) or rank-bm25 (the reference).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Explain = Annotated[bool, typer.Option("--explain", help="Show what each word gave, was ignored or corrected.")]
Exact = Annotated[bool, typer.Option("--exact", help="Search words as written: no corrections, no aliases.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(parts.version())
        raise typer.Exit


@app.callback()
def quoth(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    """Ask your articles: the passages that answer, word for word, with their titles."""


@app.command()
def ask(  # noqa: PLR0913, PLR0917 (every option of a command is an argument of its function)
    question: Annotated[str | None, typer.Argument(help="The question, in plain words; - reads it from stdin.")] = None,
    k: Count = None,
    as_json: AsJson = False,
    explain: Explain = False,
    exact: Exact = False,
    everything: Annotated[bool, typer.Option("--all", help="Let a date in words (in June) narrow nothing.")] = False,
    json_schema: Annotated[bool, typer.Option("--json-schema", help="Print the schema of --json, and end.")] = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Answer one question and end.

    A question may hold these; everything else is plain words:

    "an exact phrase"  -word (to leave it out)  source:name
    after:2024-06  before:2024-06-30  (year, month or day; both ends count)
    in:word  in:"words of a title"
    """
    if json_schema:
        from bot.schema import json_schema as schema

        print(schema())
        return 0
    if question is None:
        raise typer.BadParameter('say what to ask: quoth ask "When was ...?"')
    if question == "-":
        question = sys.stdin.read()
    from bot.answer import AskOptions
    from bot.render import guesses

    answerer = parts.answerer(parts.settings(data_dir=data_dir, engine=engine))
    try:
        answer = answerer.answer(question, k, AskOptions(exact, explain=explain))
        if everything and (keys := guesses(answer)):
            answer = answerer.answer(question, k, AskOptions(exact, keys, explain))
    finally:
        answerer.close()
    if as_json:
        from bot.schema import to_json

        print(to_json(answer, explain=explain))
    else:
        from bot.channels.terminal import stdout_console, terminal

        terminal(
            answer, stdout_console(), explain=explain, way_back="--all searches everything." if guesses(answer) else ""
        )
    return 1 if answer.state == "nothing" else 0


@app.command()
def console(
    k: Count = None,
    explain: Explain = False,
    exact: Exact = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Ask question after question in the terminal, or through a pipe, one a line."""
    import asyncio

    from bot.channels.console import run_console

    settings = parts.settings(data_dir=data_dir, engine=engine)
    answerer = parts.answerer(settings)
    answerer.summary()
    history = settings.data_dir / "console_history" if sys.stdin.isatty() else None
    try:
        return asyncio.run(
            run_console(answerer, k=k or settings.passages, explain=explain, exact=exact, history=history)
        )
    finally:
        answerer.close()


@app.command()
def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; none: those of the last build.")
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Keep the sources of the last build and add these.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Even if more than half of the articles would leave.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the generations at hand, and end.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Check every byte of the current one, and end.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Let the one before answer again, and end.")] = False,
    data_dir: DataDir = None,
) -> int:
    """Read articles and build the index; the old one answers until the new one is proven."""
    from bot.commands import indexing

    settings = parts.settings(data_dir=data_dir)
    if sum((listing, verify, rollback)) > 1 or (paths and (listing or verify or rollback)):
        raise typer.BadParameter("--list, --verify and --rollback stand alone, without paths")
    if listing:
        return indexing.listing(settings)
    if verify:
        return indexing.verify(settings)
    if rollback:
        return indexing.rollback(settings)
    return indexing.run(paths or [], settings, add=add, force=force)


@app.command()
def telegram(data_dir: DataDir = None, engine: EngineOption = None) -> int:
    """Answer in Telegram until stopped; the token comes from QUOTH_TELEGRAM_TOKEN or a file."""
    from bot.commands import telegram as channel

    return channel.run(parts.settings(data_dir=data_dir, engine=engine))


@app.command()
def status(as_json: AsJson = False, data_dir: DataDir = None) -> int:
    """Show what the index holds."""
    from bot.commands import checks

    return checks.status(parts.settings(data_dir=data_dir), as_json=as_json)


@app.command()
def evaluate(  # noqa: PLR0913, PLR0917 (an option of the command is an argument of its function)
    folders: Annotated[list[Path], typer.Argument(help="Question sets in BEIR layout.")],
    distractors: Annotated[
        Path | None, typer.Option("--distractors", help="Another set whose corpus is added to the haystack.")
    ] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="All corpora in one index, each set asked against it.")
    ] = False,
    typos: Annotated[
        bool,
        typer.Option(
            "--typos",
            help="One random edit in each question, the same ones every time (seed 7): a letter inserted, deleted, "
            "substituted or swapped with its neighbour, in a word of at least 4 letters.",
        ),
    ] = False,
    save_run: Annotated[
        Path | None,
        typer.Option("--save-run", help="Save the ranked lists in TREC format; of several sets, a file each."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", help="A saved run: the paired difference to it; of several sets, a file each."),
    ] = None,
    floors: Annotated[
        Path | None, typer.Option("--floors", help="TOML file of least figures: exit code 1 when one is missed.")
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw risk against coverage into this SVG file.")] = None,
    as_json: AsJson = False,
    engine: EngineOption = None,
) -> int:
    """Measure answers on questions with known passages."""
    from bot.commands import evaluation

    options = evaluation.Options(distractors, mixed, typos, save_run, compare, floors, plot, as_json)
    return evaluation.run(folders, options, parts.settings(engine=engine))


@app.command()
def doctor(
    telegram: Annotated[bool, typer.Option("--telegram", help="Also ask Telegram about the bot's switches.")] = False,
    data_dir: DataDir = None,
) -> int:
    """Check settings, index, token and folders, and say what to do."""
    from bot.commands import checks

    return checks.doctor(parts.settings(data_dir=data_dir), telegram=telegram)


@app.command()
def config(data_dir: DataDir = None) -> int:
    """Print the settings in force, secrets hidden, and where each came from."""
    from bot.commands import checks

    return checks.config(parts.settings(data_dir=data_dir))


def main() -> None:
    """Runs a command; every foreseen failure becomes one line on stderr and its exit code."""
    for stream in (sys.stdin, sys.stdout):
        # Bytes that are no text, and letters that the terminal cannot show, are no reason to fail.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = app(standalone_mode=False)
        print(end="", flush=True)
    except BrokenPipeError:
        code = _unread()
    except SystemExit as left:
        # Typer turns a broken pipe into exit code 1, which would say that nothing was found.
        if not isinstance(left.__context__, BrokenPipeError):
            raise
        code = _unread()
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001 (the last door: a user sees one line, never a traceback)
        code = _failed(error)
    sys.exit(code)


def _unread() -> int:
    """Whoever read our output has left; what Python still wants to flush has nowhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _failed(error: Exception) -> int:
    """Tells the user what went wrong and returns the exit code; with QUOTH_LOG_LEVEL=DEBUG, bugs in full."""
    from bot.errors import message_of

    if isinstance(error, typer.TyperException):
        # Typer's usage errors know how to show themselves with their usage line, but not its types.
        cast("Any", error).show()
        return error.exit_code
    if isinstance(error, typer.Abort):
        return 130
    code = _code(error)
    if code == 70 and os.environ.get("QUOTH_LOG_LEVEL", "").upper() == "DEBUG":
        raise error
    text = message_of(error) if code != 70 else f"a bug: {type(error).__name__}: {error}; please report it"
    print(f"quoth: {text}", file=sys.stderr)
    return code


def _code(error: Exception) -> int:
    import index as library
    from bot.errors import BotError, MissingExtraError, TokenError
    from config.errors import ConfigError

    codes: list[tuple[type[Exception] | tuple[type[Exception], ...], int]] = [
        ((ConfigError, MissingExtraError), 2),
        ((library.NoIndexError, library.BrokenIndexError), 3),
        ((library.SourceError, library.BuildRefusedError, library.QuestionSetError), 4),
        (TokenError, 2),
        ((library.IndexLibraryError, BotError, OSError), 5),
    ]
    return next((code for kinds, code in codes if isinstance(error, kinds)), 70)


if __name__ == "__main__":
    main()
