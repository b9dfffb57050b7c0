"""Keeping the token out of every log: two noisy loggers are quietened, and a filter blots out what still comes."""

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

_TOKEN_SHAPE = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
# They write each address they call, and the address holds the token.
_NOISY = ("httpx", "httpcore")


class TokenFilter(logging.Filter):
    """Replace the token, and whatever looks like one, in the message and in the traceback of a record.

    >>> TokenFilter("123456:secret").redact("POST /bot123456:secret/getMe")
    'POST /bot<token>/getMe'
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def redact(self, text: str) -> str:
        """Return `text` without the token."""
        return _TOKEN_SHAPE.sub("<token>", text.replace(self._token, "<token>"))

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (clean := self.redact(message)) != message:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0] is not None:
            text = record.exc_text or "".join(traceback.format_exception(*record.exc_info)).rstrip()
            if (clean := self.redact(text)) != text:
                # Some handlers format exc_info themselves, so it must go; the text stays.
                record.exc_info, record.exc_text = None, clean
        return True


def _handlers() -> set[logging.Handler]:
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    handlers = {handler for one in loggers if isinstance(one, logging.Logger) for handler in one.handlers}
    return handlers | ({logging.lastResort} if logging.lastResort else set())


@contextmanager
def redact_logs(token: str) -> Iterator[None]:
    """Keep every log handler known now from writing the token."""
    token_filter = TokenFilter(token)
    handlers = _handlers()
    levels = {name: logging.getLogger(name).level for name in _NOISY}
    for handler in handlers:
        handler.addFilter(token_filter)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(token_filter)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
