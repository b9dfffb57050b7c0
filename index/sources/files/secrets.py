"""Keep keys out of the articles: what nobody may know must not be found by everybody who may ask."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from index.model import Article, Skipped

TOKEN: Final = "what looks like the token of a bot"  # noqa: S105 - words
PRIVATE_KEY: Final = "what looks like a private key"

# From the colon on, which is found at a tenth of the cost of the digits before it.
_TOKEN = re.compile(r":(?=[a-z0-9_-]{0,40}[A-Z])[A-Za-z0-9_-]{30,50}(?![A-Za-z0-9_-])")
_BOT = re.compile(r"(?<![0-9])[0-9]{5,16}\Z")
_LONGEST_BOT: Final = 17
# What stands before a key, and so much of it that nobody writes it to explain what one looks like.
_HEADS: Final = ("PRIVATE KEY", "AGE-SECRET-KEY-", "PuTTY-User-Key-File-")
_BODY = re.compile(r"[A-Za-z0-9+/=]{40,}")
_HEAD_WITHIN: Final = 700


def cleared(parts: Iterable[Article | Skipped]) -> Iterator[Article | Skipped]:
    """Yield articles without the paragraphs that hold the token of a bot, and a word for each that had any.

    An article that holds a private key, or a token anywhere but in some of its paragraphs, is told and left out.
    """
    for part in parts:
        if isinstance(part, Skipped) or not _is_secret(text := _whole(part)):
            yield part
        elif _has_key(text):
            yield Skipped(part.path, f"{PRIVATE_KEY}, not an article")
        else:
            yield from _without_tokens(part)


def _without_tokens(article: Article) -> Iterator[Article | Skipped]:
    kept = tuple([piece for piece in article.paragraphs if not has_token(piece.text)])
    if not kept or has_token(_whole(replace(article, paragraphs=()))):
        yield Skipped(article.path, f"{TOKEN}, not an article")
        return
    yield replace(article, paragraphs=kept)
    yield Skipped(article.path, f"{TOKEN}, left out with its paragraphs ({len(article.paragraphs) - len(kept)})")


def _whole(article: Article) -> str:
    stated = (article.title, article.key, article.source, article.url, article.author)
    return "\n".join([*filter(None, stated), *[piece.text for piece in article.paragraphs]])


def _is_secret(text: str) -> bool:
    return has_token(text) or _has_key(text)


def _has_key(text: str) -> bool:
    if not any(head in text for head in _HEADS):
        return False
    ranges = ((max(0, body.start() - _HEAD_WITHIN), body.start() + len(_HEADS[1])) for body in _BODY.finditer(text))
    return any(text.find(head, first, end) >= 0 for first, end in ranges for head in _HEADS)


def has_token(text: str) -> bool:
    """Return whether a text holds what looks like the token of a bot.

    >>> has_token("Set it to 123456789:" + "Ab3_-" * 7), has_token("Rain: at last")
    (True, False)
    """
    found = _TOKEN.search(text)
    while found is not None:
        if _BOT.search(text, max(0, found.start() - _LONGEST_BOT), found.start()):
            return True
        found = _TOKEN.search(text, found.start() + 1)
    return False
