"""What a file is, by its name's ending and its first bytes: the format that it is read as, or why it is not read."""

import codecs
import re
from collections.abc import Container
from pathlib import Path
from typing import Final

from index.sources.fields.field_names import slot_of
from index.sources.files.endings import DISGUISES, ending, unread, why_unread
from index.sources.files.signatures import format_of_bytes
from index.sources.files.streams import UnusableError, head_of, is_packed, open_stream, refuse_magic
from index.sources.files.text_signatures import (
    format_of_json,
    format_of_plain,
    format_of_text,
    format_of_xml,
    root,
)
from index.sources.html.templates import TEMPLATE_ENDINGS

_HEAD_BYTES = 1 << 14
_TAIL_BYTES = 1 << 12
# Names of pages that a program makes; what was saved under one is HTML, what lies in the program's folder is code.
_DYNAMIC: Final = frozenset((".php", ".phtml", ".asp", ".aspx", ".jsp", ".shtml", ".shtm", ".cfm", ".cgi", ".do"))
_KEPT_PAGES: Final = frozenset((".mht", ".mhtml"))
_PLAIN: Final = frozenset((".txt", ".text", *DISGUISES))

# So that it matches in one way alone.
_COMMENTS = r"(?:<!--(?:(?!-->).)*-->\s*)*"
_HTML = re.compile(rf"\s*(?:<\?xml[^>]{{0,200}}\?>\s*)?{_COMMENTS}<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_FRAGMENT = re.compile(
    rf"\s*{_COMMENTS}<(p|div|h[1-6]|article|section|main|table|[uo]l|blockquote)\b[^<>]*>.*</\1\s*>",
    re.I | re.S,
)
# No other text is a page, a file of JSON or a script.
_MARKED_UP = re.compile(r"\s*[<{\[#]")
_TELEGRAM_PAGE = re.compile(r"<title>\s*Exported Data\s*</title>.*\bpage_wrap\b", re.S)
_CODE = re.compile(r"<\?(?:php|=)|<%")
_JSON = re.compile(r'\s*(?:\{\s*"[^"\n]{1,200}"\s*:|\[\s*\{\s*"[^"\n]{1,200}"\s*:)')
_JSON_LINE = re.compile(r'\s*\{\s*"[^"\n]{1,200}"\s*:[^\n]*\}\s*\n\s*\{\s*"')
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def format_of(path: Path, known: Container[str], *, named: bool) -> str:
    """Return the ending of the format that a file is read as: ".html" for a page that is called "index".

    `known` are the endings that have a reader. A file is looked at, and read as what its first bytes say; its name
    counts where they say nothing. One that is `named` itself is not told as no article by its name alone. Raises
    UnusableError with the reason, for its owner, when a file is not read, and OSError.
    """
    own = ending(path)
    reason = why_unread(path, named=named)
    if reason and own not in TEMPLATE_ENDINGS:
        raise UnusableError(reason)
    raw = head_of(path, _HEAD_BYTES, damaged=True)
    if found := format_of_bytes(raw, path, own):
        return _readable(found, own, known)
    refuse_magic(raw)
    head = _decoded(raw)
    if own in TEMPLATE_ENDINGS and head.startswith("---\n") and (made := ending(Path(path.stem))) in known:
        # A page of a site generator: what stands above it says so.
        return made
    if _MARKED_UP.match(head) and _HTML.match(head) and own not in _DYNAMIC:
        return ".telegram_page" if _TELEGRAM_PAGE.search(head) else ".html"
    if reason:
        raise UnusableError(reason)
    return _of_text(path, head, own, known, named=named)


def _of_text(path: Path, head: str, own: str, known: Container[str], *, named: bool) -> str:
    if not head or head.isspace():
        return own if own in known and own not in DISGUISES else ".txt"
    if found := format_of_text(head):
        return _readable(found, own, known)
    if own in _DYNAMIC:
        return _dynamic(head, named=named)
    if own == ".json":
        return _of_json(path, head, known)
    if own in known and own not in _PLAIN:
        return own
    return _looked_at(path, head, own, known, named=named)


def _readable(found: str, own: str, known: Container[str]) -> str:
    """Return a format that a file names itself; UnusableError where nothing reads it."""
    if own in _KEPT_PAGES and found == ".eml":
        # Pages are kept in the form of a mail.
        found = ".mht"
    if found in known:
        return found
    reason = unread(found)
    what, colon, step = reason.partition(": ")
    if own not in DISGUISES or unread(own) == reason or not colon:
        raise UnusableError(reason)
    raise UnusableError(f'{what} (named "{own}"){colon}{step}')


def _looked_at(path: Path, head: str, own: str, known: Container[str], *, named: bool) -> str:
    if own in DISGUISES:
        if len(_CONTROLS.findall(head)) > 0.01 * len(head) and not head.startswith("\ufeff"):
            raise UnusableError(unread(own) if own not in known else f'it does not begin as a file named "{own}" does')
    elif reason := unread(own):
        raise UnusableError(reason)
    if found := format_of_plain(head):
        return _readable(found, own, known)
    if _is_table(head):
        return ".tsv"
    if own in _PLAIN and not _MARKED_UP.match(head):
        return ".txt"
    return _marked_up(path, head, own, known, named=named)


def _marked_up(path: Path, head: str, own: str, known: Container[str], *, named: bool) -> str:
    if _JSON_LINE.match(head):
        return ".jsonl"
    if _JSON.match(head) and _closes(path):
        return _of_json(path, head, known)
    if _FRAGMENT.match(head):
        return ".html"
    if own == ".xml" or head.lstrip().startswith("<?xml") or root(head) == "svg":
        raise UnusableError(_xml(head))
    if head.startswith("#!") and not named:
        raise UnusableError("source code, not an article")
    return ".txt"


def _is_table(head: str) -> bool:
    """Return whether a text begins with the names of columns, as what spreadsheets save as a text does."""
    line, _, below = head.partition("\n")
    if "\t" not in line or line.count("\t") != below.partition("\n")[0].count("\t"):
        return False
    slots = {slot_of(name.strip(' "\r\ufeff'))[0] for name in line.split("\t")}
    return {"title", "text"} <= slots


def _decoded(raw: bytes) -> str:
    """Return the first characters of a file, as far as markup is concerned: ASCII is right in any encoding."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    head = raw.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    return head.replace("\r\n", "\n").replace("\r", "\n") if "\r" in head else head


def _of_json(path: Path, head: str, known: Container[str]) -> str:
    """Return what a file of JSON is read as; one of a kind without a reader of its own as any JSON, if it may be."""
    found = format_of_json(head, _decoded(_tail(path)))
    return ".json" if found not in known and not unread(found) else _readable(found, ".json", known)


def _xml(head: str) -> str:
    found = root(head)
    return unread(format_of_xml(head)) or (
        f"XML of a kind that is not read{f' (<{found}>)' if found else ''}; save it as text or HTML"
    )


def _dynamic(head: str, *, named: bool) -> str:
    if _CODE.search(head) and not named:
        raise UnusableError("source code, not an article")
    if _HTML.match(head) or _FRAGMENT.match(head) or named:
        return ".html"
    raise UnusableError("source code, not an article")


def _closes(path: Path) -> bool:
    """Return whether a file ends as JSON does; a text may begin with a bracket, too."""
    return is_packed(path) or _tail(path).strip(b"\0 \t\r\n").endswith((b"}", b"]"))


def _tail(path: Path) -> bytes:
    """Return the last bytes of a file, none of one that is packed."""
    if is_packed(path):
        return b""
    with open_stream(path) as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return stream.read()
