"""The commands of owners and of people's own affairs; every owner's one looks who speaks, every time."""

from collections.abc import Awaitable, Callable

from telegram import CallbackQuery, Message

from bot.channels.telegram.access.admission import Admission
from bot.channels.telegram.access.door import Asker, Door, asker
from bot.channels.telegram.conversation.callback import Outcome, Place, handled
from bot.channels.telegram.memory.memory import Memory
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Seal
from bot.channels.telegram.owners.privacy import Privacy
from bot.channels.telegram.owners.status import Owners
from bot.channels.telegram.owners.uploads import Uploads

Handle = Callable[[Message], Awaitable[None]]


class Desk:
    """Privacy, language, and the owners' tools; without a library (`uploads` None) those that need none.

    `document` takes a file that somebody sent.
    """

    def __init__(
        self,
        door: Door,
        memory: Memory,
        admission: Admission,
        seal: Seal,
        privacy: Privacy,
        owners: Owners,
        uploads: Uploads | None,
    ) -> None:
        self._door = door
        self._memory = memory
        self._admission = admission
        self._seal = seal
        self._privacy = privacy
        self._owners = owners
        self._uploads = uploads
        self._rebuilding = uploads.rebuilding if uploads else None
        self.document: Handle | None = uploads.document if uploads else None

    def commands(self) -> dict[str, Handle]:
        """What every command does, by its name."""
        owners, privacy = self._owners, self._privacy
        named: dict[str, Handle] = {
            "status": owners.status,
            "misses": owners.misses,
            "evalset": owners.evalset,
            "users": owners.users,
            "loglevel": owners.loglevel,
        }
        if self._uploads and self._rebuilding:
            named |= {"rebuild": self._rebuilding.command, "add": self._uploads.command}
        own: dict[str, Handle] = {"privacy": privacy.privacy, "forget": privacy.forget}
        named = {name: self._for_owners(handle) for name, handle in named.items()}
        return named | {"language": privacy.language} | {name: self._calmly(handle) for name, handle in own.items()}

    def knows(self, data: object) -> bool:
        """Whether a button is one of ours; whether it is genuine is looked at when it is pressed."""
        return isinstance(data, str) and data[1:2] in callback_data.DESK

    async def pressed(self, query: CallbackQuery) -> None:
        """One of our buttons; the role of whoever presses it is looked up now."""
        await handled(query, self._memory, self._outcome)

    async def close(self) -> None:
        """Gives up what is running."""
        if self._rebuilding:
            await self._rebuilding.close()

    async def _outcome(self, query: CallbackQuery, place: Place) -> Outcome:
        press = self._seal.read(query.data or "", place.chat)
        if press is None:
            return place.alert("expired")
        if press.op not in (callback_data.CANCEL, callback_data.PUBLISH):
            return await self._privacy.pressed(place, press)
        who = Asker(query.from_user.id, place.chat, private=place.chat > 0)
        if self._rebuilding is None or not self._door.owns(who):
            return place.alert("owner_only")
        return await self._rebuilding.pressed(place, press)

    def _for_owners(self, handle: Handle) -> Handle:
        async def run(message: Message) -> None:
            who = asker(message)
            if self._door.owns(who) and who.private:
                await handle(message)
            elif self._door.owns(who):
                await self._owners.say(message, "private_only")
            # In a group it may be meant for another bot.
            elif who.private and await self._admission.admitted(message):
                await self._owners.say(message, "owner_only")

        return run

    def _calmly(self, handle: Handle) -> Handle:
        """For everybody, let in or not, but not without end."""

        async def run(message: Message) -> None:
            if await self._admission.calm(message):
                await handle(message)

        return run
