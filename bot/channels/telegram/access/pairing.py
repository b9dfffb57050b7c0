"""How a person becomes an owner, and how an owner lets a group ask."""

import logging
from collections.abc import Callable

from bot.channels.telegram.access import language
from bot.channels.telegram.access.door import Door
from bot.channels.telegram.access.menus import menus_of_owner, show
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.incoming import Mentions, after_command
from bot.channels.telegram.messages.sender import Sender

LOG = logging.getLogger(__name__)

NEW = "new"


class Pairing:
    """The command /pair, in private and in groups. `tell` writes to the owner's terminal."""

    def __init__(self, door: Door, sender: Sender, mentions: Mentions, tell: Callable[[str], None] | None) -> None:
        self._door = door
        self._sender = sender
        self._mentions = mentions
        self._tell = tell

    async def pair(self, turn: MessageTurn) -> None:
        """Handle /pair: in private with the code, in a group by an owner; "new" by an owner makes another code."""
        who, code = turn.who, after_command(turn.message)
        if not who.private:
            await self._open_group(turn, code)
        elif self._door.owns(who) and code.lower() == NEW and self._tell is not None:
            name = turn.message.get_bot().username
            self._tell(language.READY_PAIRING.format(name=name, code=self._door.renew()))
            await self._say(turn, "pair_new")
        elif code or self._door.owns(who):
            await self.pair_with(turn, code)
        elif self._door.code is None:
            await self._say(turn, "pair_closed")
        else:
            await self._say(turn, "pair_explain")

    async def pair_with(self, turn: MessageTurn, code: str) -> None:
        """Try a code and say what came of it."""
        outcome = await self._door.pair(turn.who, code)
        LOG.info("pairing: %s", outcome)
        keys = {
            "paired": ("paired", "help_private"),
            "unkept": ("paired_not_kept",),
            "already": ("paired_already",),
            "wrong": ("pair_wrong",),
            "closed": ("pair_closed",),
        }[outcome]
        await self._say(turn, *keys)
        if outcome in ("paired", "unkept"):
            await show(turn.message.get_bot(), menus_of_owner(turn.who.user))

    async def _open_group(self, turn: MessageTurn, code: str) -> None:
        if self._door.access == "listed" and self._door.owns(turn.who):
            await self._say(turn, "access_listed")
        elif (kept := await self._door.open_chat(turn.who)) != "out":
            lines = [turn.say.text("group_opened"), turn.say.text("help_group", name=self._mentions.name)]
            lines += [turn.say.text("not_kept")] if kept == "unkept" else []
            await self._sender.line(turn.target, " ".join(lines))
        elif code:
            await self._say(turn, "pair_in_private")

    async def _say(self, turn: MessageTurn, *keys: str) -> None:
        await self._sender.line(turn.target, " ".join(turn.say.text(key) for key in keys))
