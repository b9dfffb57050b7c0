"""Web pages and Markdown documents -> articles."""

import json
from pathlib import Path

import pytest

from index.model import Article, Skipped
from index.sources import read

FERRY = "The ferry left the harbour at six on Sunday with forty passengers and a brass band on board."
DOCK = "It had been in the dock since a storm in March broke its rudder and tore its funnel off."
ISLANDS = "The islands were cut off for nine weeks, and the shop on the largest ran out of flour in April."

PAGE = f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<title>Ferry Runs Again - Coast Post</title>
<meta property="og:site_name" content="Coast Post">
<meta property="og:title" content="Ferry Runs Again - Coast Post">
<meta property="article:published_time" content="2024-04-19T10:30:00+00:00">
<meta name="author" content="Ana Reyes">
<link rel="canonical" href="https://coast.example.org/ferry">
</head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Ferry Runs Again</h1>
<p>{FERRY}</p>
<p>{DOCK.replace("storm", "<a href='/storm'>storm</a>")}</p>
<p>{ISLANDS}</p>
</article>
<footer>Read our terms of use. All rights reserved by nobody.</footer>
</body></html>"""


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def page(folder: Path, text: str | bytes, name: str = "saved_page.html") -> Article:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = list(read([path]))
    assert isinstance(found[-1], Article), found
    return found[-1]


def test_a_web_page_gives_its_article_and_what_it_states_of_itself(tmp_path: Path) -> None:
    article = page(tmp_path, PAGE)
    assert texts(article) == [FERRY, DOCK, ISLANDS]
    assert article.title == "Ferry Runs Again"
    assert article.source == "Coast Post"
    assert article.url == "https://coast.example.org/ferry"
    assert article.author == "Ana Reyes"
    assert article.date is not None
    assert article.date.startswith("2024-04-19")
    assert article.language == "en"


def test_a_page_that_states_nothing_of_itself_has_no_author_date_or_site(tmp_path: Path) -> None:
    article = page(tmp_path, f"<html><body><p>{FERRY}</p><p>{DOCK}</p></body></html>")
    assert texts(article) == [FERRY, DOCK]
    assert article.title == "saved page"
    assert (article.author, article.date, article.source, article.url, article.language) == (None,) * 5


def test_the_body_in_linked_data_is_read_where_the_page_shows_much_less(tmp_path: Path) -> None:
    linked = json.dumps(
        {
            "@graph": [
                {"@type": "WebSite", "name": "Coast Post"},
                {
                    "@type": "NewsArticle",
                    "headline": "Ferry Runs Again",
                    "articleBody": f"{FERRY}\n\n{DOCK}\n\n{ISLANDS}",
                    "datePublished": "2024-04-19",
                    "author": [{"@type": "Person", "name": "Ana Reyes"}],
                },
            ]
        }
    )
    script = f'<script type="application/ld+json">{linked}</script>'
    article = page(tmp_path, f"<html><head>{script}</head><body><p>Log in to read on.</p></body></html>")
    assert texts(article) == [FERRY, DOCK, ISLANDS]
    assert (article.title, article.date, article.author) == ("Ferry Runs Again", "2024-04-19", "Ana Reyes")


@pytest.mark.parametrize(("declared", "encoding"), [("windows-1256", "cp1256"), ("iso-8859-6", "iso-8859-6")])
def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path, declared: str, encoding: str) -> None:
    body = "غادرت العبارة الميناء في السادسة صباحا وعلى متنها أربعون راكبا من أهل الجزر البعيدة"
    text = f'<html lang="ar"><head><meta charset="{declared}"></head><body><p>{body}</p></body></html>'
    article = page(tmp_path, text.encode(encoding))
    assert (texts(article), article.language) == ([body], "ar")


def test_a_very_small_page_is_read_without_its_menu(tmp_path: Path) -> None:
    article = page(tmp_path, "<html><body><nav>Home</nav><p>No ferry<br>today.</p></body></html>")
    assert " ".join(texts(article)).split() == ["No", "ferry", "today."]


MARKDOWN = f"""---
title: Ferry Runs Again
date: 2024-04-19
author: [Ana Reyes, Jo Hill]
lang: en-GB
link: https://coast.example.org/ferry
---
# Ferry Runs Again

