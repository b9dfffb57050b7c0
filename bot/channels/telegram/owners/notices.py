"""What owners are told without having asked, each in private and in their own language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telegram.constants import KeyboardButtonStyle

from bot.channels.telegram.access.language import catalogue_for
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.rich_text import line
from bot.channels.telegram.messages.sender import Target
from bot.watching import Said


@dataclass(frozen=True, slots=True)
class Button:
    """A button under what owners are told: a text of the catalogue, and what a press of it does to what."""

    key: str
    op: str
    subject: str = ""
    style: str | None = None


_INSIST: Final = (Button("button_publish", callback_data.PUBLISH, style=KeyboardButtonStyle.DANGER),)


class Notices:
    """Tells every owner who did not block the bot."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def tell(self, said: Said, buttons: Sequence[Button] = ()) -> bool:
        """Tell owners; return whether one of them has it."""
        services, told = self._services, False
        buttons = buttons or (_INSIST if said.insistable else ())
        for owner in sorted(services.memory.owners):
            if services.memory.inactive(owner):
                continue
            say = catalogue_for(services.memory.language(owner), None)
            board = services.board(owner, say)
            target = Target(owner, None, 0, True, owner, say)
            rows = [[board.button(say.text(one.key), one.op, one.subject, style=one.style)] for one in buttons]
            blocks = [line(text) for text in said.text(say).split("\n")]
            told |= await services.sender.notice(target, blocks, board.markup(rows))
        return told
