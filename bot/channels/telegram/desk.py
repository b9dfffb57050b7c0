"""The commands of owners and of people's own affairs, registered in one place; every owner's one looks who speaks."""

from collections.abc import Awaitable, Callable

from telegram import CallbackQuery, Message

from bot.channels.telegram import buttons
from bot.channels.telegram.access import Asker, Door, asker
from bot.channels.telegram.admission import Admission
from bot.channels.telegram.buttons import Press
from bot.channels.telegram.library import Library
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.owners import Owners
from bot.channels.telegram.presenter import Presenter
from bot.channels.telegram.pressing import Outcome, Place
from bot.channels.telegram.privacy import Privacy
from bot.channels.telegram.rebuilding import Rebuilding
from bot.channels.telegram.replies import Replies, reply_target
from bot.channels.telegram.texts import spoken
from bot.channels.telegram.uploads import Uploads

Handle = Callable[[Message], Awaitable[None]]


class Desk:
    """Privacy, language, and the owners' tools; without a `library` those that need none."""

    def __init__(
        self,
        door: Door,
        memory: Memory,
        admission: Admission,
        presenter: Presenter,
        replies: Replies,
        metrics: Metrics,
        library: Library | None,
        otherwise: Handle,
    ) -> None:
        self._door = door
        self._memory = memory
        self._replies = replies
        self._otherwise = otherwise
        self._privacy = Privacy(door, memory, admission, presenter, replies)
        self._owners = Owners(door, memory, replies, metrics, library)
        self._rebuilding = Rebuilding(library, memory, presenter, replies) if library else None
        self._uploads = (
            Uploads(library, door, memory, self._rebuilding, replies, otherwise)
            if library and self._rebuilding
            else None
        )

    def commands(self) -> dict[str, Handle]:
        """Every command by its name."""
        owners = self._owners
        named = {
            "status": owners.status,
            "misses": owners.misses,
            "evalset": owners.evalset,
            "users": owners.users,
            "loglevel": owners.loglevel,
        }
        if self._rebuilding and self._uploads:
            named |= {"rebuild": self._rebuilding.command, "add": self._uploads.command}
        privacy = self._privacy
        free: dict[str, Handle] = {
            "privacy": privacy.privacy,
            "forget": privacy.forget,
            "language": privacy.language,
        }
        return free | {name: self._for_owners(handle) for name, handle in named.items()}

    async def document(self, message: Message) -> None:
        """A file in a private chat."""
        await (self._uploads.document if self._uploads else self._otherwise)(message)

    async def pressed(self, query: CallbackQuery, place: Place, press: Press) -> Outcome:
        """A button of ours; the role of whoever presses it is looked up now."""
        if press.op not in (buttons.CANCEL, buttons.PUBLISH):
            return await self._privacy.pressed(place, press)
        who = Asker(query.from_user.id, place.chat, private=place.chat > 0)
        if self._rebuilding is None or not self._door.owns(who):
            return place.alert("owner_only")
        return await self._rebuilding.pressed(place, press)

    async def close(self) -> None:
        """Gives up what is running."""
        if self._rebuilding:
            await self._rebuilding.close()

    def _for_owners(self, handle: Handle) -> Handle:
        async def run(message: Message) -> None:
            who, say = asker(message), spoken(self._memory, message.chat, message.from_user)
            if not self._door.owns(who):
                # In a group it may be meant for another bot.
                if who.private:
                    await self._replies.line(reply_target(message), say.text("owner_only"))
            elif not who.private:
                await self._replies.line(reply_target(message), say.text("private_only"))
            else:
                await handle(message)

        return run
