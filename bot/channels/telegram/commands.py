"""The commands that are no questions, and what people send that is neither."""

from telegram import Message

from bot.channels.telegram import texts
from bot.channels.telegram.access import Door, asker
from bot.channels.telegram.admission import Admission
from bot.channels.telegram.incoming import after_command
from bot.channels.telegram.options import Answering
from bot.channels.telegram.pairing import Pairing
from bot.channels.telegram.replies import Replies, reply_target
from index.errors import NoIndexError

EXAMPLES = 3
_PAIR_PAYLOAD = "pair_"


class Commands:
    """/start, /help, and a line for what cannot be understood."""

    def __init__(
        self, answerer: Answering, door: Door, admission: Admission, pairing: Pairing, replies: Replies, name: str
    ) -> None:
        self._answerer = answerer
        self._door = door
        self._admission = admission
        self._pairing = pairing
        self._replies = replies
        self._name = name

    async def help(self, message: Message) -> None:
        """/help: how to ask, here."""
        private = asker(message).private
        await self._say(message, texts.HELP_PRIVATE if private else texts.HELP_GROUP.format(name=f"@{self._name}"))

    async def unknown(self, message: Message) -> None:
        """A command that does not exist."""
        await self._say(message, texts.UNKNOWN)

    async def no_text(self, message: Message) -> None:
        """A voice message, a picture, a sticker."""
        await self._say(message, texts.ONLY_TEXT)

    async def start(self, message: Message) -> None:
        """/start, alone or with what a link carried."""
        who, payload = asker(message), after_command(message)
        if not who.private:
            return
        if payload.startswith(_PAIR_PAYLOAD) and self._door.access == "paired":
            await self._pairing.pair_with(message, who, payload.removeprefix(_PAIR_PAYLOAD))
        elif self._door.admits(who):
            await self._replies.line(reply_target(message), texts.welcome(self._examples()))
        else:
            await self._replies.line(reply_target(message), self._admission.refusal(who))

    async def _say(self, message: Message, text: str) -> None:
        if await self._admission.admitted(message):
            await self._replies.line(reply_target(message), text)

    def _examples(self) -> list[str]:
        try:
            return self._answerer.titles(EXAMPLES)
        except NoIndexError:
            return []
