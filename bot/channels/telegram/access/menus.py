"""The menus of commands that Telegram shows, for each kind of chat in each language; owners see theirs too."""

import logging
from collections.abc import Iterable, Iterator

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from bot.catalogue import FALLBACK, LANGUAGES, Catalogue
from bot.channels.telegram.faults import tolerate

LOG = logging.getLogger(__name__)

PRIVATE = ("ask", "titles", "latest", "language", "privacy", "forget", "help")
GROUP = ("ask", "help", "language", "privacy")
OWNER = (*PRIVATE, "rebuild", "add", "status", "misses", "evalset", "users", "pair", "loglevel")

Menu = tuple[list[BotCommand], BotCommandScope, str | None]


def menus(owners: Iterable[int] = ()) -> Iterator[Menu]:
    """Return commands, scope and language code of every menu; without a code for apps in any other language."""
    yield from _in_every_language(BotCommandScopeAllPrivateChats(), PRIVATE)
    yield from _in_every_language(BotCommandScopeAllGroupChats(), GROUP)
    for owner in owners:
        yield from menus_of_owner(owner)


def menus_of_owner(owner: int) -> Iterator[Menu]:
    """Return the menus of an owner's private chat."""
    return _in_every_language(BotCommandScopeChat(owner), OWNER)


async def show(bot: Bot, shown: Iterable[Menu]) -> None:
    """Set menus; without them the commands work all the same."""
    with tolerate(LOG.warning, "the menu of commands was not set (%s)"):
        for commands, scope, language in shown:
            await bot.set_my_commands(commands, scope=scope, language_code=language)


async def withdraw(bot: Bot, owner: int) -> None:
    """Remove the menus of somebody who is no owner any more."""
    with tolerate(LOG.warning, "the menu of an owner was not taken away (%s)"):
        for _, scope, language in menus_of_owner(owner):
            await bot.delete_my_commands(scope=scope, language_code=language)


def _in_every_language(scope: BotCommandScope, names: tuple[str, ...]) -> Iterator[Menu]:
    for language in LANGUAGES:
        say = Catalogue(language)
        commands = [BotCommand(name, say.text(f"menu_{name}")) for name in names]
        yield commands, scope, None if language == FALLBACK else language
