"""Tell whether a word is one of its language, however few articles hold it.

The package pyspellchecker has a list of words for each of a dozen languages. It corrects by them, which is no use here;
the lists alone tell a word that the articles happen to lack from a misspelt one. A list stays the bytes it is stored
as, each line a word and how often it was counted, in order: to make a set of hundreds of thousands of words would take
longer than most questions.
"""

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_PACKAGE: Final = "spellchecker"


def is_listed(word: str, language: str) -> bool:
    """Return whether `word`, in lower case, is in the list of a language; False where that has none.

    >>> is_listed("courtesy", "en"), is_listed("courtsey", "en"), is_listed("courtesy", "und")
    (True, False, False)
    """
    lines, wanted = _lines(language), word.encode(errors="surrogatepass")
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = lines.rfind(b"\n", low, middle) + 1 or low
        end = lines.find(b"\n", middle, high)
        end = high if end < 0 else end
        found = lines[start:end].split(b'"', 2)[1]
        if found == wanted:
            return True
        low, high = (end + 1, high) if found < wanted else (low, start)
    return False


def has_list(language: str) -> bool:
    """Return whether there is a list of words of a language."""
    return bool(_lines(language))


@cache
def _lines(language: str) -> bytes:
    """Return the lines `"word": count` of a language, b"" where there is no list."""
    found = find_spec(_PACKAGE) if language.isalpha() and language.isascii() else None
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "resources" / f"{language}.json.gz"
        if path.is_file():
            return gzip.decompress(path.read_bytes()).strip(b"{}\r\n")
    return b""
