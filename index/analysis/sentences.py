"""Find where the sentences of a text begin and end, and count its words, in any script.

A small splitter made of one regular expression and short lists: no model, no language to be known. It would
rather leave two sentences together ("in the U.S. Senate") than cut one in half.
"""

import re

from index.analysis.scripts import SOUTHEAST_ASIAN, letters

# Marks that end a sentence even with no space after them, as their scripts are written.
_WIDE_MARKS = "。！？｡؟۔।॥።။។"
_WIDE = rf"(?<=[{_WIDE_MARKS}])[{_WIDE_MARKS}]*[\"'”’»)\]}}」』）】》]*"
# “ and « close a quotation in German and Danish; touching the mark before them they never open one.
_MARKS = ".!?…։"
_MARK = rf"(?<=[{_MARKS}])(?<![{_MARKS}]{{2}})[{_MARKS}]*+[\"'”’“»«)\]}}]*(?:\[\d{{1,3}}\])*(?=\s|$)"
_ASKING = ("?", "؟", "？", "፧", "\u037e")
_WORD_AFTER = r"(?=\s*[\"'“‘«„(\[]*(?P<after>\w*))"
# One set of letters in front, which is found fast, and behind it which of them it was.
_END = re.compile(rf"[{_WIDE_MARKS}{_MARKS}\n](?:{_WIDE}|{_MARK}{_WORD_AFTER}|(?<=\n))")
_WORD_BEFORE = re.compile(r"(?:.*[\s(\[{\"'“‘«„])?(.*)", re.DOTALL)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)*[^\W\d_]\.|[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+\.")


def _listed(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_TITLES = _listed(
    "mr mrs ms mx dr prof st messrs gen lt col maj capt cmdr sgt adm brig hon rev fr sen rep gov pres amb supt insp "
    "vs cf eg ie viz approx fig figs vol ch pp ed eds mt ft dept "
    "mme mlle mgr sra srta dra dña ing lic herr bzw ca vgl sog usw dipl "
    "г гг ул им см стр рис др проф акад тов руб тыс"
)
# These close a name or a list as often as a sentence: the word after them decides.
_MAYBE = _listed("inc corp ltd co bros jr sr etc al plc llc est esq")
_BEFORE_NUMBER = _listed("no nos nr n° art sec para p jan feb mar apr jun jul aug sep sept oct nov dec № п ст")
_STARTERS = _listed(
    "the a an this that these those there he she it they we you i his her its their our my in on at by for from with "
    "as and but or so if when while after before since although however meanwhile then also to of no not what who why "
    "how where yet still one some many most all both each another such under over during until according "
    "der die das ein eine er sie es wir ich und aber im am in le la les un une il elle nous ils mais el los las una "
    "él ella pero en он она они это но и в на по мы я"
)
_MONTHS = _listed(
    "januar jänner februar märz april mai juni juli august september oktober november dezember "
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"
)

_UNSPACED = SOUTHEAST_ASIAN + letters("kana", "han", "han compatibility")
_LONGEST_WORD = 80
_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s{_UNSPACED}]{{1,{_LONGEST_WORD}}}")
_WITHOUT_SPACES = re.compile(f"[{_UNSPACED}]")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of `text` as half-open ranges of code points, in order, without the spaces around them.

    Ranges never overlap and together hold every character that is not white space. A line break ends a
    sentence.

    >>> sentences("He paid $3.5 bn. Mr. Ito left.")
    [(0, 16), (17, 30)]
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in _END.finditer(text):
        after = end["after"]
        if after is None or _closes(text, start, end.start(), after):
            _add(spans, text, start, end.end())
            start = end.end()
    _add(spans, text, start, len(text))
    return spans


def is_question(text: str) -> bool:
    """Return whether `text` ends as a question does, in Greek too, which has a semicolon there.

    >>> is_question("Where is it?"), is_question("Πού είναι;"), is_question("It is here;")
    (True, True, False)
    """
    return text.endswith(_ASKING) or (text.endswith(";") and "\u0370" <= text[-2:-1] <= "\u03ff")


def words(text: str) -> list[tuple[int, int]]:
    """Return the words of `text` as half-open ranges of code points; a rough measure of length, not an analysis.

    A word is a run without spaces, of at most 80 characters; of Han, Kana, Thai, Lao, Burmese and Khmer, which
    write no spaces, two characters count as one.

    >>> words("a 新しい")
    [(0, 1), (2, 4), (4, 5)]
    """
    return [found.span() for found in _WORD.finditer(text)]


def count_words(text: str) -> int:
    """Return how many words `text` has, as `words` finds them.

    >>> count_words("a 新しい")
    3
    """
    # Splitting at spaces counts the same but in scripts without them and in endless runs, and is much faster.
    if text.isascii() or not _WITHOUT_SPACES.search(text):
        pieces = text.split()
        if len(text) <= _LONGEST_WORD or max(map(len, pieces), default=0) <= _LONGEST_WORD:
            return len(pieces)
    return len(_WORD.findall(text))


def fewer_words(text: str, limit: int) -> bool:
    """Return whether `text` has fewer than `limit` words, often without looking at each."""
    if len(text) <= 1:
        return True
    # Splitting at spaces never counts more words than `words` does, and is much faster.
    pieces = len(text.split(None, limit))
    if pieces >= limit:
        return False
    # Only a run of more than 80 characters, or one of a script without spaces, counts as several.
    if pieces + len(text) // _LONGEST_WORD < limit and not _WITHOUT_SPACES.search(text):
        return True
    return len(words(text)) < limit


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Add text[start:end] without the spaces around it, if there is anything else."""
    piece = text[start:end]
    if bare := piece.lstrip():
        spans.append((end - len(bare), start + len(piece.rstrip())))


def _closes(text: str, start: int, mark: int, follower: str) -> bool:
    """Return whether the marks at text[mark] close the sentence that began at `start`; `follower` is the next word."""
    if not follower:
        return True
    if follower[0].islower():
        # A line break between them is met next, and ends the sentence by itself.
        return False
    if text[mark] != "." or text[mark : mark + 2] == "..":
        return True
    return not _is_abbreviation(text[max(start, mark - 24) : mark + 1], follower)


def _is_abbreviation(before: str, follower: str) -> bool:
    """Return whether the full stop that ends `before` belongs to its last word: ("said Mr.", "Ito") -> True."""
    found = _WORD_BEFORE.match(before)
    token = found[1] if found is not None else ""
    word = token[:-1].casefold()
    if word in _TITLES:
        return True
    if word in _BEFORE_NUMBER and follower[0].isdigit():
        return True
    if word.isdigit():
        # "1. Open the lid" at the start of a sentence, "3. Oktober" within one.
        return len(word) <= 2 and (before.strip() == token or follower.casefold() in _MONTHS)
    if word in _MAYBE or ((len(word) <= 1 or "." in word) and _INITIALS.fullmatch(token)):
        return follower.casefold() not in _STARTERS
    return False
