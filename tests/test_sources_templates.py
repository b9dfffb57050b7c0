"""Pages that a site generator makes of templates: what is an article, what is only a template, and what is shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import read
from index.model import Article, ReadingOptions, Skipped
from index.sources.html.templates import without_templates

PIER = "The pier was closed on Monday because the planks at its far end had been washed away by the tide."
FRONT = "---\nlayout: post\ntitle: 'The Pier Is Closed'\ndate: 2011-02-03 08:00\nauthor: Ines Mota\n---\n"


def found(folder: Path, name: str, text: str) -> Article | Skipped:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (only,) = read(folder)
    return only


def texts(article: Article | Skipped) -> list[str]:
    assert isinstance(article, Article), article
    return [paragraph.text for paragraph in article.paragraphs]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pier.html", f"<p>{PIER}</p>"),
        ("pier.rst", PIER),
        ("pier.adoc", PIER),
        ("pier.org", PIER),
        ("pier.html.erb", f"<p>{PIER}<%= image_tag 'a' %></p>"),
        ("pier.html.md.erb", f"{PIER} <%= partial 'signature', locals: 1 %>"),
    ],
)
def test_front_matter_is_read_above_every_markup(tmp_path: Path, name: str, text: str) -> None:
    article = found(tmp_path, name, FRONT + text)
    assert isinstance(article, Article), article
    assert (article.title, article.date, article.author) == ("The Pier Is Closed", "2011-02-03T08:00:00", "Ines Mota")
    assert texts(article) == [PIER]


def test_a_post_in_html_is_dated_by_its_name_and_a_saved_page_is_not(tmp_path: Path) -> None:
    post = found(tmp_path / "a", "2011-02-03-pier.html", f"---\nlayout: post\n---\n<p>{PIER}</p>")
    saved = found(tmp_path / "b", "2011-02-03-pier.html", f"<p>{PIER}</p>")
    assert isinstance(post, Article)
    assert isinstance(saved, Article)
    assert (post.date, saved.date) == ("2011-02-03", None)


def test_front_matter_above_a_page_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "pier.html").write_text(f"---\ntitle: [cut\n---\n<p>{PIER}</p>", encoding="utf-8")
    told, article = read(tmp_path)
    assert isinstance(told, Skipped)
    assert "front matter that cannot be read" in told.reason
    assert isinstance(article, Article)
    assert texts(article) == [PIER]


def test_tags_of_templates_are_no_text_below_front_matter(tmp_path: Path) -> None:
    page = (
        f"{{% include nav.html %}}<p>{PIER}</p>{{% comment %}}Ask Rui first.{{% endcomment %}}\n"
        "{% highlight python %}\nif depth < 2:\n    close()\n{% endhighlight %}\n"
        "{% if page.more %}<p>More below.</p>{% endif %}"
    )
    assert texts(found(tmp_path, "pier.html", FRONT + page)) == [PIER, "if depth < 2:\n    close()", "More below."]


@pytest.mark.parametrize(
    "page",
    [
        "{% extends 'base.html' %}\n{% block main %}<p>Older posts</p>{% endblock %}",
        "{# the list of posts #}\n<!-- kept short -->\n{{ define 'main' }}<p>Older posts</p>{{ end }}",
        "<!doctype html><html><head><title>{{ page.title }}</title></head><body><p>Older posts</p></body></html>",
        "<ul><li {% if here %}class='here'{% endif %}>Older posts</li></ul>",
        "<%= render 'header' %><p>Older posts</p>",
        "<article><p>Posted on $date$ $if(author)$ by $author$ $endif$</p> $body$</article>",
        "<title>The Pier - $title$</title><p>Older posts of the pier and its boats</p> $body$",
        "<footer><b title='{{ post.date }}'>{{ post.day }}</b> {% if post.by %} By {{ post.by }} {% endif %}</footer>",
        "<h1>{{ berth }}</h1>",
        "{# pictures of all pages #}<svg><title>Older posts</title></svg><p>Older posts of the pier and its boats</p>",
    ],
)
def test_a_page_that_is_filled_in_is_told_as_a_template(tmp_path: Path, page: str) -> None:
    told = found(tmp_path, "list.html", page)
    assert isinstance(told, Skipped)
    assert told.reason == "a template, not an article"


def test_a_page_about_templates_is_an_article(tmp_path: Path) -> None:
    page = f"<title>Loops</title><p>{PIER}</p><p>Write {{% for %}} and {{{{ x }}}}.</p>"
    assert texts(found(tmp_path, "loops.html", page)) == [PIER, "Write {% for %} and {{ x }}."]
    assert texts(found(tmp_path / "sum", "sum.html", "<p>$240$ and $x$ more.</p>")) == ["$240$ and $x$ more."]


@given(st.text("{}%#<>! -abé\n", max_size=200))
def test_a_page_without_tags_of_templates_loses_nothing(page: str) -> None:
    if not any(mark in page for mark in ("{{", "{%", "{#", "<%", "<!--")):
        assert without_templates(page) == page


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["{{", "{%", "{% raw %}", "{% if", "<%", "<!--", "{#", "{% highlight x %}"])
def test_templates_that_never_close_take_no_longer_than_their_length_allows(tmp_path: Path, sign: str) -> None:
    article = found(tmp_path, "pier.html", f"{FRONT}<p>{PIER}</p>\n" + sign * (300_000 // len(sign)))
    assert PIER in texts(article)[0]


def test_code_between_raw_tags_is_shown_as_the_page_shows_it(tmp_path: Path) -> None:
    code = "```html\n{% raw %}\n{% for berth in berths %}\n{% endraw %}\n```"
    text = f"# Loops\n\n{code}\n\nWrite `{{% raw %}}{{{{ x }}}}{{% endraw %}}`.\n"
    assert texts(found(tmp_path, "loops.md", text)) == ["{% for berth in berths %}", "Write {{ x }}."]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**潮が満ちた。**桟橋は閉まった。", "潮が満ちた。桟橋は閉まった。"),
        ("**The pier (old).**It was closed.", "The pier (old).It was closed."),
        ("2 ** 3 and f(**names), g(**more)", "2 ** 3 and f(**names), g(**more)"),
        ("It ends **open", "It ends **open"),
        ("$\\sum_{k=1}^{n=9} b_{x=2}$ boats{.wide}", "$\\sum_{k=1}^{n=9} b_{x=2}$ boats"),
        ("Call `#!python close()` with `#!/bin/sh -e`.", "Call close() with #!/bin/sh -e."),
        ("Signed <%= author.name %>by hand.", "Signed by hand."),
    ],
)
def test_marks_that_dialects_leave_go_and_what_is_none_stays(tmp_path: Path, written: str, shown: str) -> None:
    assert texts(found(tmp_path, "pier.md", f"# Pier\n\n{written}\n")) == [shown]


def test_attributes_of_components_in_a_table_are_no_text(tmp_path: Path) -> None:
    text = "# Pier\n\n| Before | After |\n| - | - |\n| <img style={{width: 20}} src='a.png' /> | open |\n"
    assert texts(found(tmp_path, "pier.md", text)) == ["Before | After\nopen"]


def test_a_page_is_called_by_the_name_that_stands_above_it(tmp_path: Path) -> None:
    article = found(tmp_path, "kv.md", f"---\nname: Key Value Stores\n---\n{PIER}\n")
    assert isinstance(article, Article)
    assert article.title == "Key Value Stores"


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("What to bring to the pier", "What to bring to the pier"),
        ("A pier is a long platform that, as its builders once wrote, stands in the sea to", "pier notes"),
    ],
)
def test_a_sentence_that_leads_to_a_list_is_no_title(tmp_path: Path, first: str, title: str) -> None:
    article = found(tmp_path, "pier notes.md", f"{first}\n\n- moor the boats\n- sell the fish\n\n{PIER}\n")
    assert isinstance(article, Article)
    assert article.title == title


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2011/02-03-pier.md", "2011-02-03"),
        ("2011/02-03_pier.rst", "2011-02-03"),
        ("posts/2011/02/03/pier.md", "2011-02-03"),
        ("2011/02/03/pier/index.md", "2011-02-03"),
        ("2011/02-30-pier.md", None),
        ("2011/02/03-pier.md", None),
        ("v2011/02-03-pier.md", None),
        ("2011/02-034-pier.md", None),
        ("1811/02-03-pier.md", None),
    ],
)
def test_folders_of_years_date_a_post(tmp_path: Path, name: str, day: str | None) -> None:
    article = found(tmp_path, name, PIER)
    assert isinstance(article, Article)
    assert article.date == day


def test_a_title_of_asciidoc_knows_the_attributes_below_it(tmp_path: Path) -> None:
    text = f"= Pier {{state}} again\nInes Mota\n:state: closed\n\n+++<!-- more -->+++\n\n{PIER}\n"
    article = found(tmp_path, "pier.adoc", text)
    assert isinstance(article, Article)
    assert (article.title, article.author, texts(article)) == ("Pier closed again", "Ines Mota", [PIER])


def test_names_that_sphinx_looks_up_and_captions_of_org_are_words(tmp_path: Path) -> None:
    assert texts(found(tmp_path / "a", "pier.rst", "Pier\n====\n\nCall :meth:`.Pier.close` now.\n")) == [
        "Call Pier.close now."
    ]
    assert texts(found(tmp_path / "b", "pier.org", f"#+caption:Left: the pier\n{PIER}\n")) == [
        f"Left: the pier\n{PIER}"
    ]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("Guardfile", "guard 'pier' do watch(%r{a}) end", "source code, not an article"),
        ("_redirects", "/pier /piers 301", "settings, not an article"),
        ("copyright", "Files: *\nCopyright: 2011 Ines Mota", "a licence, not an article"),
        ("pier.info", "This is pier.info, produced by makeinfo version 6.8.\n", "a manual of Info: not read yet"),
    ],
)
def test_files_of_sites_and_packages_are_told(tmp_path: Path, name: str, text: str, reason: str) -> None:
    told = found(tmp_path, name, text)
    assert isinstance(told, Skipped)
    assert told.reason.startswith(reason)


def test_a_map_of_names_holds_for_front_matter_of_every_format(tmp_path: Path) -> None:
    (tmp_path / "pier.html").write_text(f"---\nkop: The Pier\n---\n<p>{PIER}</p>", encoding="utf-8")
    (only,) = read(tmp_path, options=ReadingOptions(names="title=kop"))
    assert isinstance(only, Article)
    assert only.title == "The Pier"


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("pier.jsp", '<%@ page contentType="text/html" %>\n<%-- the pier --%>\n'),
        ("pier.aspx", "<%@ Page Language='C#' %>\n"),
    ],
)
def test_a_whole_page_that_a_server_fills_in_is_a_page(tmp_path: Path, name: str, above: str) -> None:
    markup = f"{above}<html><body><h1>The Pier</h1><% int i = 5; %><p>{PIER}</p></body></html>"
    path = tmp_path / name
    path.write_text(markup, encoding="utf-8")
    (page,) = read([path])
    assert isinstance(page, Article)
    assert (page.title, texts(page)) == ("The Pier", [PIER])
