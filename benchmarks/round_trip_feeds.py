"""The feeds and exports that `benchmarks.round_trip` writes: RSS, Atom, JSON Feed, WordPress, Telegram, MediaWiki."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape as html_escape
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.round_trip_formats import Format, Written

_SITE: Final = "The Coast Post"
_HOME: Final = "https://coast.example"
_CONTENT: Final = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
# What wikitext gives a meaning within a line, and at its beginning.
_WIKI_MARKS: Final = re.compile(r"[\[\]{}|<>&~_']{2,}|[<>&\[\]{}|]|https?://")


def _moment(article: Written) -> datetime:
    return datetime(article.date.year, article.date.month, article.date.day, 9, 30, tzinfo=UTC)


def _xml(text: str) -> str:
    """Return a text for XML, which holds no control characters."""
    return escape("".join(sign for sign in text if sign in "\t\n" or sign >= " "))


def _html(article: Written) -> str:
    return "".join(f"<p>{html_escape(text, quote=False)}</p>\n" for text in article.paragraphs)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _rss(articles: Sequence[Written]) -> str:
    items = "".join(
        f"<item><title>{_xml(html_escape(one.title, quote=False))}</title><link>{_HOME}/{one.id}</link>"
        f"<description>{_xml(one.paragraphs[0][:60])} [...]</description>"
        f"<content:encoded>{_cdata(_html(one))}</content:encoded><guid isPermaLink='false'>{one.id}</guid>"
        f"<pubDate>{format_datetime(_moment(one))}</pubDate></item>\n"
        for one in articles
    )
    head = f"<title>{_SITE}</title><link>{_HOME}/</link><description>News</description>"
    return f'<?xml version="1.0"?>\n<rss version="2.0" {_CONTENT}><channel>{head}\n{items}</channel></rss>\n'


def _atom(content: Callable[[Written], str]) -> Callable[[Sequence[Written]], str]:
    def write(articles: Sequence[Written]) -> str:
        entries = "".join(
            f"<entry><title>{_xml(one.title)}</title><id>{one.id}</id><link href='{one.id}'/>"
            f"<published>{_moment(one).isoformat()}</published><updated>2026-01-01T00:00:00Z</updated>"
            f"{content(one)}</entry>\n"
            for one in articles
        )
        head = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{_HOME}/"><title>{_SITE}</title><id>f</id>'
        return f"{head}<updated>2026-01-01T00:00:00Z</updated>{entries}</feed>"

    return write


def _as_html(article: Written) -> str:
    return f'<content type="html">{_xml(_html(article))}</content>'


def _as_xhtml(article: Written) -> str:
    inside = "".join(f"<p>{_xml(text)}</p>" for text in article.paragraphs)
    return f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{inside}</div></content>'


def _json_feed(articles: Sequence[Written]) -> str:
    items = [
        {"id": one.id, "title": one.title, "content_html": _html(one), "date_published": _moment(one).isoformat()}
        for one in articles
    ]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": _SITE, "items": items}, ensure_ascii=False)


def _wordpress(text: Callable[[Written], str]) -> Callable[[Sequence[Written]], str]:
    def write(articles: Sequence[Written]) -> str:
        items = "".join(
            f"<item><title>{_cdata(html_escape(one.title, quote=False))}</title><link>{_HOME}/{one.id}/</link>"
            f"<dc:creator>ana</dc:creator><content:encoded>{_cdata(text(one))}</content:encoded>"
            f"<wp:post_id>{one.id}</wp:post_id><wp:post_date>{one.date.isoformat()} 09:30:00</wp:post_date>"
            f"<wp:post_date_gmt>{one.date.isoformat()} 07:30:00</wp:post_date_gmt><wp:status>publish</wp:status>"
            f"<wp:post_type>post</wp:post_type><wp:post_password></wp:post_password></item>\n"
            for one in articles
        )
        names = f'{_CONTENT} xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
        head = f"<title>{_SITE}</title><link>{_HOME}</link><wp:wxr_version>1.2</wp:wxr_version>"
        opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {names}><channel>{head}\n'
        return f"{opening}{items}</channel></rss>"

    return write


def _in_blocks(article: Written) -> str:
    texts = (html_escape(text, quote=False) for text in article.paragraphs)
    return "\n\n".join(f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->" for text in texts)


def _classic(article: Written) -> str:
    # The old editor has no way to write a bracket that is none of its codes, but as a number.
    texts = (html_escape(text, quote=False).replace("[", "&#91;") for text in article.paragraphs)
    return "\n\n".join(texts)


def _telegram(articles: Sequence[Written]) -> str:
    messages = [
        {
            "id": one.id,
            "type": "message",
            "date": _moment(one).replace(tzinfo=None).isoformat(),
            "date_unixtime": str(int(_moment(one).timestamp())),
            "from": _SITE,
            "text": [{"type": "bold", "text": one.title}, "\n\n" + "\n\n".join(one.paragraphs)],
        }
        for one in articles
    ]
    export = {"name": _SITE, "type": "public_channel", "id": 1234567890, "messages": messages}
    return json.dumps(export, ensure_ascii=False, indent=1)


def _wiki_escaped(text: str) -> str:
    text = _WIKI_MARKS.sub(lambda found: f"<nowiki>{html_escape(found[0], quote=False)}</nowiki>", text)
    return text if text[0].isalnum() else f"<nowiki/>{text}"


def _wikitext(article: Written) -> str:
    return "\n\n".join(map(_wiki_escaped, article.paragraphs))


def _mediawiki(articles: Sequence[Written]) -> str:
    def pages(day: str, of_day: Iterable[Written]) -> str:
        return "".join(
            f"<page><title>{_xml(one.title)}</title><ns>0</ns><id>{one.id}</id><revision><id>1</id>"
            f"<timestamp>{day}T09:30:00Z</timestamp><model>wikitext</model><text xml:space='preserve'>"
            f"{_xml(_wikitext(one))}</text></revision></page>\n"
            for one in of_day
        )

    head = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><siteinfo>'
    head += f"<sitename>{_SITE}</sitename><base>{_HOME}/wiki/Main_Page</base><namespaces/></siteinfo>\n"
    return head + "".join(pages(day, of_day) for day, of_day in groupby(articles, _day)) + "</mediawiki>"


def _day(article: Written) -> str:
    return article.date.isoformat()


FEEDS: Final[Mapping[str, Format]] = {
    "rss": Format(".xml", table=_rss),
    "atom, html": Format(".atom", table=_atom(_as_html)),
    "atom, xhtml": Format(".xml", table=_atom(_as_xhtml)),
    "json feed": Format(".json", table=_json_feed),
    "wxr, blocks": Format(".xml", table=_wordpress(_in_blocks)),
    "wxr, classic": Format(".xml", table=_wordpress(_classic)),
    "telegram": Format(".json", table=_telegram),
    "mediawiki": Format(".xml", table=_mediawiki),
}
