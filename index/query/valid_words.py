"""Tell whether a word is one of its language, however few articles hold it.

The package pyspellchecker has a list of words for each of a dozen languages. It corrects by them, which is no use here;
the lists alone tell a word that the articles happen to lack from a misspelt one. A list stays the bytes it is stored
as, in each line a word and how often it was counted: to look one up takes about a millisecond, and to make a set of
hundreds of thousands takes longer than most programs run.
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
    return f'\n"{word}":'.encode(errors="surrogatepass") in _list(language)


def has_list(language: str) -> bool:
    """Return whether there is a list of words of a language."""
    return bool(_list(language))


@cache
def _list(language: str) -> bytes:
    """Return the lines `"word": count` of a language, b"" where there is no list."""
    found = find_spec(_PACKAGE) if language.isalpha() and language.isascii() else None
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "resources" / f"{language}.json.gz"
        if path.is_file():
            return gzip.decompress(path.read_bytes())
    return b""
