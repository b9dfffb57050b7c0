"""The PDF documents that `benchmarks.round_trip` writes: in one column and two, in several styles of print.

Their Arabic is what a screen shows: presentation forms by arabic-reshaper, in the order of Unicode's bidirectional
algorithm by python-bidi; without these packages no PDF is written.
"""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from benchmarks.round_trip_formats import Format, Written
from tests.pdf_writer import Style, typeset

_NEEDED = {"python-bidi": "bidi", "arabic-reshaper": "arabic_reshaper", "pypdfium2": "pypdfium2"}


def missing() -> str:
    """Return what is missing to write and read PDF documents, "" where nothing is."""
    absent = [package for package, module in _NEEDED.items() if find_spec(module) is None]
    return f"needs `pip install {' '.join(absent)}`" if absent else ""


def _pdf(columns: int, *, justified: bool, indented: bool, by_rows: bool = False) -> Callable[[Written], bytes]:
    """Return what writes an article: a title above paragraphs set apart by an indent, or by space."""

    def write(article: Written) -> bytes:
        right = _is_arabic(article.paragraphs[0])
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

    return str(get_display(_shaper().reshape(line), base_dir="R"))


@cache
def _shaper() -> Any:
    import arabic_reshaper

    return arabic_reshaper.ArabicReshaper({"delete_harakat": False, "support_ligatures": True})


def _is_arabic(text: str) -> bool:
    return sum("\u0600" <= sign <= "\u06ff" for sign in text) > len(text) / 3


PDF: Final = {
    "pdf, one column": Format(".pdf", page=_pdf(1, justified=False, indented=False), dated=False),
    "pdf, one column, justified": Format(".pdf", page=_pdf(1, justified=True, indented=True), dated=False),
    "pdf, two columns": Format(".pdf", page=_pdf(2, justified=False, indented=True), dated=False),
    "pdf, two columns, drawn by rows": Format(
        ".pdf", page=_pdf(2, justified=True, indented=False, by_rows=True), dated=False
    ),
}
