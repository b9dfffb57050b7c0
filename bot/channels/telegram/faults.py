"""What Telegram may refuse without harm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from telegram.error import TelegramError


@contextmanager
def tolerate(log: Callable[[str, str], None], text: str) -> Iterator[None]:
    """Pass over what Telegram refuses; log `text` with the kind of the error, for its message may hold the token."""
    try:
        yield
    except TelegramError as error:
        log(text, type(error).__name__)
