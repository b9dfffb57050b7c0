"""Text as a tokenizer of strangers may see it: short, in one normal form, and without what none expects."""

import re
import unicodedata
from typing import Final

# A text of 128 tokens is shorter; a single character can become 18 (U+FDFA).
_MOST: Final = 4096
_UNSEEN: Final = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029]+")


def plain(text: str) -> str:
    """Return the beginning of a text, at most 4,096 characters, in NFKC, on one line, without lone surrogates.

    >>> plain("Two\\x00 lines\\nof ｗｉｄｅ text")
    'Two lines of wide text'
    """
    short = unicodedata.normalize("NFKC", text[:_MOST].encode("utf-8", "replace").decode())
    return " ".join(_UNSEEN.sub(" ", short[:_MOST]).split())
