"""The formats that `benchmarks.round_trip` writes, each as a careful program writes it.

What a language gives a meaning is escaped as that language demands. A date stands in the way that is usual in each
format: 2025-03-02, a time with its zone, RFC 2822, seconds since 1970, or "2 March 2025".
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from html import escape
from textwrap import fill
from typing import Final

import yaml

_SITE: Final = "The Coast Post"
_MONTHS: Final = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Written:
    """An article to be written: `id` finds it again, `date` is its day."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    date: date


_BULLET = re.compile(r"^[-*+] +", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write articles: all into one file, or each into a file of its own; a text becomes UTF-8.

    One that is not `dated` states no date, and none is expected of it. `told` leaves out of a text what the format
    does not tell.
    """

    ending: str
    table: Callable[[Sequence[Written]], str | bytes] | None = None
    page: Callable[[Written], str | bytes] | None = None
    dated: bool = True
    told: Callable[[str], str] = str
    prefix: str = ""
    line_end: str = "\n"

    def encoded(self, text: str | bytes) -> bytes:
        """Return the bytes of a file."""
        if isinstance(text, bytes):
            return text
        return (self.prefix + text.replace("\n", self.line_end)).encode()


def _moment(article: Written) -> datetime:
    return datetime(article.date.year, article.date.month, article.date.day, 9, 30, tzinfo=UTC)


def _day(article: Written) -> str:
    return article.date.isoformat()


def _wrapped(article: Written) -> str:
    lines = (fill(text, 72, break_long_words=False, break_on_hyphens=False) for text in article.paragraphs)
    return "\n\n".join([article.title, *lines]) + "\n"


def _in_words(article: Written) -> str:
    return f"{article.date.day} {_MONTHS[article.date.month - 1]} {article.date.year}"


def mailed(article: Written) -> str:
    return format_datetime(_moment(article))


def _seconds(article: Written) -> int:
    return int(_moment(article).timestamp())


# Records


def _blank_lines(article: Written) -> str:
    return "\n\n".join(article.paragraphs)


def tags(article: Written) -> str:
    return "".join(f"<p>{escape(text, quote=False)}</p>\n" for text in article.paragraphs)


def _line_breaks(article: Written) -> str:
    return "<br><br>".join(escape(text, quote=False) for text in article.paragraphs)


def _records(
    articles: Sequence[Written], text: Callable[[Written], object], day: Callable[[Written], object], *names: str
) -> list[dict[str, object]]:
    return [{"id": one.id, names[0]: one.title, names[1]: day(one), names[2]: text(one)} for one in articles]


def _json_lines(
    text: Callable[[Written], object], day: Callable[[Written], object], *names: str
) -> Callable[[Sequence[Written]], str]:
    def write(articles: Sequence[Written]) -> str:
        rows = _records(articles, text, day, *names)
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    return write


def _json_list(articles: Sequence[Written]) -> str:
    return json.dumps(_records(articles, _blank_lines, mailed, "headline", "pubDate", "content"), indent=1)


def _json_answer(articles: Sequence[Written]) -> str:
    found = _records(articles, tags, lambda one: _moment(one).isoformat(), "title", "published_at", "body")
    return json.dumps({"status": "ok", "total": len(found), "articles": found}, ensure_ascii=False)


def _csv(
    separator: str, text: Callable[[Written], str], day: Callable[[Written], str]
) -> Callable[[Sequence[Written]], str]:
    def write(articles: Sequence[Written]) -> str:
        out = io.StringIO()
        rows = csv.writer(out, delimiter=separator, lineterminator="\n")
        rows.writerow(("id", "title", "date", "text"))
        rows.writerows((one.id, one.title, day(one), text(one)) for one in articles)
        return out.getvalue()

    return write


# Pages


def _news_page(article: Written) -> str:
    title = escape(article.title)
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title} - {_SITE}</title>
<meta name="viewport" content="width=device-width"><meta property="og:site_name" content="{_SITE}">
<meta property="og:type" content="article"><meta property="og:title" content="{title}"></head>
<body><header><a href="/">{_SITE}</a><nav><ul><li><a href="/world">World</a></li><li><a href="/money">Money</a></li>
<li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article><h1>{title}</h1>
<p class="meta">By <span class="author">Ana Reyes</span> <time datetime="{_moment(article).isoformat()}">\
{_in_words(article)}</time></p>
{tags(article)}</article>
<aside><h2>Most read</h2><ul><li><a href="/1">Ferry fares rise in May</a></li>\
<li><a href="/2">A roof for the museum</a></li></ul></aside></main>
<footer><p>© {_SITE}. All rights reserved.</p><a href="/contact">Contact</a></footer></body></html>
"""


def _bare_page(article: Written, body: Callable[[Written], str] = tags) -> str:
    title = escape(article.title)
    return f"""<html><head><meta charset="utf-8"><title>{title}</title>
<meta name="date" content="{_day(article)}"></head>
<body><h1>{title}</h1>
{body(article)}
</body></html>
"""


def _linked_data_page(article: Written) -> str:
    title = escape(article.title)
    stated = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": article.title}
    stated["datePublished"] = _moment(article).isoformat()
    data = json.dumps(stated, ensure_ascii=False).replace("<", "\\u003c")
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {_SITE}</title>
<script type="application/ld+json">{data}</script></head><body>\
<div class="menu"><a href="/">Home</a> <a href="/news">News</a></div>
<div id="content"><h1 class="headline">{title}</h1><div class="story">
{tags(article)}</div></div>\
<div id="footer"><a href="/about">About us</a> <a href="/terms">Terms</a></div></body></html>
"""


# reStructuredText

_RST_MARKS: Final = re.compile(r"[\\*`|_]")
_RST_ENTRY: Final = re.compile(r"\(?(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+|#)[.)](?=\s|$)")


def _rst_escaped(text: str) -> str:
    text = _RST_MARKS.sub(r"\\\g<0>", text)
    if _RST_ENTRY.match(text) or (text[0] != "\\" and not text[0].isalnum()):
        text = "\\" + text
    return f"{text[:-1]}\\:" if text.endswith("::") else text


def _rst(article: Written, *, over: bool, day: Callable[[Written], str]) -> str:
    title = _rst_escaped(article.title)
    line = "=" * max(4, sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in title))
    head = f"{line}\n{title}\n{line}" if over else f"{title}\n{line}"
    return f"{head}\n\n:date: {day(article)}\n:author: Ana Reyes\n\n" + "".join(
        f"{_rst_escaped(text)}\n\n" for text in article.paragraphs
    )


# Markdown

_MARKDOWN_MARKS: Final = re.compile(r"[\\`*_\[\]<>{}|~$=^]|&(?=#|\w+;)")
_MARKDOWN_ENTRY: Final = re.compile(r"^(\d{1,9})([.)])")


def _markdown_escaped(text: str) -> str:
    text = _MARKDOWN_MARKS.sub(r"\\\g<0>", text)
    return _MARKDOWN_ENTRY.sub(r"\1\\\2", f"\\{text}" if text[0] in "-+#:%@!" else text)


def _body(article: Written, *, escaped: bool = True) -> str:
    return "\n\n".join(map(_markdown_escaped, article.paragraphs) if escaped else article.paragraphs) + "\n"


def _yaml(article: Written, day: Callable[[Written], object] = lambda one: one.date) -> str:
    fields = {"title": article.title, "date": day(article), "tags": ["news", "coast"], "draft": False}
    return f"---\n{yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)}---\n\n"


def _toml(article: Written) -> str:
    # A basic string of TOML escapes as JSON does, and one more character.
    title = json.dumps(article.title, ensure_ascii=False).replace("\x7f", "\\u007F")
    return f'+++\ntitle = {title}\ndate = {_moment(article).isoformat()}\ntags = ["news"]\n+++\n\n'


def _headed(article: Written) -> str:
    return f"{_yaml(article)}# {_markdown_escaped(article.title)}\n\n{_body(article)}"


def _heading_only(article: Written) -> str:
    return f"---\ndate: {mailed(article)}\n---\n# {_markdown_escaped(article.title)}\n\n{_body(article)}"


FORMATS: Final[Mapping[str, Format]] = {
    "jsonl": Format(".jsonl", _json_lines(_blank_lines, _day, "title", "published", "text")),
    "jsonl, a paragraph a line": Format(
        ".jsonl", _json_lines(lambda one: "\n".join(one.paragraphs), _seconds, "title", "timestamp", "text")
    ),
    "jsonl, a list of paragraphs": Format(
        ".jsonl", _json_lines(lambda one: list(one.paragraphs), _in_words, "title", "date", "paragraphs")
    ),
    "jsonl, <p>": Format(".jsonl", _json_lines(tags, mailed, "title", "pubDate", "content")),
    "jsonl, <br><br>": Format(".jsonl", _json_lines(_line_breaks, _day, "headline", "date", "html"), prefix="\ufeff"),
    "json, a list": Format(".json", _json_list),
    "json, an answer of a server": Format(".json", _json_answer),
    "csv": Format(".csv", _csv(",", _blank_lines, _day), line_end="\r\n"),
    "csv of a spreadsheet": Format(".csv", _csv(";", _blank_lines, _in_words), prefix="\ufeff"),
    "tsv, a paragraph a line": Format(".tsv", _csv("\t", lambda one: "\n".join(one.paragraphs), _day)),
    "csv, <p>": Format(".csv", _csv(",", tags, mailed)),
    "html": Format(".html", page=_news_page),
    "html, JSON-LD": Format(".html", page=_linked_data_page),
    "html, bare": Format(".html", page=_bare_page, line_end="\r\n"),
    "html, <br><br>": Format(".html", page=lambda one: _bare_page(one, _line_breaks)),
    "rst": Format(".rst", page=lambda one: _rst(one, over=False, day=_day)),
    "rst, line above the title": Format(
        ".rst", page=lambda one: _rst(one, over=True, day=_in_words), prefix="\ufeff", line_end="\r\n"
    ),
    "markdown, yaml": Format(".md", page=lambda one: _yaml(one) + _body(one)),
    "markdown, toml": Format(".md", page=lambda one: _toml(one) + _body(one)),
    "markdown, yaml and # title": Format(".md", page=_headed, prefix="\ufeff", line_end="\r\n"),
    "markdown, # title": Format(".md", page=_heading_only),
    # What begins with "- " there is an entry of a list, whose sign is no part of its text.
    "markdown, nothing escaped": Format(
        ".md",
        page=lambda one: _yaml(one, _day) + _body(one, escaped=False),
        told=lambda text: _BULLET.sub("", text),
    ),
    "txt, yaml": Format(".txt", page=lambda one: _yaml(one) + _blank_lines(one) + "\n"),
    "txt, blank lines": Format(".txt", page=lambda one: f"{one.title}\n\n{_blank_lines(one)}\n", dated=False),
    "txt, a paragraph a line": Format(
        ".txt", page=lambda one: f"{one.title}\n\n" + "\n".join(one.paragraphs) + "\n", dated=False
    ),
    "txt, wrapped": Format(".txt", page=_wrapped, dated=False),
}
