"""Pages that a site generator makes of templates: what is an article, what is only a template, and what is shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import read
from index.model import Article, Skipped
from index.sources.templates import without_templates

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
    ],
)
def test_a_page_that_is_filled_in_is_told_as_a_template(tmp_path: Path, page: str) -> None:
    told = found(tmp_path, "list.html", page)
    assert isinstance(told, Skipped)
    assert told.reason == "a template, not an article"


def test_a_page_about_templates_is_an_article(tmp_path: Path) -> None:
    page = f"<title>Loops</title><p>{PIER}</p><p>Write {{% for %}} and {{{{ x }}}}.</p>"
    assert texts(found(tmp_path, "loops.html", page)) == [PIER, "Write {% for %} and {{ x }}."]


@given(st.text("{}%#<>! -abé\n", max_size=200))
def test_a_page_without_tags_of_templates_loses_nothing(page: str) -> None:
    if not any(mark in page for mark in ("{{", "{%", "{#", "<%", "<!--")):
        assert without_templates(page) == page


@pytest.mark.parametrize("sign", ["{{", "{%", "{% raw %}", "{% if", "<%", "<!--", "{#", "{% highlight x %}"])
def test_templates_that_never_close_take_no_longer_than_their_length_allows(tmp_path: Path, sign: str) -> None:
    article = found(tmp_path, "pier.html", f"{FRONT}<p>{PIER}</p>\n" + sign * (300_000 // len(sign)))
    assert PIER in texts(article)[0]
