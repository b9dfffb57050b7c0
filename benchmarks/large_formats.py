"""How `benchmarks.large_file` writes an article: as a record, a page of a wiki, a page in a web archive, a message.

Beside the articles stands what such a file holds that is none: talk pages and redirects, pictures and error pages;
in a "crawl" and a "history" that is most of it, as it is of a site that was saved whole and of a wiki with its past.
"""

import json
import random
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from typing import Final

_NAMESPACES: Final = {
    "0": "",
    "1": "Talk",
    "2": "User",
    "4": "Project",
    "6": "File",
    "10": "Template",
    "14": "Category",
}
_SCRIPT_BYTES, _PICTURE_BYTES, _REVISIONS = 60_000, 240_000, 12


@dataclass(frozen=True, slots=True)
class LargeFormat:
    """What stands at the head and the end of a file, and for each article: its number, title, day and paragraphs."""

    article: Callable[[int, str, date, Sequence[str]], str]
    head: str = ""
    end: str = ""


def _record(number: int, title: str, day: date, paragraphs: Sequence[str]) -> str:
    record = {
        "id": number,
        "title": title,
        "published": day.isoformat(),
        "url": f"https://coast.example/{number}",
        "text": "\n\n".join(paragraphs),
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def _wiki_head() -> str:
    names = "".join(
        f'<namespace key="{key}" case="first-letter">{name}</namespace>' for key, name in _NAMESPACES.items()
    )
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">\n'
        "  <siteinfo><sitename>Coastpedia</sitename><dbname>coast</dbname>"
        "<base>https://coast.example/wiki/Main_Page</base><generator>MediaWiki 1.44</generator>"
        f"<case>first-letter</case><namespaces>{names}</namespaces></siteinfo>\n"
    )


def _wiki_page(number: int, title: str, day: date, paragraphs: Sequence[str]) -> str:
    first, second, third, fourth = paragraphs
    linked = second.split(" ")
    linked[3:6] = [f"[[{linked[3]}|{linked[4]}]]", f"'''{linked[5]}'''"]
    text = (
        f"{{{{Infobox village|name={title}|population={number % 9973}|elevation_m=12}}}}\n{first}"
        f"<ref>{{{{cite book|title={title}|year=1998|pages=12–14}}}}</ref>\n\n== Life ==\n{' '.join(linked)}"
        f" It lies {{{{convert|{number % 90 + 1}|km|mi}}}} from the sea.\n\n=== Boats ===\n{third}\n\n"
        f"* [[Harbour]], with {number % 40} boats\n* ''Mill'', built in {1700 + number % 300}\n\n== Growth =="
        f"\n{fourth}\n"
        '{| class="wikitable"\n! Year !! People\n|-\n| 1990 || 512\n|-\n| 2020 || 498\n|}\n[[Category:Villages]]\n'
    )
    pages = [_page(f"{title} {number}", 0, number * 2, day, text)]
    if not number % 5:
        pages.append(_page(f"Talk:{title} {number}", 1, number * 2 + 1, day, f"Is this right? {fourth} ~~~~"))
    if not number % 7:
        pages.append(_page(f"{title} (village) {number}", 0, number * 2 + 1, day, f"#REDIRECT [[{title} {number}]]"))
    return "".join(pages)


def _page(title: str, namespace: int, key: int, day: date, text: str) -> str:
    return (
        f"  <page><title>{escape(title, quote=False)}</title><ns>{namespace}</ns><id>{key}</id>\n"
        f"    <revision><id>{key}</id><timestamp>{day}T09:30:00Z</timestamp><contributor><username>Ana</username>"
        "<id>7</id></contributor><model>wikitext</model><format>text/x-wiki</format>"
        f'<text bytes="{len(text)}" xml:space="preserve">{escape(text, quote=False)}</text></revision></page>\n'
    )


