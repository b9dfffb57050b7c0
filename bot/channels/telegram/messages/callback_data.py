"""What a button carries: 64 bytes at most, which only this bot can have written, for the chat they were written in.

    1 n k3j5x2ab c . hFTMVF3i        version, what to do, to what, how, and a keyed checksum

Nothing is kept for a button: it names an answer in the memory or an article of the index, so it works after a restart
and after a rebuild for as long as these are there.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

_VERSION: Final = "1"
_LONGEST: Final = 64
_CHECK: Final = 8
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"

# What a press does, and how many letters name what it does it to: an answer 8, an article or channel 10, a list none.
SHOW, BEFORE, AFTER, LIKE, HELPFUL, NOT_IT = "n", "b", "a", "l", "u", "d"
EXACT, DROP, ALONE = "e", "f", "z"
OPEN, BACKWARD, FORWARD, EXAMPLE = "o", "h", "g", "q"
TITLES, LATEST = "t", "k"
CANCEL, PUBLISH, FORGET, LANGUAGE = "c", "p", "x", "w"
TAKE_IN, LEAVE_OUT = "i", "j"
DESK: Final = (CANCEL, PUBLISH, FORGET, LANGUAGE, TAKE_IN, LEAVE_OUT)
_SUBJECT: Final = dict.fromkeys((SHOW, BEFORE, AFTER, LIKE, HELPFUL, NOT_IT, EXACT, DROP, ALONE), 8)
_SUBJECT.update(dict.fromkeys((OPEN, BACKWARD, FORWARD, EXAMPLE), 10))
_SUBJECT.update(dict.fromkeys((TITLES, LATEST, *DESK), 0) | dict.fromkeys((TAKE_IN, LEAVE_OUT), 10))


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: `subject` names the answer or article, `argument` is up to 4 letters."""

    op: str
    subject: str = ""
    argument: str = ""


class Seal:
    """Write and read the data of buttons, with a key derived from the bot's token.

    >>> seal = Seal("123456:token")
    >>> data = seal.write(Press("n", "k3j5x2ab", "c"), chat=7)
    >>> seal.read(data, chat=7), seal.read(data, chat=8)
    (Press(op='n', subject='k3j5x2ab', argument='c'), None)
    """

    def __init__(self, token: str) -> None:
        self._key = hmac.digest(token.encode(), b"quoth buttons 1", hashlib.sha256)

    def write(self, press: Press, chat: int) -> str:
        """Return the data of a button in `chat`; ValueError for a press that no button can carry."""
        body = f"{_VERSION}{press.op}{press.subject}{press.argument}"
        if _parse(body) != press:
            raise ValueError(f"a button cannot carry {press}")
        data = f"{body}.{self._check(body, chat)}"
        if len(data.encode()) > _LONGEST:
            raise ValueError(f"a button carries {_LONGEST} bytes at most, not {len(data.encode())}")
        return data

    def read(self, data: str, chat: int) -> Press | None:
        """Return what the button says; None when this bot did not write it for this chat, in this version."""
        body, _, check = data.rpartition(".")
        if not hmac.compare_digest(check.encode("utf-8", "replace"), self._check(body, chat).encode()):
            return None
        return _parse(body)

    def _check(self, body: str, chat: int) -> str:
        digest = hmac.digest(self._key, f"{body}|{chat}".encode("utf-8", "replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest)[:_CHECK].decode()


def _parse(body: str) -> Press | None:
    op, rest = body[1:2], body[2:]
    length = _SUBJECT.get(op)
    if body[:1] != _VERSION or length is None or not set(rest) <= set(_ALPHABET):
        return None
    if not length <= len(rest) <= length + 4:
        return None
    return Press(op, rest[:length], rest[length:])


def about_answer(press: Press) -> bool:
    """Return whether the press is about a stored answer, not about an article or a list."""
    return _SUBJECT[press.op] == 8


def letters(number: int, length: int) -> str:
    """Return `number` in so many letters, 5 bits each; ValueError when it does not fit.

    >>> letters(33, 2), number("bb")
    ('bb', 33)
    """
    if not 0 <= number < 32**length:
        raise ValueError(f"{number} does not fit into {length} letters")
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def number(text: str) -> int:
    """Return the number that `letters` wrote; ValueError for other letters."""
    value = 0
    for letter in text:
        value = value << 5 | _ALPHABET.index(letter)
    return value


def article_letters(article: str) -> str:
    """Return an article's id of 12 hex digits in 10 letters."""
    return letters(int(article, 16), 10)


def article_id(text: str) -> str:
    """Return the id that `article_letters` wrote."""
    return f"{number(text):012x}"
