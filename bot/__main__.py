"""The command line: the commands, their options, and the exit codes of errors.

0 answered, 1 nothing found, 2 usage or settings, 3 no index or a broken one, 4 bad input, 5 the outside world
(disk, network, another process), 6 not sure (where --fail-on asks), 70 a bug in quoth, 130 interrupted.

Heavy parts are imported inside the command that needs them, so that `quoth --help` answers at once.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from bot import upkeep
from bot.commands import asking, exit_codes, parts, serving
from bot.commands.help import Command, Group
from bot.commands.options import AsJson, Count, DataDir, EngineOption, Exact, Explain
from bot.printing import out

app = typer.Typer(
    name="quoth",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        out(parts.version())
        raise typer.Exit


@app.callback()
def quoth(
    version: Annotated[bool, Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,  # noqa: ARG001
    config: Annotated[Path | None, Option(metavar="FILE", help="Take settings from FILE and no other.")] = None,
) -> None:
    """Ask your articles, and get the passages that answer, word for word."""
    if config is not None:
        parts.take_settings_from(config)


@app.command(cls=Command)
def ask(  # noqa: PLR0913, PLR0917 (every option of a command is an argument of its function)
    words: Annotated[list[str] | None, Argument(metavar="QUESTION", hidden=True)] = None,
    k: Count = None,
    as_json: AsJson = False,
    batch: Annotated[
        str | None, Option("--batch", metavar="FILE", help="Answer JSON Lines of questions with JSON Lines.")
    ] = None,
    fail_on: Annotated[
        asking.FailOn, Option("--fail-on", help="Also give an exit code of its own (6) to answers that are not sure.")
    ] = "nothing",
    explain: Explain = False,
    exact: Exact = False,
    everything: Annotated[bool, Option("--all", help='Ignore dates in words, such as "in June".')] = False,
    json_schema: Annotated[bool, Option("--json-schema", help="Print the schema of --json and exit.")] = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Answer one question.

    Ask in plain words; - reads the question from standard input.
    A question can contain these filters; put it into quotation marks then:

    "an exact phrase"  -word (to exclude it)  source:name
    after:2024-06  before:2024-06-30  (year, month or day, inclusive)
    in:word  in:"words of a title"

    A line of --batch is {"question": "...", "id": ...}; - reads them from standard input.
    """
    if json_schema:
        return asking.schema()
    if batch is not None and (words or fail_on != "nothing"):
        raise typer.BadParameter("--batch goes with neither a question nor --fail-on")
    if not words and batch is None:
        raise typer.BadParameter("no question; write one: quoth ask When was ...?")
    how = asking.Asking(k, exact, explain, everything, as_json, fail_on)
    with parts.answerer(parts.settings(data_dir=data_dir, engine=engine)) as answerer:
        return asking.one(answerer, " ".join(words or ()), how) if batch is None else asking.batch(answerer, batch, how)


@app.command(cls=Command)
def demo(words: Annotated[list[str] | None, Argument(metavar="QUESTION", hidden=True)] = None, k: Count = None) -> int:
    """Ask the sample articles; your own index stays as it is.

    Without QUESTION, answer one after another, as `quoth console` does.
    """
    from bot.commands import demo as command

    return command.run(" ".join(words or ()), k)


@app.command(cls=Command)
def console(
    k: Count = None,
    explain: Explain = False,
    exact: Exact = False,
    engine: EngineOption = None,
    data_dir: DataDir = None,
) -> int:
    """Answer question after question, at a prompt or through a pipe, one per line."""
    from bot.commands import console as command

    return command.run(parts.settings(data_dir=data_dir, engine=engine), k=k, explain=explain, exact=exact)


@app.command(cls=Command)
def index(  # noqa: PLR0913, PLR0917 (an option of the command is an argument of its function)
    paths: Annotated[list[str] | None, Argument(metavar="PATH", hidden=True)] = None,
    add: Annotated[bool, Option("--add", help="Add PATH to the sources of the last build.")] = False,
    fetch: Annotated[bool, Option("--fetch", help="Ask the addresses of the last build for what is due.")] = False,
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
    """Build the index from files, folders and addresses.

    PATH may be the https:// address of a page, a feed or a sitemap.
    Without PATH, build it from the sources of the last build.
    The old index keeps answering until the new one is complete and checked.
    A PATTERN is written as in a .gitignore file: '*.md', 'drafts/'.
    """
    from bot.commands import collection, fetching, indexing, inspecting

    settings = parts.settings(data_dir=data_dir)
    looks = {indexing.listing: listing, indexing.verify: verify, indexing.rollback: rollback}
    if chosen := [look for look, wanted in looks.items() if wanted]:
        if len(chosen) > 1 or paths or fetch or dry_run or show or as_json:
            raise typer.BadParameter("use only one of --list, --verify and --rollback, without a PATH")
        return chosen[0](settings)
    if show and not paths:
        raise typer.BadParameter("name a file: quoth index --show FILE")
    options = collection.options(paths, include, exclude, base_url, names)
    named = partial(collection.named, paths or [], options, settings, add=add, force=force or dry_run or show)
    fetching.fetch_all(paths or [], named, settings, due=fetch)
    if dry_run or show:
        return (inspecting.show if show else inspecting.dry_run)(named(), settings, as_json=as_json)
    return indexing.run(named, settings, force=force, as_json=as_json)


@app.command(cls=Command)
def watch(data_dir: DataDir = None) -> int:
    """Take in what changes in the sources, until stopped."""
    from bot.commands import watching as command

    return command.run(parts.settings(data_dir=data_dir))


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


app.command(cls=Command)(serving.serve)
app.command(cls=Command)(serving.mcp)


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
    meaning: Annotated[Path | None, Option("--meaning", metavar="FOLDER", help="Use this model of meaning.")] = None,
    as_json: AsJson = False,
    engine: EngineOption = None,
) -> int:
    """Measure the answers on question sets.

    DIR holds a question set in BEIR layout. With several sets, --save-run
    and --compare use one file per set: run.txt becomes run.NAME.txt.
    """
    from bot.commands import evaluation

    options = evaluation.Options(distractors, mixed, typos, typed, save_run, compare, floors, plot, as_json)
    return evaluation.run(folders, options, parts.settings(engine=engine, meaning=meaning))


app.add_typer(upkeep.app)


def main() -> None:
    """Run a command; turn every expected error into one line on stderr and its exit code."""
    sys.exit(exit_codes.of(lambda: app(standalone_mode=False)))


if __name__ == "__main__":
    main()
