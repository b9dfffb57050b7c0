"""The update that is being worked on, and whether all it still needs is its turn to speak in a chat."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

# A chat, and whether the bot is only a guest in it.
Lane = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """The turn to send something to a chat, or `to_edit` something there."""

    chat: int
    to_edit: bool = False


@dataclass(eq=False, slots=True)
class InHand:
    """An update in hand of a `person`; those of one `lane` are worked on one after another. `turn`: what it waits for
    now."""

    lane: Lane | None
    person: int | None = None
    turn: ChatTurn | None = None


IN_HAND: Final[ContextVar[InHand | None]] = ContextVar("in_hand", default=None)


@contextmanager
def waiting(turn: ChatTurn | None) -> Iterator[None]:
    """Note that the update that is being worked on waits for nothing but that turn; None is none."""
    if (hand := IN_HAND.get()) is None or turn is None:
        yield
        return
    before, hand.turn = hand.turn, turn
    try:
        yield
    finally:
        hand.turn = before
