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
    """Replaces the token, and whatever looks like one, in the message and in the traceback of a record.

    `TokenFilter("123456:secret")` turns `POST /bot123456:secret/getMe` into `POST /bot<token>/getMe`.
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def blot(self, text: str) -> str:
        """`text` without the token."""
        return _TOKEN_SHAPE.sub("<token>", text.replace(self._token, "<token>"))

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (clean := self.blot(message)) != message:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0] is not None:
            text = record.exc_text or "".join(traceback.format_exception(*record.exc_info)).rstrip()
            if (clean := self.blot(text)) != text:
                # Some handlers format exc_info themselves, so it must go; the text stays.
                record.exc_info, record.exc_text = None, clean
        return True


def _handlers() -> list[logging.Handler]:
    found = {id(handler): handler for handler in logging.getLogger().handlers}
    for known in logging.root.manager.loggerDict.values():
        if isinstance(known, logging.Logger):
            found |= {id(handler): handler for handler in known.handlers}
    if logging.lastResort is not None:
        found[id(logging.lastResort)] = logging.lastResort
    return list(found.values())


@contextmanager
def redacted(token: str) -> Iterator[None]:
    """While it lasts, no log handler known now writes the token."""
    blotter = TokenFilter(token)
    handlers = _handlers()
    levels = {name: logging.getLogger(name).level for name in _NOISY}
    for handler in handlers:
        handler.addFilter(blotter)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(blotter)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
