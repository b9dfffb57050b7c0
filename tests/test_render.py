"""Rendering: what a reader sees in Telegram and in plain text, for ordinary answers and for any text at all."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.answer import Answer, AnswerPassage, Explanation
from bot.render import day, head, place, plain, safe_link, shown, tail, telegram_html, units
from index.model import ArticleCard, Kind, Passage

_TOKEN = re.compile(r"</?[^<>]+>|&[^;&<>\s]+;|[^<>&]+|[<>&]", re.DOTALL)
_OPEN = re.compile(r'<(b|i|u|blockquote expandable|a href="[^"<>]*")>')


def parse(markup: str) -> str:
    """The visible text of Telegram HTML, refusing everything that Telegram could refuse or misread."""
    seen: list[str] = []
    open_tags: list[str] = []
    for token in _TOKEN.findall(markup):
        if token.startswith("</"):
            assert open_tags, f"unexpected {token}"
            assert token == f"</{open_tags.pop()}>", f"unmatched {token}"
        elif token.startswith("<"):
            assert _OPEN.fullmatch(token), f"no tag of ours: {token!r}"
            open_tags.append(token[1:-1].split(" ")[0])
        elif token.startswith("&"):
            assert token in ("&lt;", "&gt;", "&amp;"), f"a stray {token!r}"
            seen.append(html.unescape(token))
        else:
            assert ">" not in token, "an unescaped >"
            seen.append(token)
    assert not open_tags, f"left open: {open_tags}"
    return "".join(seen)


def found(
    text: str, sentence: str = "", *, title: str = "Weir Lane", copies: tuple[str, ...] = (), kind: Kind = "paragraph"
) -> AnswerPassage:
    start = text.index(sentence)
    article = ArticleCard(0, "a1b2c3d4e5f6", title, "news.txt", "Courier", None, None, None, "en", 0, 11)
    return AnswerPassage(Passage(3, 0, 4, 11, kind, text), article, 9.0, (start, start + len(sentence or text)), copies)


def answer(*passages: AnswerPassage, state: str = "answered", **fields: object) -> Answer:
    asked = Answer("When does the bridge close?", "answered", 0.97, passages, (), (), Explanation())
    return replace(asked, state=state, **fields)  # type: ignore[arg-type]  # the fields are the record's own


BRIDGE = "The council met on Monday. The bridge closes on 3 March. Buses go round by the mill."
CLOSES = "The bridge closes on 3 March."


def test_an_answer_is_a_title_a_place_and_a_quote_with_its_sentence_marked() -> None:
    first = found(BRIDGE, CLOSES)
    dated = replace(first, article=replace(first.article, date="2026-11-24T08:30:00+01:00"))
    assert telegram_html(answer(dated)) == (
        "<b>Weir Lane</b>\n"
        "<i>24 Nov 2026 · par. 4 of 11</i>\n"
        "<blockquote expandable>The council met on Monday. <b><u>The bridge closes on 3 March.</u></b>"
        " Buses go round by the mill.</blockquote>"
    )


def test_plain_says_the_same_without_markup() -> None:
    first = found(BRIDGE, CLOSES, copies=("Mill & Bridge",))
    linked = replace(first, article=replace(first.article, url="https://example.org/?a=1&b=2"))
    assert plain(answer(linked, found("Ferries <run> daily.", title="Ferry"))) == (
        f"Weir Lane\npar. 4 of 11\n{BRIDGE}\n2 · Ferry — Ferries <run> daily.\nAlso in: Mill & Bridge\n"
        "Open article: https://example.org/?a=1&b=2"
    )


def test_an_unknown_date_is_left_out_and_a_caption_is_called_one() -> None:
    assert "<i>caption</i>" in telegram_html(answer(found(BRIDGE, kind="caption")))
    assert place(found(BRIDGE).passage) == "par. 4 of 11"


@pytest.mark.parametrize(
    ("stated", "said"),
    [("2026-03-09", "9 Mar 2026"), ("2026-03", "2026-03"), ("spring 2026", "spring 2026"), ("", None), (None, None)],
)
def test_a_date_is_said_as_stated_and_never_invented(stated: str | None, said: str | None) -> None:
    assert day(stated) == said


def test_further_passages_are_short_lines_and_another_one_can_be_quoted() -> None:
    three = answer(
        found(BRIDGE, CLOSES), found("Ferries run. Daily.", "Daily.", title="Ferry"), found("Fog.", title="Sky")
    )
    assert telegram_html(three).endswith("</blockquote>\n2 · Ferry — Daily.\n3 · Sky — Fog.")
    second = telegram_html(three, quoted=1)
    assert second.startswith("<b>Ferry</b>")
    assert second.endswith(f"1 · Weir Lane — {CLOSES}\n3 · Sky — Fog.")


def test_a_doubtful_answer_says_so_and_names_the_words_no_article_has() -> None:
    said = telegram_html(answer(found(BRIDGE, CLOSES), state="closest", missing=("zeppelin", "R&D")))
    assert said.startswith("Not sure this answers it:\n<b>Weir Lane</b>")
    assert "No article mentions: <i>zeppelin</i>, <i>R&amp;D</i>" in said


def test_when_nothing_is_found_nothing_is_quoted() -> None:
    said = telegram_html(answer(state="nothing", missing=("zeppelin",), nearest=("Ferry", "Sky")))
    assert said == (
        "I found no passage that answers this.\nNo article mentions: <i>zeppelin</i>\nNearest articles:\n• Ferry\n• Sky"
    )


def test_a_corrected_word_is_said() -> None:
    corrected = (("brigde", "bridge"),)
    assert 'Searched for "bridge" instead of "brigde".' in plain(answer(found(BRIDGE), corrected=corrected))


def test_only_a_web_address_becomes_a_link() -> None:
    assert safe_link("https://example.org/a?b=1&c='2'") is not None
    for unsafe in (
        "javascript:alert(1)",
        "ftp://example.org/",
        "https://",
        "http://[x",
        "https://a b",
        "https://" + "a" * 2000,
    ):
        assert safe_link(unsafe) is None
    first = found(BRIDGE)
    linked = replace(first, article=replace(first.article, url="https://example.org/?q=\"'><b>&x=1"))
    said = telegram_html(answer(linked))
    assert '<a href="https://example.org/?q=&quot;&#x27;&gt;&lt;b&gt;&amp;x=1">Open article</a>' in said
    assert parse(said).endswith("\nOpen article")


def test_right_to_left_titles_and_quotes_are_isolated() -> None:
    said = plain(answer(found("أغلق الجسر. يفتح في مايو.", "أغلق الجسر.", title="جسر الطاحونة")))
    assert said == "\u2068جسر الطاحونة\u2069\npar. 4 of 11\n\u2068أغلق الجسر. يفتح في مايو.\u2069"


def test_controls_escape_sequences_overrides_and_lone_surrogates_are_not_shown() -> None:
    assert (
        shown("a\x1b[31mb\x1b]8;;http://x\x07c\x9b1md\u202ee\u2066f\ud800g\x00h\u0007\ti\u200cj") == "abcdefgh i\u200cj"
    )


def test_a_long_passage_is_cut_around_the_sentence_that_answers() -> None:
    long = "Nothing of note happened here. " * 80 + CLOSES + " Nobody knew what to say to that." * 80
    said = telegram_html(answer(found(long, CLOSES)))
    quote = parse(said).split("\n")[2]
    assert units(quote) <= 1200
    assert f"<b><u>{CLOSES}</u></b>" in said
    assert quote.startswith("…Nothing of note")
    assert quote.endswith("say to that. …")


def test_a_sentence_longer_than_a_message_is_still_cut_at_a_word() -> None:
    said = parse(telegram_html(answer(found("word " * 2000))))
    assert units(said) <= 1300
    assert said.endswith("word…")


def test_a_cut_keeps_letters_and_their_marks_together() -> None:
    assert head("नमस्ते" * 50, 20).rstrip("…") in "नमस्ते" * 50
    assert head("👩\u200d🚀" * 9, 14) == "👩\u200d🚀" * 2 + "…"
    assert tail("क्षि" * 20, 6)[1] == "क"


anything = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"'; \n\x1b\u202e\u2067\u2069\ud800😀مa.\u0301\u200d"))
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    passages = []
    for _ in range(draw(st.integers(0, 4))):
        text = draw(anything) * draw(st.sampled_from((1, 1, 40, 900)))
        start = draw(st.integers(0, len(text)))
        stated = st.none() | anything
        article = ArticleCard(0, "0" * 12, draw(anything) * 9, "p", None, draw(stated), None, draw(stated), "en", 0, 1)
        copies = tuple(draw(st.lists(anything, max_size=5)))
        passage = Passage(0, 0, 1, 1, "paragraph", text)
        passages.append(AnswerPassage(passage, article, 1.0, (start, draw(st.integers(start, len(text)))), copies))
    words = st.lists(anything, max_size=12)
    corrected = tuple(draw(st.lists(st.tuples(anything, anything), max_size=3)))
    state = draw(st.sampled_from(("answered", "closest", "nothing")))
    return answer(
        *passages,
        state=state,
        missing=tuple(draw(words)),
        nearest=tuple(draw(words)),
        corrected=corrected,
    )


@settings(deadline=None)
@given(answers(), st.integers(100, 4096))
@example(answer(found("<b>&amp;</blockquote>" * 500, title="&" * 5000)), 3500)
def test_any_answer_becomes_valid_html_within_the_limit(asked: Answer, limit: int) -> None:
    said = telegram_html(asked, limit=limit)
    seen = parse(said)
    assert 0 < units(seen) <= limit
    assert len(said.encode()) < 32_768
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", seen)
    assert seen.count("\u2068") == seen.count("\u2069")
    assert 0 < units(plain(asked, limit=limit)) <= limit


@settings(deadline=None)
@given(anything.filter(shown))
def test_any_short_passage_is_quoted_whole(text: str) -> None:
    said = parse(telegram_html(answer(found(text[:300]))))
    assert said.split("\n", 2)[2].strip("\u2068\u2069") == shown(text[:300])


@settings(deadline=None)
@given(anything.map(lambda text: shown(text) * 20), st.integers(0, 200))
def test_a_cut_text_fits_and_is_a_piece_of_the_whole(text: str, limit: int) -> None:
    for cut in (head(text, limit), tail(text, limit)):
        assert units(cut) <= limit
        assert cut.strip("… ") in text