The ferry left the harbour
at six with [forty passengers](https://x.example) ![a boat](boat.png) and a *brass* band.[^1]

## Why It Stopped

{DOCK}

- one rudder
- two funnels

1. Buy flour first.

2. Then buy `oil`.

| part | price |
|------|-------|
| rudder | 900 |

```
a line of code
```

<div>Raw <b>words</b></div>

[^1]: The band was late.
"""


def test_a_markdown_document_keeps_its_words_and_loses_its_markup(tmp_path: Path) -> None:
    article = page(tmp_path, MARKDOWN, "a.md")
    assert texts(article) == [
        "The ferry left the harbour at six with forty passengers and a brass band.",
        f"Why It Stopped\n{DOCK}",
        "one rudder\ntwo funnels",
        "Buy flour first.",
        "Then buy oil.",
        "part | price\nrudder | 900",
        "a line of code",
        "Raw words",
        "The band was late.",
    ]
    assert (article.title, article.date, article.author) == ("Ferry Runs Again", "2024-04-19", "Ana Reyes, Jo Hill")
    assert (article.language, article.url) == ("en", "https://coast.example.org/ferry")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (f"# Ferry Runs Again\n\n{FERRY}\n", "Ferry Runs Again", [FERRY]),
        (f"Ferry Runs Again\n================\n\n{FERRY}\n", "Ferry Runs Again", [FERRY]),
        (f"Ferry runs again\n\n{FERRY}\n", "Ferry runs again", [FERRY]),
        (f"{FERRY}\n\n{DOCK}\n", "the ferry", [FERRY, DOCK]),
        (f"---\ntitle: Other\n---\n# Ferry\n\n{FERRY}\n", "Other", [f"Ferry\n{FERRY}"]),
        (f"# Ferry\n\n{FERRY}\n\n## Nothing Below\n", "Ferry", [FERRY, "Nothing Below"]),
        (f"# Ferry\n\n- {FERRY}\n\n  - a\n  - b\n\n  {DOCK}\n", "Ferry", [FERRY, "a\nb", DOCK]),
    ],
)
def test_a_markdown_title_is_stated_or_the_first_heading_or_line(
    tmp_path: Path, text: str, title: str, body: list[str]
) -> None:
    article = page(tmp_path, text, "the_ferry.md")
    assert (article.title, texts(article)) == (title, body)


def test_rules_around_prose_are_no_front_matter(tmp_path: Path) -> None:
    article = page(tmp_path, f"---\n\n{FERRY}\n\n---\n\n{DOCK}\n", "a.markdown")
    assert texts(article) == [FERRY, DOCK]


@pytest.mark.parametrize("front", ["title: [cut", "date: 2024-02-31", "{a: b}: c: d", "tags:\n  - [cut"])
def test_broken_front_matter_is_told_and_the_text_below_it_read(tmp_path: Path, front: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front}\n---\n# Ferry\n\n{FERRY}\n", encoding="utf-8")
    told, article = read([path])
    assert isinstance(told, Skipped)
    assert told.path == f"{path}:1"
    assert "front matter that cannot be read" in told.reason
    assert isinstance(article, Article)
    assert (article.title, texts(article)) == ("Ferry", [FERRY])


def test_a_title_alone_is_no_article(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Ferry\n", encoding="utf-8")
    assert list(read([path])) == [Skipped(str(path), "a title, but no text below it")]


@pytest.mark.parametrize(
    "byline",
    [
        '<p>By <span class="author">Ana Reyes</span> <time datetime="2024-04-19">19 April 2024</time></p>',
        '<p class="byline">By Ana Reyes</p><p><time datetime="2024-04-19">19 April 2024</time></p>',
        '<p>Published: <time datetime="2024-04-19">19 April 2024</time></p>',
    ],
)
def test_a_short_page_does_not_begin_with_its_byline(tmp_path: Path, byline: str) -> None:
    found = page(
        tmp_path, f"<html><body><article><h1>Ferry Runs Again</h1>{byline}<p>{FERRY}</p></article></body></html>"
    )
    assert (found.date, texts(found)) == ("2024-04-19", [FERRY])


@pytest.mark.slow
def test_a_sentence_that_names_the_author_or_the_day_stays(tmp_path: Path) -> None:
    head = '<meta name="author" content="Ana Reyes"><meta name="date" content="2024-04-19">'
    said = ["Ana Reyes was on board.", "On 19 April 2024 it rained.", "19 April 2023"]
    body = "".join(f"<p>{text}</p>" for text in said)
    found = page(
        tmp_path, f"<html><head>{head}</head><body><h1>Ferry Runs Again</h1>{body}<p>{FERRY}</p></body></html>"
    )
    assert texts(found) == [*said, FERRY]


@pytest.mark.parametrize(
    ("below", "author", "date"),
    [
        ("<div>By Ana Reyes</div><div>April 19, 2024</div>", "Ana Reyes", "2024-04-19"),
        ("<div>Posted on April 19, 2024 by Ana Reyes</div>", "Ana Reyes", "2024-04-19"),
        ("<p>Von Karl Meier, 19. April 2024</p>", "Karl Meier", "2024-04-19"),
        ("<p>Last updated: 19 April 2024</p>", None, None),
    ],
)
def test_who_wrote_a_page_and_when_is_read_below_its_headline(
    tmp_path: Path, below: str, author: str | None, date: str | None
) -> None:
    body = f"<h1>Ferry Runs Again</h1>{below}<p>{FERRY}</p><p>{DOCK}</p>"
    found = page(tmp_path, f"<html><body><main>{body}</main></body></html>")
    assert (found.author, found.date, texts(found)) == (author, date, [FERRY, DOCK])


def test_a_list_of_pages_is_of_no_day(tmp_path: Path) -> None:
    posts = "".join(f"<h2>Ferry {day}</h2><p>April {day}, 2024</p><p>{FERRY}</p>" for day in (19, 20))
    found = page(tmp_path, f"<html><body><main><h1>Ferries</h1>{posts}</main></body></html>")
    assert (found.author, found.date) == (None, None)
