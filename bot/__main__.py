"""The command line: the commands, their options, and the exit codes of errors.

0 answered, 1 nothing found, 2 usage or settings, 3 no index or a broken one, 4 bad input, 5 the outside world
(disk, network, another process), 6 not sure (where --fail-on asks), 70 a bug in quoth, 130 interrupted.

Heavy parts are imported inside the command that needs them, so that `quoth --help` answers at once.
"""

import os
import sys
from functools import partial
from pathlib import Path

import click

from bot import upkeep
from bot.commands import asking, exit_codes, help, options, parts, serving  # noqa: A004 (ours is a module)
from bot.printing import out


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        out(parts.version())
        ctx.exit()


def _completion(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        out(help.script(app))
        ctx.exit()


@click.group(cls=help.Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@click.option("--config", type=options.FILE, metavar="FILE", help="Take settings from FILE and no other.")
@click.option(
    "--show-completion",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_completion,
    help="Print what makes your shell complete commands with Tab.",
)
def app(config: Path | None) -> None:
    """Ask your articles, and get the passages that answer, word for word."""
    if config is not None:
        parts.take_settings_from(config)


@app.command()
@click.argument("words", nargs=-1, metavar="[QUESTION]...")
@options.count
@options.as_json
@click.option("--batch", metavar="FILE", help="Answer JSON Lines of questions with JSON Lines.")
@click.option(
    "--fail-on",
    type=click.Choice(["nothing", "closest"]),
    default="nothing",
    show_default=True,
    help="Also give an exit code of its own (6) to answers that are not sure.",
)
@options.explain
@options.exact
@click.option("--all", "everything", is_flag=True, help='Ignore dates in words, such as "in June".')
@click.option("--json-schema", is_flag=True, help="Print the schema of --json and exit.")
@options.engine
@options.data_dir
def ask(  # noqa: PLR0913, PLR0917 (every option of a command is an argument of its function)
    words: tuple[str, ...],
    k: int | None,
    as_json: bool,
    batch: str | None,
    fail_on: asking.FailOn,
    explain: bool,
    exact: bool,
    everything: bool,
    json_schema: bool,
    engine: str | None,
    data_dir: Path | None,
) -> int:
    """Answer one question.

    Ask in plain words; - reads the question from standard input.
    A question can contain these filters; put it into quotation marks then:

    \b
    "an exact phrase"  -word (to exclude it)  source:name
    after:2024-06  before:2024-06-30  (year, month or day, inclusive)
    in:word  in:"words of a title"

    A line of --batch is {"question": "...", "id": ...}; - reads them from standard input.
    """
    if json_schema:
        return asking.schema()
    if batch is not None and (words or fail_on != "nothing"):
        raise click.BadParameter("--batch goes with neither a question nor --fail-on")
    if not words and batch is None:
        raise click.BadParameter("no question; write one: quoth ask When was ...?")
    how = asking.Asking(k, exact, explain, everything, as_json, fail_on)
    with parts.ready(parts.settings(data_dir=data_dir, engine=engine)) as answerer:
        return asking.one(answerer, " ".join(words), how) if batch is None else asking.batch(answerer, batch, how)


@app.command()
@click.argument("words", nargs=-1, metavar="[QUESTION]...")
@options.count
def demo(words: tuple[str, ...], k: int | None) -> int:
    """Ask the sample articles; your own index stays as it is.

    Without QUESTION, answer one after another, as `quoth console` does.
    """
    from bot.commands import demo as command

    return command.run(" ".join(words), k)


@app.command()
@options.count
@options.explain
@options.exact
@options.engine
@options.data_dir
def console(k: int | None, explain: bool, exact: bool, engine: str | None, data_dir: Path | None) -> int:
    """Answer question after question, at a prompt or through a pipe, one per line."""
    from bot.commands import console as command

    return command.run(parts.settings(data_dir=data_dir, engine=engine), k=k, explain=explain, exact=exact)


@app.command()
@click.argument("paths", nargs=-1, type=click.Path(readable=False), metavar="[PATH]...")
@click.option("--add", is_flag=True, help="Add PATH to the sources of the last build.")
@click.option("--fetch", is_flag=True, help="Ask the addresses of the last build for what is due.")
@click.option("--force", is_flag=True, help="Build even if sources or most articles are lost.")
@click.option("--include", multiple=True, metavar="PATTERN", help="Read only such files in PATH.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over such files.")
@click.option("--base-url", metavar="URL", help="Where PATH is published.")
@click.option(
    "--map", "names", default="", metavar="FIELD=NAME", help="Fields of records: title=headline,text=body.html."
)
@click.option("--dry-run", is_flag=True, help="Read, report, and build nothing.")
@click.option("--show", is_flag=True, help="Print what is read of PATH, and build nothing.")
@options.as_json
@click.option("--list", "listing", is_flag=True, help="List the generations and exit.")
@click.option("--verify", is_flag=True, help="Check every byte of the index and exit.")
@click.option("--rollback", is_flag=True, help="Return to the generation before and exit.")
@options.data_dir
def index(  # noqa: PLR0913, PLR0917 (an option of the command is an argument of its function)
    paths: tuple[str, ...],
    add: bool,
    fetch: bool,
    force: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    base_url: str | None,
    names: str,
    dry_run: bool,
    show: bool,
    as_json: bool,
    listing: bool,
    verify: bool,
    rollback: bool,
    data_dir: Path | None,
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
            raise click.BadParameter("use only one of --list, --verify and --rollback, without a PATH")
        return chosen[0](settings)
    if show and not paths:
        raise click.BadParameter("name a file: quoth index --show FILE")
    how = collection.options(paths, include, exclude, base_url, names)
    named = partial(collection.named, paths, how, settings, add=add, force=force or dry_run or show)
    fetching.fetch_all(paths, named, settings, due=fetch)
    if dry_run or show:
        return (inspecting.show if show else inspecting.dry_run)(named(), settings, as_json=as_json)
    return indexing.run(named, settings, force=force, as_json=as_json)


@app.command()
@options.data_dir
def watch(data_dir: Path | None) -> int:
    """Take in what changes in the sources, until stopped."""
    from bot.commands import watching as command

    return command.run(parts.settings(data_dir=data_dir))


@app.command()
@options.data_dir
@options.engine
@click.option(
    "--new-code", is_flag=True, help="Print a one-time code for another owner, also where the bot has owners."
)
@click.option(
    "--take-over", is_flag=True, help="Make the owners of the bot that used this data folder before this bot's."
)
def telegram(data_dir: Path | None, engine: str | None, new_code: bool, take_over: bool) -> int:
    """Answer in Telegram until stopped.

    The token comes from QUOTH_TELEGRAM_TOKEN, or from the file that
    QUOTH_TELEGRAM_TOKEN_FILE names.
    """
    from bot.commands import telegram as channel

    settings = parts.settings(data_dir=data_dir, engine=engine)
    return channel.run(settings, take_over=take_over, new_code=new_code)


app.command()(serving.serve)
app.command()(serving.mcp)


@app.command()
@click.argument("folders", nargs=-1, required=True, type=options.FILE, metavar="DIR...")
@click.option("--distractors", type=options.FILE, metavar="DIR", help="Add the corpus of another set.")
@click.option("--mixed", is_flag=True, help="Put the corpora of all sets into one index.")
@click.option("--typos", is_flag=True, help="Make one typo in each question, the same every time.")
@click.option("--typed", is_flag=True, help="Ask as people type: without marks, in capitals, a space too few.")
@click.option("--save-run", type=options.FILE, metavar="FILE", help="Save the run in TREC format.")
@click.option("--compare", type=options.FILE, metavar="FILE", help="Compare with a saved run.")
@click.option("--floors", type=options.FILE, metavar="FILE", help="Fail if a figure is too low.")
@click.option("--plot", type=options.FILE, metavar="FILE", help="Draw risk against coverage as SVG.")
@click.option("--meaning", type=options.FILE, metavar="FOLDER", help="Use this model of meaning.")
@options.as_json
@options.engine
def evaluate(  # noqa: PLR0913, PLR0917 (an option of the command is an argument of its function)
    folders: tuple[Path, ...],
    distractors: Path | None,
    mixed: bool,
    typos: bool,
    typed: bool,
    save_run: Path | None,
    compare: Path | None,
    floors: Path | None,
    plot: Path | None,
    meaning: Path | None,
    as_json: bool,
    engine: str | None,
) -> int:
    """Measure the answers on question sets.

    DIR holds a question set in BEIR layout. With several sets, --save-run
    and --compare use one file per set: run.txt becomes run.NAME.txt.
    """
    from bot.commands import evaluation

    how = evaluation.Options(distractors, mixed, typos, typed, save_run, compare, floors, plot, as_json)
    return evaluation.run(folders, how, parts.settings(engine=engine, meaning=meaning))


for _command in upkeep.group.commands.values():
    app.add_command(_command)


def main() -> None:
    """Run a command; turn every expected error into one line on stderr and its exit code."""
    sys.exit(exit_codes.of(_run))


def _run() -> int:
    # Not by way of `app.main`, which ends the process by itself when the reader of a pipe has left.
    if instruction := os.environ.get(help.COMPLETE):
        return help.complete(app, instruction)
    try:
        with app.make_context(help.NAME, sys.argv[1:], terminal_width=help.width()) as context:
            return int(app.invoke(context))
    except click.exceptions.Exit as leaving:
        return leaving.exit_code


if __name__ == "__main__":
    main()
