"""The PDF documents that `benchmarks.round_trip` writes: in one column and two, in several styles of print.

Of a ligature, and of a presentation form in the articles themselves, the print tells the common letters; of marks on
a ligature not the letter each stands on: both sides are compared by what it tells. Their Arabic is what a screen
shows: presentation forms by arabic-reshaper, in the order of Unicode's bidirectional algorithm by python-bidi; without
these packages no PDF is written.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from benchmarks.round_trip_formats import Format, Written
from tests.pdf_writer import Style, typeset

_NEEDED = {"python-bidi": "bidi", "arabic-reshaper": "arabic_reshaper", "pypdfium2": "pypdfium2"}

_ARABIC_MARK: Final = "\N{ARABIC LETTER MARK}"
_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_FORMS: Final = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
_MARKS: Final = "[\u064b-\u0655\u0670]*"
_ON_LIGATURE: Final = re.compile(
    f"\u0627?{_MARKS}\u0644{_MARKS}\u0644{_MARKS}\u0647{_MARKS}|\u0644{_MARKS}[\u0627\u0622\u0623\u0625]{_MARKS}"
)


def missing() -> str:
    """Return what is missing to write and read PDF documents, "" where nothing is."""
    absent = [package for package, module in _NEEDED.items() if find_spec(module) is None]
    return f"needs `pip install {' '.join(absent)}`" if absent else ""


def _pdf(columns: int, *, justified: bool, indented: bool, by_rows: bool = False) -> Callable[[Written], bytes]:
    """Return what writes an article: a title above paragraphs set apart by an indent, or by space."""

    def write(article: Written) -> bytes:
        right = _is_arabic(" ".join(article.paragraphs))
        style = Style(
            columns,
            justified=justified,
            indent=12.0 if indented else 0.0,
            space=0.0 if indented else 6.0,
            numbered=True,
            by_rows=by_rows,
            right_to_left=right,
            shown=_shown if right else str,
        )
        return typeset(article.title, article.paragraphs, style, {"Title": "untitled", "Producer": "round trip"})

    return write


def _shown(line: str) -> str:
    from bidi.algorithm import get_display

    # Numbers behind an Arabic letter, be it on the line before, are ordered as this mark would have them.
    return str(get_display(f"{_ARABIC_MARK}{_shaper().reshape(line)}", base_dir="R")).replace(_ARABIC_MARK, "")


def told(text: str) -> str:
    """Return what the print of a text tells: common letters, no joiners, marks on a ligature behind its last letter.

    >>> told("\u0641\u0636\u0644\u064b\u0627") == "\u0641\u0636\u0644\u0627\u064b"
    True
    """
    letters = _FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text.replace(_JOINER, ""))
    return _ON_LIGATURE.sub(_marks_behind, letters)


def _marks_behind(found: re.Match[str]) -> str:
    marks = "".join(sorted(filter(unicodedata.combining, found[0])))
    return "".join(sign for sign in found[0] if not unicodedata.combining(sign)) + marks


@cache
def _shaper() -> Any:
    import arabic_reshaper

    return arabic_reshaper.ArabicReshaper({"delete_harakat": False, "support_ligatures": True})


def _is_arabic(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return 3 * sum("\u0600" <= sign <= "\u06ff" for sign in letters) > len(letters)


PDF: Final = {
    "pdf, one column": Format(".pdf", page=_pdf(1, justified=False, indented=False), dated=False, told=told),
    "pdf, one column, justified": Format(".pdf", page=_pdf(1, justified=True, indented=True), dated=False, told=told),
    "pdf, two columns": Format(".pdf", page=_pdf(2, justified=False, indented=True), dated=False, told=told),
    "pdf, two columns, drawn by rows": Format(
        ".pdf", page=_pdf(2, justified=True, indented=False, by_rows=True), dated=False, told=told
    ),
}
