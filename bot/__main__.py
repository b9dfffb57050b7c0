"""The command line: the commands, their options, and the exit codes of errors.

0 answered, 1 nothing found, 2 usage or settings, 3 no index or a broken one, 4 bad input, 5 the outside world
(disk, network, another process), 70 a bug in quoth, 130 interrupted.

Heavy parts are imported inside the command that needs them, so that `quoth --help` answers at once.
"""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from bot.commands import exit_codes, parts
from bot.commands.help import Command, Group

app = typer.Typer(
    name="quoth",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DataDir = Annotated[
    Path | None, Option("--data-dir", metavar="DIR", help="Folder of the index (default: setting data_dir).")
]
Count = Annotated[int | None, Option("-k", min=1, max=50, metavar="N", help="Show at most N passages per answer.")]
EngineOption = Annotated[str | None, Option("--engine", metavar="NAME", help="auto (fast) or rank-bm25 (slow).")]
AsJson = Annotated[bool, Option("--json", help="Print JSON.")]
Explain = Annotated[bool, Option("--explain", help="Show how each word and feature affects the score.")]
Exact = Annotated[bool, Option("--exact", help="Search for the words as written: no corrections, no aliases.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(parts.version())
        raise typer.Exit


@app.callback()
def quoth(
    version: Annotated[
        bool, Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Ask your articles, and get the passages that answer, word for word."""


@app.command(cls=Command)
def ask(  # noqa: PLR0913, PLR0917 (every option of a command is an argument of its function)
    question: Annotated[str | None, Argument(metavar="QUESTION", hidden=True)] = None,
    k: Count = None,
    as_json: AsJson = False,
    explain: Explain = False,
    exact: Exact = False,
    everything: Annotated[bool, Option("--all", help='Ignore dates in words, such as "in June".')] = False,
    json_schema: Annotated[bool, Option("--json-schema", help="Print the schema of --json and exit.")] = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Answer one question.

    Ask in plain words; - reads the question from standard input.
    A question can contain these filters:

    "an exact phrase"  -word (to exclude it)  source:name
    after:2024-06  before:2024-06-30  (year, month or day, inclusive)
    in:word  in:"words of a title"
    """
    if json_schema:
        from bot.schema import json_schema as schema

        print(schema())
        return 0
    if question is None:
        raise typer.BadParameter('no question; write one: quoth ask "When was ...?"')
    if question == "-":
        question = sys.stdin.read()
    from bot.answer import AskOptions
    from bot.render import guesses

    with parts.answerer(parts.settings(data_dir=data_dir, engine=engine)) as answerer:
        answer = answerer.answer(question, k, AskOptions(exact, explain=explain))
        if everything and (keys := guesses(answer)):
            answer = answerer.answer(question, k, AskOptions(exact, keys, explain))
    if as_json:
        from bot.schema import to_json

        print(to_json(answer, explain=explain))
    else:
        from bot.channels.terminal import stdout_console, terminal

        hint = "--all searches everything." if guesses(answer) else ""
        terminal(answer, stdout_console(), explain=explain, hint=hint)
    return 1 if answer.state == "nothing" else 0


@app.command(cls=Command)
def console(
    k: Count = None,
    explain: Explain = False,
    exact: Exact = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Answer question after question, at a prompt or through a pipe, one per line."""
    import asyncio

    from bot.channels.console import run_console

    settings = parts.settings(data_dir=data_dir, engine=engine)
    history = settings.data_dir / "console_history" if sys.stdin.isatty() else None
    with parts.answerer(settings) as answerer:
        answerer.summary()
        k = k or settings.passages
        return asyncio.run(run_console(answerer, k=k, explain=explain, exact=exact, history=history))


@app.command(cls=Command)
def index(  # noqa: PLR0913, PLR0917 (an option of the command is an argument of its function)
    paths: Annotated[list[Path] | None, Argument(metavar="PATH", hidden=True)] = None,
    add: Annotated[bool, Option("--add", help="Add PATH to the sources of the last build.")] = False,
    force: Annotated[bool, Option("--force", help="Build even if sources or most articles are lost.")] = False,
    include: Annotated[
        list[str] | None, Option("--include", metavar="PATTERN", help="Read only such files in PATH.")
    ] = None,
    exclude: Annotated[list[str] | None, Option("--exclude", metavar="PATTERN", help="Pass over such files.")] = None,
    base_url: Annotated[str | None, Option("--base-url", metavar="URL", help="Where PATH is published.")] = None,
    names: Annotated[
        str, Option("--map", metavar="FIELD=NAME", help="Fields of records: title=headline,text=body.html.")
    ] = "",
    dry_run: Annotated[bool, Option("--dry-run", help="Read, report, and build nothing.")] = False,
    show: Annotated[bool, Option("--show", help="Print what is read of PATH, and build nothing.")] = False,
    as_json: AsJson = False,
    listing: Annotated[bool, Option("--list", help="List the generations and exit.")] = False,
    verify: Annotated[bool, Option("--verify", help="Check every byte of the index and exit.")] = False,
    rollback: Annotated[bool, Option("--rollback", help="Return to the generation before and exit.")] = False,
    data_dir: DataDir = None,
) -> int:
    """Build the index from files and folders.

    Without PATH, build it from the sources of the last build.
    The old index keeps answering until the new one is complete and checked.
    A PATTERN is written as in a .gitignore file: '*.md', 'drafts/'.
    """
    from bot.commands import collection, indexing, inspecting
    from index import ReadingOptions

    settings = parts.settings(data_dir=data_dir)
    chosen = [name for name, wanted in (("list", listing), ("verify", verify), ("rollback", rollback)) if wanted]
    if len(chosen) > 1 or (chosen and (paths or dry_run or show or as_json)):
        raise typer.BadParameter("use only one of --list, --verify and --rollback, without a PATH")
    if chosen:
        return {"list": indexing.listing, "verify": indexing.verify, "rollback": indexing.rollback}[chosen[0]](settings)
    if show and not paths:
        raise typer.BadParameter("name a file: quoth index --show FILE")
    if not paths and (include or exclude or base_url or names):
        raise typer.BadParameter("--include, --exclude, --base-url and --map need a PATH; --add keeps the rest")
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise typer.BadParameter(f"--base-url {base_url}: an address begins with https:// or http://")
    options = ReadingOptions(tuple(include or ()), tuple(exclude or ()), base_url, names)
    inspected = dry_run or show

    def named() -> dict[str, ReadingOptions]:
        return collection.named(paths or [], options, settings, add=add, force=force or inspected)

    if inspected:
        return (inspecting.show if show else inspecting.dry_run)(named(), settings, as_json=as_json)
    return indexing.run(named, settings, force=force, as_json=as_json)


@app.command(cls=Command)
def sources(
    remove: Annotated[str | None, Option("--remove", metavar="NAME", help="Build the index without it.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """List what the index was built from, and what changed since."""
    from bot.commands import sources as command

    settings = parts.settings(data_dir=data_dir)
    return command.listing(settings, as_json=as_json) if remove is None else command.remove(remove, settings)


@app.command(cls=Command)
def telegram(
    data_dir: DataDir = None,
    engine: EngineOption = None,
    new_code: Annotated[
        bool, Option("--new-code", help="Print a one-time code for another owner, also where the bot has owners.")
    ] = False,
    take_over: Annotated[
        bool, Option("--take-over", help="Make the owners of the bot that used this data folder before this bot's.")
    ] = False,
) -> int:
    """Answer in Telegram until stopped.

    The token comes from QUOTH_TELEGRAM_TOKEN, or from the file that
    QUOTH_TELEGRAM_TOKEN_FILE names.
    """
    from bot.commands import telegram as channel

    settings = parts.settings(data_dir=data_dir, engine=engine)
    return channel.run(settings, take_over=take_over, new_code=new_code)


@app.command(cls=Command)
def status(as_json: AsJson = False, data_dir: DataDir = None) -> int:
    """Show what the index contains."""
    from bot.commands import checks

    return checks.status(parts.settings(data_dir=data_dir), as_json=as_json)


@app.command(cls=Command)
def evaluate(  # noqa: PLR0913, PLR0917 (an option of the command is an argument of its function)
    folders: Annotated[list[Path], Argument(metavar="DIR", hidden=True)],
    distractors: Annotated[
        Path | None, Option("--distractors", metavar="DIR", help="Add the corpus of another set.")
    ] = None,
    mixed: Annotated[bool, Option("--mixed", help="Put the corpora of all sets into one index.")] = False,
    typos: Annotated[bool, Option("--typos", help="Make one typo in each question, the same every time.")] = False,
    typed: Annotated[
        bool, Option("--typed", help="Ask as people type: without marks, in capitals, a space too few.")
    ] = False,
    save_run: Annotated[Path | None, Option("--save-run", metavar="FILE", help="Save the run in TREC format.")] = None,
    compare: Annotated[Path | None, Option("--compare", metavar="FILE", help="Compare with a saved run.")] = None,
    floors: Annotated[Path | None, Option("--floors", metavar="FILE", help="Fail if a figure is too low.")] = None,
    plot: Annotated[Path | None, Option("--plot", metavar="FILE", help="Draw risk against coverage as SVG.")] = None,
    as_json: AsJson = False,
    engine: EngineOption = None,
) -> int:
    """Measure the answers on question sets.

    DIR holds a question set in BEIR layout. With several sets, --save-run
    and --compare use one file per set: run.txt becomes run.NAME.txt.
    """
    from bot.commands import evaluation

    options = evaluation.Options(distractors, mixed, typos, typed, save_run, compare, floors, plot, as_json)
    return evaluation.run(folders, options, parts.settings(engine=engine))


@app.command(cls=Command)
def doctor(
    telegram: Annotated[bool, Option("--telegram", help="Also check the bot's settings at Telegram.")] = False,
    data_dir: DataDir = None,
) -> int:
    """Check settings, index, token and folders, and say what to fix."""
    from bot.commands import checks

    return checks.doctor(parts.settings(data_dir=data_dir), telegram=telegram)


@app.command(cls=Command)
def config(data_dir: DataDir = None) -> int:
    """Print the settings and where each comes from; secrets stay hidden."""
    from bot.commands import checks

    return checks.config(parts.settings(data_dir=data_dir))


def main() -> None:
    """Run a command; turn every expected error into one line on stderr and its exit code."""
    for stream in (sys.stdin, sys.stdout):
        # Bytes that are no text, and letters that the terminal cannot show, are no reason to fail.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = app(standalone_mode=False)
        print(end="", flush=True)
    except BrokenPipeError:
        code = _discard_output()
    except SystemExit as leaving:
        # Typer turns a broken pipe into exit code 1, which would say that nothing was found.
        if not isinstance(leaving.__context__, BrokenPipeError):
            raise
        code = _discard_output()
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001 (the last door: a user sees one line, never a traceback)
        code = exit_codes.report(error)
    sys.exit(code)


def _discard_output() -> int:
    """Send what Python still wants to flush nowhere, because the reader of the pipe has left. Return exit code 0."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    main()
