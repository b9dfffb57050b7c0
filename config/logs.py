"""Write log records to stderr, one line each, without secrets.

2031-05-04 10:22:07 WARNING bot.channels.telegram: no reply from api.telegram.org, next try in 4 s
"""

import logging
import re
import sys

# In a URL the colon may be written as %3A.
_TOKEN = re.compile(r"[0-9]+(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
# A record of two lines could be forged by whoever writes to the bot, and escape codes reach the terminal.
_CONTROLS = {
    code: repr(chr(code))[1:-1]
    for code in (*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
} | {9: " "}


def redacted(text: str) -> str:
    """Return `text` with every Bot API token replaced.

    >>> redacted(f"POST /bot12345:{'A' * 35}/getMe")
    'POST /bot[token]/getMe'
    """
    return _TOKEN.sub("[token]", text)


def set_up(level: str) -> None:
    """Send records of `level` ("DEBUG" to "CRITICAL") and above to stderr; a second call replaces the first.

    Raises ValueError for an unknown level.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S"))
    root = logging.getLogger()
    root.setLevel(level)
    for other in root.handlers[:]:
        if isinstance(other.formatter, _OneLine):
            root.removeHandler(other)
    root.addHandler(handler)


class _OneLine(logging.Formatter):
    # Redacting here and not in a filter covers the traceback too, and leaves the record as it was for others.
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record).translate(_CONTROLS))
