"""The commands of owners and of people's own affairs; every owner's one looks who speaks, every time."""

from typing import Protocol

from bot.channels.telegram.access.turn import ButtonTurn, Handle, MessageTurn
from bot.channels.telegram.conversation.callback import Outcome, alert
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press
from bot.channels.telegram.owners.privacy import Privacy
from bot.channels.telegram.owners.rebuild import Rebuilding
from bot.channels.telegram.owners.status import OwnerCommands
from bot.channels.telegram.owners.uploads import Uploads


class ChannelDesk(Protocol):
    """What owners say of channels, see `bot.channels.telegram.posts.channels`."""

    async def handle_press(self, turn: ButtonTurn, press: Press) -> Outcome: ...

    async def remove(self, turn: MessageTurn) -> None: ...


class Desk:
    """Privacy, language, and the owners' tools; without a library those that need none.

    `document` takes a file that somebody sent; `otherwise` handles the files of everybody but owners; `channels` are
    those that owners are asked about.
    """

    def __init__(self, services: Services, otherwise: Handle, channels: ChannelDesk | None = None) -> None:
        self._channels = channels
        self._services = services
        self._privacy = Privacy(services)
        self._owners = OwnerCommands(services)
        library = services.options.library
        self._rebuilding = Rebuilding(services, library) if library else None
        self._uploads = Uploads(services, self._rebuilding, otherwise) if self._rebuilding else None
        self.document: Handle | None = self._uploads.document if self._uploads else None

    def commands(self) -> dict[str, Handle]:
        """Return what every command does, by its name."""
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
        if self._channels:
            named["remove"] = self._channels.remove
        return {
            **{name: self._for_owners(handle) for name, handle in named.items()},
            "language": self._services.admission.gate(privacy.language),
            "privacy": self._rate_limited(privacy.privacy, "privacy"),
            "forget": self._rate_limited(privacy.forget),
        }

    def knows(self, data: object) -> bool:
        """Return whether a button is one of ours; whether it is genuine is looked at when it is pressed."""
        return isinstance(data, str) and data[1:2] in callback_data.DESK

    async def decide(self, turn: ButtonTurn) -> Outcome:
        """Return what one of our buttons does; the role of whoever presses it is looked up now."""
        if too_fast := self._services.admission.too_fast(turn, asks=False):
            return Outcome(too_fast)
        press = self._services.seal.read(turn.query.data or "", turn.who.chat)
        if press is None:
            return alert(turn, "expired")
        if press.op in (callback_data.FORGET, callback_data.LANGUAGE):
            return await self._privacy.handle_press(turn, press)
        if self._rebuilding is None or self._channels is None or not self._services.door.owns(turn.who):
            return alert(turn, "owner_only")
        if press.op in (callback_data.TAKE_IN, callback_data.LEAVE_OUT):
            return await self._channels.handle_press(turn, press)
        return await self._rebuilding.handle_press(turn, press)

    async def close(self) -> None:
        """Give up what is running."""
        if self._rebuilding:
            await self._rebuilding.close()

    def _for_owners(self, handle: Handle) -> Handle:
        async def run(turn: MessageTurn) -> None:
            owns = self._services.door.owns(turn.who)
            if owns and turn.who.private:
                await handle(turn)
            elif owns:
                await self._services.reply(turn, "private_only")
            # In a group it may be meant for another bot.
            elif turn.who.private and await self._services.admission.admit(turn):
                await self._services.reply(turn, "owner_only")

        return run

    def _rate_limited(self, handle: Handle, about: str = "") -> Handle:
        """Return `handle` for everybody, let in or not, but not without end; with `about` once a day for strangers."""
        admission = self._services.admission

        async def run(turn: MessageTurn) -> None:
            if await admission.within_limits(turn) and (not about or admission.may_be_told(turn, about)):
                await handle(turn)

        return run
