"""Telegram's HTML as the fake Bot API server reads it: text, entities, complaints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram_server.html import EntityError, parse_html, utf16


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("&lt;b&gt; &amp;amp; &quot;&#39;&#x1F600;", "<b> &amp; \"'\U0001f600", []),
        ("&nbsp;&copy &lt", "&nbsp;&copy <", []),
        ("\U0001f600<B>x</>", "\U0001f600x", [("bold", 2, 1)]),
        ("<strong>a<em>b</em></strong>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", 0, 2)]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<code>a<b>b</b></code>c", "abc", [("code", 0, 2)]),
        ('<a href="https://example.org">a<tg-time unix="1">b</tg-time></a>', "ab", [("text_link", 0, 2)]),
        ('<i><tg-time unix="1" format="wD">b</tg-time></i>', "b", [("italic", 0, 1), ("date_time", 0, 1)]),
    ],
)
def test_html_becomes_text_and_entities(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed, found = parse_html(html)
    assert (parsed, [(entity["type"], entity["offset"], entity["length"]) for entity in found]) == (text, entities)


def test_a_time_keeps_its_moment_and_its_form() -> None:
    _, entities = parse_html('<tg-time unix="1767225600" format="D">1 Jan 2026</tg-time>')
    assert (entities[0]["unix_time"], entities[0]["date_time_format"]) == (1767225600, "D")


@pytest.mark.parametrize("attributes", ["", ' unix="soon"', ' unix="1" format="rD"', ' unix="1" format="x"'])
def test_a_time_that_is_none_is_refused(attributes: str) -> None:
    with pytest.raises(EntityError, match="tg-time"):
        parse_html(f"<tg-time{attributes}>x</tg-time>")


def test_a_link_keeps_its_address() -> None:
    _, entities = parse_html('<a href="https://example.org/?a=1&amp;b=2">x</a>')
    assert entities[0]["url"] == "https://example.org/?a=1&b=2"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_comes_back_and_any_text_is_read_or_refused(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(f"<i>{escaped}</i>")[0] == text
    try:
        parsed, entities = parse_html(text)
    except EntityError as error:
        assert str(error)
    else:
        assert all(entity["offset"] + entity["length"] <= utf16(parsed) for entity in entities)
