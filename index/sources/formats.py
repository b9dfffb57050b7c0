"""What a file is, by its name's ending and its first bytes: the format that it is read as, or why it is not read."""

import codecs
import re
from collections.abc import Container
from pathlib import Path
from typing import Final

from index.sources.files.endings import ending, why_unread
from index.sources.files.streams import UnusableError, head_of, open_stream, refuse_magic
from index.sources.html.templates import TEMPLATE_ENDINGS

_HEAD_BYTES = 1 << 14
# Names of pages that a program makes; what was saved under one is HTML, what lies in the program's folder is code.
_DYNAMIC: Final = frozenset((".php", ".phtml", ".asp", ".aspx", ".jsp", ".shtml", ".shtm", ".cfm", ".cgi", ".do"))
# Office programs open HTML and tables under these names, so others save them so.
_DISGUISED: Final = frozenset((".doc", ".xls"))
_PLAIN: Final = frozenset((".txt", ".text"))

# So that it matches in one way alone.
_COMMENT = "<!--(?:(?!-->).)*-->"
_COMMENTS = rf"(?:{_COMMENT}\s*)*"
_HTML = re.compile(rf"\s*(?:<\?xml[^>]{{0,200}}\?>\s*)?{_COMMENTS}<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_FRAGMENT = re.compile(
    rf"\s*{_COMMENTS}<(p|div|h[1-6]|article|section|main|table|[uo]l|blockquote)\b[^<>]*>.*</\1\s*>",
    re.I | re.S,
)
_CODE = re.compile(r"<\?(?:php|=)|<%")
_JSON = re.compile(r'\s*(?:\{\s*"[^"\n]{1,200}"\s*:|\[\s*\{\s*"[^"\n]{1,200}"\s*:)')
_JSON_LINE = re.compile(r'\s*\{\s*"[^"\n]{1,200}"\s*:[^\n]*\}\s*\n\s*\{\s*"')
_XML_PROLOG = re.compile(rf"(?:<\?[^>]*\?>|{_COMMENT}|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>|\s+)*", re.S)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?=[\s/>])")
_ROOTS: Final = {
    "rss": "an RSS feed: not read yet; save its articles as HTML",
    "rdf:RDF": "an RSS feed: not read yet; save its articles as HTML",
    "feed": "an Atom feed: not read yet; save its articles as HTML",
    "opml": "a list of feeds, not an article",
    "svg": "an SVG picture, not an article",
    "urlset": "a sitemap, not an article",
    "sitemapindex": "a sitemap, not an article",
    "mediawiki": "an export of a wiki: not read yet; save its pages as HTML",
}
_INFO = re.compile(r"This is [^\n]{1,100}, produced by |\s*\x1f\s*File: |Info file: ")
_WORDPRESS = "wordpress.org/export/"
_MAIL_BEGINS = re.compile(r"(?:>?From \S+[^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t][^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_MAIL_ONLY = re.compile(
    r"^(?:MIME-Version|Message-ID|Received|Return-Path|Delivered-To|Content-Transfer-Encoding):", re.I | re.M
)
_ARCHIVED_PAGE = re.compile(r"^(?:From: <Saved by |Content-Type: multipart/related)", re.I | re.M)


def format_of(path: Path, known: Container[str], *, named: bool) -> str:
    """Return the ending of the format that a file is read as: ".html" for a page that is called "index".

    `known` are the endings that have a reader; any other file is looked at. One that is `named` itself is not told as
    no article by its name alone. Raises UnusableError with the reason, for its owner, when a file is not read, and
    OSError.
    """
    own = ending(path)
    reason = why_unread(path, named=named)
    if reason and own not in _DISGUISED and own not in TEMPLATE_ENDINGS:
        raise UnusableError(reason)
    head = _head(path)
    if own in TEMPLATE_ENDINGS and head.startswith("---\n") and (made := ending(Path(path.stem))) in known:
        # A page of a site generator: what stands above it says so.
        return made
    if _HTML.match(head) and own not in _DYNAMIC:
        return ".html"
    if reason:
        raise UnusableError(reason)
    if not head.strip():
        return own if own in known else ".txt"
    _refuse_by_first_bytes(head)
    if own in _DYNAMIC:
        return _dynamic(head, named=named)
    if own in known and own not in _PLAIN:
        return own
    return _looked_at(path, head, own, named=named)


def _looked_at(path: Path, head: str, own: str, *, named: bool) -> str:
    if _JSON_LINE.match(head):
        return ".jsonl"
    if _JSON.match(head) and _closes(path):
        return ".json"
    if _FRAGMENT.match(head):
        return ".html"
    if own == ".xml" or head.lstrip().startswith("<?xml") or _root(head) == "svg":
        raise UnusableError(_xml(head))
    if head.startswith("#!") and not named:
        raise UnusableError("source code, not an article")
    return ".txt"


def _head(path: Path) -> str:
    """Return the first characters of a file, as far as markup is concerned: ASCII is right in any encoding."""
    raw = head_of(path, _HEAD_BYTES)
    refuse_magic(raw)
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    return raw.removeprefix(codecs.BOM_UTF8).decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")


def _refuse_by_first_bytes(head: str) -> None:
    """Raise UnusableError for what no reader may take for a text, whatever it is called."""
    if head.startswith("{\\rtf"):
        raise UnusableError("an RTF document: not read yet; save it as text or HTML")
    if _INFO.match(head):
        raise UnusableError("a manual of Info: not read yet; save it as text or HTML")
    if head.startswith("%!PS"):
        raise UnusableError("a printer's document: not read yet; save its text")
    if mail := _MAIL_BEGINS.match(head):
        if _ARCHIVED_PAGE.search(mail[0]):
            raise UnusableError("a web archive: not read yet; save its pages as HTML")
        if _MAIL_ONLY.search(mail[0]):
            raise UnusableError("a mail: not read yet; save its text")
    # Markdown may begin with a picture.
    if _root(head) in _ROOTS.keys() - {"svg"}:
        raise UnusableError(_xml(head))


def _root(head: str) -> str:
    """Return the name of the element that an XML document begins with, "" for what is none."""
    if not head.lstrip().startswith("<"):
        return ""
    prolog = _XML_PROLOG.match(head)
    found = _ROOT.match(head, prolog.end()) if prolog else None
    return found[1] if found else ""


def _xml(head: str) -> str:
    root = _root(head)
    if root == "rss" and _WORDPRESS in head:
        return "an export of WordPress: not read yet; save its pages as HTML"
    named = f" (<{root}>)" if root else ""
    return _ROOTS.get(root, f"XML of a kind that is not read{named}; save it as text or HTML")


def _dynamic(head: str, *, named: bool) -> str:
    if _CODE.search(head) and not named:
        raise UnusableError("source code, not an article")
    if _HTML.match(head) or _FRAGMENT.match(head) or named:
        return ".html"
    raise UnusableError("source code, not an article")


def _closes(path: Path) -> bool:
    """Return whether a file ends as JSON does; a text may begin with a bracket, too."""
    if path.suffix.lower() == ".gz":
        return True
    with open_stream(path) as stream:
        stream.seek(max(0, path.stat().st_size - 64))
        return stream.read().strip(b"\0 \t\r\n").endswith((b"}", b"]"))
