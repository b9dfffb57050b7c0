"""The menus of commands that Telegram shows, for each kind of chat in each language."""

from collections.abc import Iterator

from telegram import BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from bot.catalogue import FALLBACK, LANGUAGES, Catalogue

PRIVATE = ("ask", "titles", "latest", "help")
GROUP = ("ask", "help")


def menus() -> Iterator[tuple[list[BotCommand], BotCommandScope, str | None]]:
    """Commands, scope and language code of every menu; without a code for apps in any other language."""
    for scope, names in ((BotCommandScopeAllPrivateChats(), PRIVATE), (BotCommandScopeAllGroupChats(), GROUP)):
        for language in LANGUAGES:
            say = Catalogue(language)
            commands = [BotCommand(name, say.text(f"menu_{name}")) for name in names]
            yield commands, scope, None if language == FALLBACK else language
