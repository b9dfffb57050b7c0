"""Laws of web pages: no word of a page's text is lost or moved, and no page ends the reading."""

import tempfile
from html import escape
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read

WORDS = st.lists(
    st.sampled_from(["mill", "rye", "wheel", "water", "Ufer", "мука", "磨坊", "طاحونة", "&", "<b>"]),
    min_size=5,
    max_size=30,
)
TEXT = WORDS.map(" ".join)
LEAF = st.one_of(
    TEXT.map(lambda text: ("p", text)),
    TEXT.map(lambda text: ("h2", text[:60])),
    TEXT.map(lambda text: ("pre", text)),
    TEXT.map(lambda text: ("blockquote", text)),
    st.lists(TEXT, min_size=1, max_size=4).map(lambda texts: ("ul", texts)),
    st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=2, max_size=4).map(lambda rows: ("table", rows)),
)
TREE = st.recursive(
    LEAF, lambda inner: st.lists(inner, min_size=1, max_size=5).map(lambda parts: ("section", parts)), max_leaves=15
)
Node = tuple[str, object]
PROSE = "The mill on the upper stream ground its last rye in the autumn before the new road came."


def written(node: Node, numbers: "count[int]", words: list[str]) -> str:
    """Return a node as HTML, each of its texts ending with a number of its own, and note its words."""

    def text(value: object) -> str:
        marked = f"{value} n{next(numbers)}."
        words.extend(marked.split())
        return escape(marked)

    tag, value = node
    if tag == "section":
        assert isinstance(value, list)
        return "<section>" + "".join(written(part, numbers, words) for part in value) + "</section>\n"
    if tag == "ul":
        assert isinstance(value, list)
        return "<ul>" + "".join(f"<li>{text(entry)}</li>" for entry in value) + "</ul>"
    if tag == "table":
        assert isinstance(value, list)
        rows = ("".join(f"<td>{text(cell)}</td>" for cell in row) for row in value)
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    return f"<{tag}>{text(value)}</{tag}>"


def pages(markup: str) -> list[Article | Skipped]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.html"
        path.write_bytes(markup.encode("utf-8", "replace"))
        return list(read([path]))


@pytest.mark.slow
@given(st.lists(TREE, min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_every_word_of_a_text_comes_back_in_order(nodes: list[Node]) -> None:
    words = PROSE.split()
    numbers = count()
    body = "".join(written(node, numbers, words) for node in nodes)
    found = pages(f"<html><head><title>Of Mills</title></head><body><main><p>{PROSE}</p>{body}</main></body></html>")
    articles = [part for part in found if isinstance(part, Article)]
    assert len(articles) == 1
    back = " ".join(paragraph.text for paragraph in articles[0].paragraphs).replace(" | ", " ").split()
    assert back == words


MARKUP = st.lists(
    st.sampled_from(
        (
            *(
                "<p>",
                "</p>",
                "<div",
                ">",
                "<table>",
                "<tr><td>",
                "<li>",
                "<ul>",
                "<dl><dt>",
                "<dd>",
                "</dl>",
                "<pre>",
                "<br>",
            ),
            *(
                "<h1>",
                "</h1>",
                "<figure>",
                "<figcaption>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "&amp;",
                "&#0;",
                "&#xd800;",
            ),
            *(
                "<svg>",
                "<main>",
                "</main>",
                "<aside hidden>",
                "<a href='#'>",
                "</a>",
                "<sup>",
                "rye ",
                PROSE,
                "\udc00",
                "\x01",
            ),
            *(
                "<template>",
                "<frameset>",
                "<base href='http://[bad'>",
                "<link rel=canonical href='x'>",
                "<time>",
                "<td rowspan=9>",
            ),
            *(
                '<script type="application/ld+json">',
                '{"@graph": [1, {"articleBody": "x"}]}',
                "<![CDATA[",
                "<?xml ?>",
                "</html>",
            ),
        )
    ),
    max_size=40,
)


@pytest.mark.slow
@given(MARKUP)
@settings(max_examples=60, deadline=None)
def test_no_markup_however_broken_ends_the_reading(parts: list[str]) -> None:
    for part in pages("".join(parts)):
        assert isinstance(part, Article | Skipped)


@pytest.mark.slow
@pytest.mark.parametrize(
    "markup",
    [
        "<b>" * 100_000 + PROSE,
        f"<p>{PROSE}" + "<!--" * 100_000,
        "<table>" * 200 + "<tr><td rowspan=999 colspan=999>rye</td><td>oats</td></tr>" * 1_000,
        "<ul><li>rye" * 1_000 + f"<p>{PROSE}" * 5_000,
        f"<p>{PROSE}" + "&amp;<" * 100_000,
        f"<figure><a href='#'><sup>{PROSE}" * 600,
        f"<title>{'a - ' * 50_000}</title><p>{PROSE}",
        f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{PROSE}",
        f"<p class='{'a ' * 200_000}'>{PROSE}",
    ],
    ids=lambda markup: markup[:12],
)
def test_a_page_made_to_slow_a_reader_is_read(markup: str) -> None:
    articles = [part for part in pages(markup) if isinstance(part, Article)]
    assert len(articles) == 1
    assert "upper stream" in " ".join(paragraph.text for paragraph in articles[0].paragraphs) or "rye" in markup[:3000]


def test_tags_nested_too_deep_are_told() -> None:
    (told,) = pages("<div>" * 100_000 + PROSE)
    assert isinstance(told, Skipped)
    assert told.reason == "its HTML tags are nested too deep"