def _web_page(number: int, title: str, day: date, paragraphs: Sequence[str]) -> str:
    told = escape(title)
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{told} - The Coast Post</title>'
        f'<meta property="og:title" content="{told}"><meta property="article:published_time" content="{day}">'
        '<link rel="stylesheet" href="/site.css"><script>window.site = {"ads": [1, 2, 3]};</script></head><body>'
        '<header><a href="/">The Coast Post</a><nav><ul><li><a href="/world">World</a></li>'
        '<li><a href="/sport">Sport</a></li></ul></nav></header>'
        f"<main><article><h1>{told}</h1>{''.join(f'<p>{escape(text)}</p>' for text in paragraphs)}</article></main>"
        '<footer><p>© The Coast Post. All rights reserved.</p><a href="/contact">Contact</a></footer></body></html>'
    )
    records = [_answer(number, "", "200 OK", "text/html; charset=utf-8", page)]
    if not number % 3:
        records.append(_answer(number, "/boat.svg", "200 OK", "image/svg+xml", "<svg>" + "<path/>" * 500 + "</svg>"))
    if not number % 11:
        records.append(_answer(number, "/gone", "404 Not Found", "text/html", "<html><p>Not found.</p></html>"))
    return "".join(records)


def _plain_page(number: int, title: str, _: date, paragraphs: Sequence[str]) -> str:
    return _answer(number, "", "200 OK", "text/plain; charset=utf-8", "\n\n".join((title, *paragraphs)))


def _crawled(number: int, title: str, day: date, paragraphs: Sequence[str]) -> str:
    """A page with its pictures and scripts, some of it fetched again, as a crawler meets it."""
    page = _web_page(number, title, day, paragraphs)
    end = number * 7919 % _PICTURE_BYTES
    records = [page, _answer(number, "/photo.jpg", "200 OK", "image/jpeg", _noise()[end // 4 : end // 4 + end // 2])]
    if not number % 2:
        script = _answer(number, "/app.js", "200 OK", "application/javascript", _noise()[:_SCRIPT_BYTES])
        records.append(script)
    if not number % 4:
        # The same page by another address.
        records.append(page.replace(f"coast.example/{number}\r", f"coast.example/{number}?from=feed\r", 1))
    if not number % 6:
        records.append(_answer(number, "/old", "301 Moved Permanently", "text/html", "<p>Moved.</p>"))
    return "".join(records)


@cache
def _noise() -> str:
    return b64encode(random.Random(1).randbytes(_PICTURE_BYTES)).decode()  # noqa: S311 - stands for a picture


def _with_past(number: int, title: str, day: date, paragraphs: Sequence[str]) -> str:
    """A page of a wiki with what it was before, its talk page too."""
    page = _wiki_page(number, title, day, paragraphs)
    opening, start, rest = page.partition("    <revision>")
    revision, end, others = rest.partition("</revision>")
    past = (
        start + revision.replace(f"{day}T", f"{day - timedelta(back)}T", 1).replace("Harbour", f"Port {back}") + end
        for back in range(number % (2 * _REVISIONS), 0, -1)
    )
    return opening + "\n".join((*past, start + revision + end)) + others


def _answer(number: int, behind: str, status: str, kind: str, body: str) -> str:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    return (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://coast.example/{number}{behind}\r\n"
        f"WARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Date: 2029-01-01T00:00:00Z\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len((head + body).encode())}\r\n\r\n{head}{body}\r\n\r\n"
    )


def _message(number: int, title: str, day: date, paragraphs: Sequence[str]) -> str:
    sent = format_datetime(datetime.combine(day, time(9, 30), UTC))
    text = "\n\n".join(paragraphs)
    return (
        f"From ana@coast.example Mon Jan  1 00:00:00 2029\nFrom: Ana Reyes <ana@coast.example>\nSubject: {title}\n"
        f"Date: {sent}\nMessage-ID: <{number}@coast.example>\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n"
    )


LARGE: Final[Mapping[str, LargeFormat]] = {
    "jsonl": LargeFormat(_record),
    "mediawiki": LargeFormat(_wiki_page, _wiki_head(), "</mediawiki>\n"),
    "history": LargeFormat(_with_past, _wiki_head(), "</mediawiki>\n"),
    "warc": LargeFormat(_web_page),
    "crawl": LargeFormat(_crawled),
    "warc-text": LargeFormat(_plain_page),
    "mbox": LargeFormat(_message),
}
