"""What a text is by its first characters: the formats whose files are often called by another ending, or by none."""

import re
from typing import Final

_COMMENT = "<!--(?:(?!-->).)*-->"
_XML_PROLOG = re.compile(rf"(?:<\?[^>]*\?>|{_COMMENT}|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>|\s+)*", re.S)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?=[\s/>])")
_ROOTS: Final = {
    "rss": ".rss",
    "RDF": ".rss",
    "feed": ".atom",
    "mediawiki": ".mediawiki",
    "opml": ".opml",
    "svg": ".svg",
    "urlset": ".sitemap",
    "sitemapindex": ".sitemap",
    "FictionBook": ".fb2",
}
_WORDPRESS = "wordpress.org/export/"
_RSS_1 = "purl.org/rss/1.0/"

_MAIL_BEGINS = re.compile(r"(>?From \S+[^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t][^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_MAIL_ONLY = re.compile(
    r"^(?:MIME-Version|Message-ID|Received|Return-Path|Delivered-To|Content-Transfer-Encoding):", re.I | re.M
)
# What is left of the head of a mail that a program saved as a text.
_SAVED_MAIL = tuple(re.compile(rf"^{name}:[ \t]+\S", re.M) for name in ("From", "(?:Sent|Date)", "To", "Subject"))
_SAVED_PAGE = re.compile(r"^From: <Saved by ", re.I | re.M)
# A page with its pictures; so are mails with pictures, but those are sent by somebody.
_WITH_PICTURES = re.compile(r"^Content-Type: multipart/related", re.I | re.M)
_SENT = re.compile(r"^(?:From|To|Received|Return-Path|Delivered-To):", re.I | re.M)
_BEGINNINGS: Final = (
    (re.compile(r"WARC/[01]\.\d{1,3}[ \t]*\n"), ".warc"),
    (re.compile(r"This is [^\n]{1,100}, produced by |\s*\x1f\s*File: |Info file: "), ".info"),
    (re.compile(r"%!PS"), ".ps"),
    # What was signed stands readable between such lines.
    (re.compile(r"-----BEGIN (?!PGP SIGNED MESSAGE)[A-Z0-9][A-Z0-9 ]{2,60}-----[ \t]*\n"), ".pem"),
    (re.compile(r"Certificate:\n {4}Data:\n {8}Version: \d"), ".pem"),
)
# No other text is any of them, nor a mail.
_MAY_BEGIN = re.compile(r"WARC/|This is |\s*\x1f|Info file|%!PS|-----BEGIN|Certificate:")
_NAMED = re.compile(r">?From |[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]")
_WEBVTT = re.compile(r"WEBVTT(?=[ \t\n]|$)")
_SUBVIEWER = re.compile(r"\s*\d{1,3}:\d\d:\d\d\.\d{3},\d{1,3}:\d\d:\d\d\.\d{3}[ \t]*\n")
_SUBRIP = re.compile(r"\s*\d{1,9}[ \t]*\n[ \t]*\d{1,3}:\d\d:\d\d[,.]\d{1,3}[ \t]*-->[ \t]*\d")
_SUBTITLES: Final = {".vtt": _WEBVTT, ".srt": _SUBRIP, ".sbv": _SUBVIEWER}

_NOTEBOOK = re.compile(r'"nbformat"\s*:\s*\d')
_CELLS = re.compile(r'\s*\{\s*"(?:cells|worksheets|metadata|nbformat|nbformat_minor|orig_nbformat)"\s*:')
_CELL = re.compile(r'"cell_type"\s*:\s*"')
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')
_TELEGRAM = re.compile(
    r'"type"\s*:\s*"(?:public_channel|private_channel|personal_chat|bot_chat|saved_messages|private_group'
    r'|public_supergroup|private_supergroup)"'
)
_TELEGRAM_ACCOUNT = re.compile(
    r'"about"\s*:\s*"Here is the data you requested|"(?:chats|left_chats)"\s*:\s*\{\s*"about"'
)
_MESSAGES = re.compile(r'"messages"\s*:\s*\[')
_SCHEMA = re.compile(r'\s*\{[^{}\[\]]{0,2000}"\$schema"\s*:\s*"https?:\\?/\\?/json-schema\.org\\?/')


def format_of_text(head: str) -> str:
    """Return the ending of the format that a text's first characters name, whatever it is called; "" for none.

    >>> format_of_text('<?xml version="1.0"?><rss version="2.0">'), format_of_text("WARC/1.0\\nWARC-Type: warcinfo\\n")
    ('.rss', '.warc')
    """
    if _MAY_BEGIN.match(head):
        for beginning, ending in _BEGINNINGS:
            if beginning.match(head):
                return ending
    if _NAMED.match(head) and (mail := _MAIL_BEGINS.match(head)):
        if _SAVED_PAGE.search(mail[0]) or (_WITH_PICTURES.search(mail[0]) and not _SENT.search(mail[0])):
            return ".mht"
        if _MAIL_ONLY.search(mail[0]) or all(name.search(mail[0]) for name in _SAVED_MAIL):
            return ".mbox" if mail[1] else ".eml"
    # Markdown may begin with a picture.
    found = _ROOTS.get(root(head).rpartition(":")[2], "")
    return "" if found == ".svg" else _xml(head, found)


def format_of_plain(head: str) -> str:
    """Return the same of what only a text without an ending of its own may be: subtitles."""
    # Of the letters only WEBVTT begins with one.
    if head[:1].isalpha() and head[:1] != "W":
        return ""
    return next((ending for ending, begins in _SUBTITLES.items() if begins.match(head)), "")


def format_of_json(head: str, tail: str) -> str:
    """Return what a file of JSON is by its first and last characters: a notebook, a feed, an export, a schema, ".json".

    >>> format_of_json('{"cells": [', '], "nbformat": 4}'), format_of_json('{"title": "Rain"', '}')
    ('.ipynb', '.json')
    """
    if _CELLS.match(head) and (_CELL.search(head) or _NOTEBOOK.search(head) or _NOTEBOOK.search(tail)):
        return ".ipynb"
    if _JSON_FEED.search(head) or _JSON_FEED.search(tail):
        return ".jsonfeed"
    if _TELEGRAM_ACCOUNT.search(head) or (_TELEGRAM.search(head) and _MESSAGES.search(head)):
        return ".telegram"
    return ".schema" if _SCHEMA.match(head) else ".json"


def format_of_xml(head: str) -> str:
    """Return the ending of the format of an XML document; ".xml" for one of another kind."""
    return _xml(head, _ROOTS.get(root(head).rpartition(":")[2], "")) or ".xml"


def root(head: str) -> str:
    """Return the name of the element that an XML document begins with, "" for what is none."""
    # Most texts begin with a letter, and need not be copied to know it.
    if head[:1].isalnum() or not head.lstrip().startswith("<"):
        return ""
    prolog = _XML_PROLOG.match(head)
    found = _ROOT.match(head, prolog.end()) if prolog else None
    return found[1] if found else ""


def _xml(head: str, found: str) -> str:
    if found == ".rss" and _WORDPRESS in head:
        return ".wxr"
    # Data of every kind is kept as RDF.
    return "" if found == ".rss" and "RDF" in root(head) and _RSS_1 not in head else found
