"""How the bot presents itself in Telegram: a description before the first message, and menus of commands.

Each is set for every language and kind of chat; owners see their own commands, too.
"""

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
OWNER = (*PRIVATE, "rebuild", "add", "remove", "status", "misses", "evalset", "users", "pair", "loglevel")

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


async def introduce(bot: Bot, owners: Iterable[int]) -> None:
    """Set what people see before they ask: descriptions and menus."""
    await describe(bot)
    await show(bot, menus(owners))


async def describe(bot: Bot) -> None:
    """Set the text of an empty chat, and that of the bot's profile, in every language."""
    for language in LANGUAGES:
        say, code = Catalogue(language), None if language == FALLBACK else language
        with tolerate(LOG.warning, "the description of the bot was not set (%s)"):
            await bot.set_my_description(say.text("description"), language_code=code)
        with tolerate(LOG.warning, "the short description of the bot was not set (%s)"):
            await bot.set_my_short_description(say.text("short_description"), language_code=code)


async def show(bot: Bot, shown: Iterable[Menu]) -> None:
    """Set menus; without them the commands work all the same. One that is refused keeps none of the others back."""
    for commands, scope, language in shown:
        with tolerate(LOG.warning, "a menu of commands was not set (%s)"):
            await bot.set_my_commands(commands, scope=scope, language_code=language)


async def withdraw(bot: Bot, owner: int) -> None:
    """Remove the menus of somebody who is no owner any more."""
    for _, scope, language in menus_of_owner(owner):
        with tolerate(LOG.warning, "the menu of an owner was not taken away (%s)"):
            await bot.delete_my_commands(scope=scope, language_code=language)


def _in_every_language(scope: BotCommandScope, names: tuple[str, ...]) -> Iterator[Menu]:
    for language in LANGUAGES:
        say = Catalogue(language)
        commands = [BotCommand(name, say.text(f"menu_{name}")) for name in names]
        yield commands, scope, None if language == FALLBACK else language
