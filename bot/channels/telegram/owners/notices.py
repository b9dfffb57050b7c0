"""What owners are told without having asked, each in private and in their own language."""

from telegram.constants import KeyboardButtonStyle

from bot.channels.telegram.access.language import catalogue_for
from bot.channels.telegram.conversation.services import Services
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.keyboards import Board, Row
from bot.channels.telegram.messages.rich_text import line
from bot.channels.telegram.messages.sender import Target
from bot.watching import Said


class Notices:
    """Tells every owner who did not block the bot."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def tell(self, said: Said) -> bool:
        """Tell owners; return whether one of them has it."""
        services, told = self._services, False
        for owner in sorted(services.memory.owners):
            if services.memory.inactive(owner):
                continue
            say = catalogue_for(services.memory.language(owner), None)
            board = services.board(owner, say)
            target = Target(owner, None, 0, True, owner, say)
            blocks = [line(text) for text in said.text(say).split("\n")]
            told |= await services.sender.notice(target, blocks, board.markup(_rows(said, board)))
        return told


def _rows(said: Said, board: Board) -> list[Row]:
    if not said.insistable:
        return []
    label, style = board.say.text("button_publish"), KeyboardButtonStyle.DANGER
    return [[board.button(label, callback_data.PUBLISH, style=style)]]
