"""What the owners of the bot are told and may set: /status, /misses, /evalset, /users and /loglevel."""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.catalogue import Catalogue
from bot.channels.faults import log_fault
from bot.channels.telegram.access.menus import withdraw
from bot.channels.telegram.access.turn import MessageTurn
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.memory.memory import Kept
from bot.channels.telegram.memory.records import MISSES_DAYS
from bot.channels.telegram.owners.rebuild import question_set
from bot.printing import shown
from bot.render import head

LOG = logging.getLogger(__name__)

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_OURS: Final = ("bot", "index", "config")
_MOST_MISSES = 20
_QUESTION_UNITS = 150
_ID_DIGITS = 20
# By what is on the disk then: of an update that is worked on again, something later may have been told.
_ADDED: Final[Mapping[Kept, str]] = {"in": "users_added", "out": "users_unknown", "unkept": "users_added_for_now"}
_REMOVED: Final[Mapping[Kept, str]] = {"in": "users_added", "out": "users_removed", "unkept": "users_not_removed"}


class OwnerCommands:
    """The commands of owners; only they get here: the desk has looked, at every command."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._memory = services.memory
        self._door = services.door
        self._metrics = services.metrics
        self._library = services.options.library

    async def status(self, turn: MessageTurn) -> None:
        """Handle /status: how the bot is doing since it was started."""
        say, metrics, counts = turn.say, self._metrics, Counter(self._memory.counts())
        lines = []
        if self._library is not None:
            holdings = await self._library.holdings()
            lines.append(say.text("status_version", version=self._library.version))
            lines.append(say.text("status_index", **asdict(holdings)) if holdings else say.text("status_no_index"))
        p50, p95 = (_milliseconds(metrics.updates["message"].below(share), say) for share in (0.5, 0.95))
        lines += [
            say.text("status_uptime", duration=say.duration(time.monotonic() - metrics.started)),
            say.text("status_poll", n=round(metrics.age())),
            say.text("status_queue", queue=metrics.waiting()),
            say.text("status_times", p50=p50, p95=p95),
            say.text("status_questions", **{state: counts[state] for state in ("answered", "closest", "nothing")}),
            say.text("status_trouble", limited=metrics.events["429"], poisoned=metrics.events["unreadable"]),
            say.text("status_delivery", unsure=metrics.events["unsure"], refused=metrics.events["refused"]),
            say.text("status_memory", **{table: counts[table] for table in ("answers", "votes", "misses")}),
        ]
        if self._memory.failing:
            lines.append(say.text("status_memory_failing"))
        await self._send_lines(turn, lines)

    async def misses(self, turn: MessageTurn) -> None:
        """Handle /misses: what was asked most and found nothing."""
        say, misses = turn.say, self._memory.answers.misses(_MOST_MISSES)
        lines = [say.text("misses", n=MISSES_DAYS) if misses else say.text("misses_none")]
        for miss in misses:
            question = head(shown(miss.question), _QUESTION_UNITS)
            lines.append("• " + say.text("misses_people", n=miss.times, question=question))
        await self._send_lines(turn, lines)

    async def evalset(self, turn: MessageTurn) -> None:
        """Handle /evalset: the thumbs as a question set, in a document."""
        say, questions = turn.say, question_set(self._memory.answers.judgements())
        if not questions or self._library is None:
            await self._services.reply(turn, "evalset_none")
            return
        with TemporaryDirectory(prefix="quoth-evalset-") as folder:
            file = Path(folder) / "quoth-evalset.zip"
            try:
                written = await self._library.question_set(questions, file)
            except OSError as error:
                await self._services.reply(turn, "broken", ref=log_fault(error))
                return
            if not written.questions:
                await self._services.reply(turn, "evalset_gone")
                return
            caption = say.text("evalset_caption", n=written.questions)
            if not written.whole:
                caption += "\n" + say.text("evalset_partial")
            await self._services.sender.document(turn.target, file, caption)

    async def users(self, turn: MessageTurn) -> None:
        """Handle /users: who may ask; with "add" or "remove" and an id, who may from now on."""
        say, words = turn.say, after_command(turn.message).split()
        if not words:
            await self._send_lines(turn, self._access_lines(say))
            return
        number = words[1] if len(words) == 2 else ""
        if words[0] not in ("add", "remove") or not number.removeprefix("-").isdecimal() or len(number) > _ID_DIGITS:
            await self._send_lines(turn, [say.text("users_explain"), say.text("users_wrong")])
            return
        if words[0] == "remove":
            key = await self._remove(turn, int(number))
        elif self._door.access == "listed":
            await self._services.reply(turn, "access_listed")
            return
        else:
            key = _ADDED[await self._memory.open_chat(int(number), turn.who.user)]
        LOG.info("an owner changed who may ask: %s", key)
        await self._services.reply(turn, key, user=number)

    async def loglevel(self, turn: MessageTurn) -> None:
        """Handle /loglevel: of our own records only; those of libraries may hold whole messages."""
        say, wanted = turn.say, after_command(turn.message).upper()
        if wanted in LEVELS:
            for name in _OURS:
                logging.getLogger(name).setLevel(wanted)
        level = logging.getLevelName(logging.getLogger("bot").getEffectiveLevel())
        lines = [say.text("loglevel_is", level=str(level))]
        if level == "DEBUG":
            lines.append(say.text("loglevel_debug"))
        await self._send_lines(turn, lines)

    async def _remove(self, turn: MessageTurn, user: int) -> str:
        if not self._memory.has_rights(user):
            return "users_unknown"
        if self._memory.owners == {user}:
            return "users_last_owner"
        was_owner = user in self._memory.owners
        kept = await self._memory.shut_out(user)
        if was_owner and kept != "in":
            await withdraw(turn.message.get_bot(), user)
        return _REMOVED[kept]

    def _access_lines(self, say: Catalogue) -> list[str]:
        def ids(numbers: set[int] | frozenset[int]) -> list[str]:
            return [str(one) for one in sorted(numbers)] or [say.text("users_none")]

        lines = [
            say.text("users_access", access=self._door.access),
            say.text("users_owners", users=ids(self._memory.owners)),
            say.text("users_chats", chats=ids(self._memory.chats)),
        ]
        if self._door.allowed:
            lines.append(say.text("users_listed", chats=ids(self._door.allowed)))
        return [*lines, say.text("users_explain")]

    async def _send_lines(self, turn: MessageTurn, lines: list[str]) -> None:
        await self._services.sender.line(turn.target, "\n".join(lines))


def _milliseconds(seconds: float, say: Catalogue) -> str:
    """Return a bound of the histogram in words; the highest has none."""
    return say.number(round(1000 * seconds)) if seconds < float("inf") else "∞"
