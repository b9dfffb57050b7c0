"""What the press of a button leads to, and the answer to Telegram, which comes first."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import CallbackQuery

from bot.channels.telegram.access.turn import ButtonTurn
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.channels.telegram.faults import tolerate

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said to the one who pressed, as a passing line or as an `alert`, and what is done after that."""

    text: str = ""
    alert: bool = False
    then: Callable[[], Awaitable[object]] | None = None


def alert(turn: ButtonTurn, key: str) -> Outcome:
    """Return one of the catalogue's texts, to be confirmed by the reader; nothing else happens."""
    return Outcome(turn.say.text(key), alert=True)


async def handle_callback(turn: ButtonTurn, decide: Callable[[ButtonTurn], Awaitable[Outcome]]) -> None:
    """Tell Telegram what `decide` made of a press, then do it."""
    outcome = await attempt(decide(turn))
    if isinstance(outcome, Fault):
        outcome = Outcome(outcome.text(turn.say), alert=True)
    await acknowledge(turn.query, outcome)
    if outcome.then is not None:
        await outcome.then()


async def acknowledge(query: CallbackQuery, outcome: Outcome) -> None:
    """Answer the press, so that the button stops spinning; a press that is too old is nobody's fault."""
    with tolerate(LOG.debug, "a press was not answered (%s)"):
        await query.answer(outcome.text or None, show_alert=outcome.alert)
