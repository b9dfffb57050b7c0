"""👍 and 👎 set as reactions to an answer: thumbs, like those of the buttons under it."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final, Literal

from telegram import MessageReactionUpdated, ReactionType, ReactionTypeEmoji

from bot.channels.flood import PRESS
from bot.channels.telegram.access.door import Asker
from bot.channels.telegram.conversation.services import Services

_THUMBS: Final[MappingProxyType[str, Literal[1, -1]]] = MappingProxyType({"👍": 1, "👎": -1})


class Reactions:
    """Count the thumbs of reactions. Telegram tells of them in private chats, and in groups to administrators."""

    def __init__(self, services: Services) -> None:
        self._door = services.door
        self._admission = services.admission
        self._answers = services.memory.answers
        self._presenter = services.presenter

    async def count(self, change: MessageReactionUpdated) -> None:
        """Count a thumb that was set or taken away on an answer; it takes the place of that person's button."""
        who = change.user or change.actor_chat
        was, now = _thumb(change.old_reaction), _thumb(change.new_reaction)
        if who is None or was == now:
            return
        asker = Asker(who.id, change.chat.id, private=change.chat.id > 0)
        if not self._door.admits(asker) or not self._admission.has_left(asker, PRESS):
            return
        stored = self._answers.find_by_message(change.chat.id, change.message_id)
        if stored is None:
            return
        mine = self._answers.votes(stored.id, who.id).mine
        # The same thumb once more takes it back.
        value = now if now is not None and now != mine else was if now is None and was == mine else None
        shown = self._presenter.passage_shown(change.chat.id, change.message_id)
        if value is not None and shown < len(stored.passages):
            await self._answers.vote(stored, who.id, value, stored.passages[shown])


def _thumb(reactions: Sequence[ReactionType]) -> Literal[1, -1] | None:
    emoji = (one.emoji for one in reactions if isinstance(one, ReactionTypeEmoji))
    return next((_THUMBS[one] for one in emoji if one in _THUMBS), None)
