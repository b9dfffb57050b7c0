"""How a person becomes an owner, and how an owner lets a group ask."""

import logging
import math
from collections.abc import Callable, Mapping
from typing import Final

from bot.channels.telegram.access import language
from bot.channels.telegram.access.admission import WAY_IN, Admission
from bot.channels.telegram.access.door import Door
from bot.channels.telegram.access.menus import menus_of_owner, show
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.incoming import Mentions, after_command
from bot.channels.telegram.messages.sender import Sender

LOG = logging.getLogger(__name__)

NEW = "new"
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "paired": ("paired", "help_private"),
    "unkept": ("paired_not_kept",),
    "already": ("paired_already",),
}


class Pairing:
    """The command /pair, in private and in groups. `tell` writes to the owner's terminal.

    A stranger gets one answer a day beside those to codes, and these are answered ever more slowly.
    """

    def __init__(
        self,
        door: Door,
        admission: Admission,
        sender: Sender,
        mentions: Mentions,
        tell: Callable[[str], None] | None,
    ) -> None:
        self._door = door
        self._admission = admission
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
        else:
            await self._say_once(turn, "pair_closed" if self._door.code is None else "pair_explain")

    async def pair_with(self, turn: MessageTurn, code: str) -> None:
        """Try a code and say what came of it."""
        outcome = await self._door.pair(turn.who, code)
        LOG.info("pairing: %s", outcome)
        if outcome == "closed":
            await self._say_once(turn, "pair_closed")
        elif outcome == "wrong":
            await self._wrong(turn)
        elif outcome != "early":
            await self._say(turn, *_TOLD[outcome])
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
            await self._say_once(turn, "pair_in_private", "here")

    async def _wrong(self, turn: MessageTurn) -> None:
        """Tell of a wrong code, and of the pause after it; what comes in that pause is not answered."""
        lines = [turn.say.text("pair_wrong")]
        if pause := self._door.pause(turn.who):
            lines.append(turn.say.text("pair_pause", n=math.ceil(pause / 60)))
        await self._sender.line(turn.target, " ".join(lines))

    async def _say_once(self, turn: MessageTurn, key: str, about: str = WAY_IN) -> None:
        if self._admission.may_be_told(turn, about):
            await self._say(turn, key)

    async def _say(self, turn: MessageTurn, *keys: str) -> None:
        await self._sender.line(turn.target, " ".join(turn.say.text(key) for key in keys))
