"""What is said about an answer, and that text of others is safe to show, for any text at all."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answer, AnswerPassage, Explanation
from bot.printing import shown
from bot.render import (
    corrections,
    day,
    filter_line,
    guesses,
    head,
    likeness,
    missing_words,
    place,
    problems,
    safe_link,
    tail,
    units,
)
from index.model import ArticleCard, Kind, Passage
from index.query.periods import Period
from index.query.syntax import Filter, Problem


def found(text: str, sentence: str = "", *, title: str = "Weir Lane", kind: Kind = "paragraph") -> AnswerPassage:
    start = text.index(sentence)
    article = ArticleCard(0, "a1b2c3d4e5f6", title, "news.txt", "Courier", None, None, None, "en", 0, 11)
    return AnswerPassage(Passage(3, 0, 4, 11, kind, text), article, 9.0, (start, start + len(sentence or text)))


def answer(*passages: AnswerPassage, state: str = "answered", **fields: object) -> Answer:
    asked = Answer("When does the bridge close?", "answered", 0.97, passages, (), (), Explanation())
    return replace(asked, state=state, **fields)  # type: ignore[arg-type]  # the fields are the record's own


BRIDGE = "The council met on Monday. The bridge closes on 3 March. Buses go round by the mill."
CLOSES = "The bridge closes on 3 March."


def test_a_caption_is_called_one() -> None:
    assert place(found(BRIDGE, kind="caption").passage) == "caption"
    assert place(found(BRIDGE).passage) == "par. 4 of 11"


@pytest.mark.parametrize(
    ("stated", "said"),
    [("2026-03-09", "9 Mar 2026"), ("2026-03", "2026-03"), ("spring 2026", "spring 2026"), ("", None), (None, None)],
)
def test_a_date_is_said_as_stated_and_never_invented(stated: str | None, said: str | None) -> None:
    assert day(stated) == said


def test_a_corrected_word_is_said() -> None:
    corrected = (("brigde", "bridge"),)
    assert corrections(answer(found(BRIDGE), corrected=corrected)) == ['Searched for "bridge" instead of "brigde".']


def test_what_narrows_an_answer_is_said_and_a_guess_with_its_words() -> None:
    june = Period(date(2024, 6, 1), date(2024, 6, 30))
    marked = Filter("date", "after:2024-06-01", "after:2024-06", period=Period(june.first, None))
    guessed = Filter("period", "dates:2024-06-01..2024-06-30", "in June", period=june)
    assert filter_line(answer(found(BRIDGE))) == ""
    assert filter_line(answer(filters=(marked, guessed))) == (
        'Only articles from June 2024 on · articles from June 2024 ("in June").'
    )
    assert guesses(answer(filters=(marked, guessed))) == {guessed.key}


def test_a_confidence_is_said_as_what_it_is() -> None:
    assert likeness(0.934) == "looks better than 93 of 100 random non-questions"


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


def test_controls_escape_sequences_overrides_and_lone_surrogates_are_not_shown() -> None:
    assert (
        shown("a\x1b[31mb\x1b]8;;http://x\x07c\x9b1md\u202ee\u2066f\ud800g\x00h\u0007\ti\u200cj") == "abcdefgh i\u200cj"
    )


def test_a_cut_keeps_letters_and_their_marks_together() -> None:
    assert head("नमस्ते" * 50, 20).rstrip("…") in "नमस्ते" * 50
    assert head("👩\u200d🚀" * 9, 14) == "👩\u200d🚀" * 2 + "…"
    assert tail("क्षि" * 20, 6)[1] == "क"


anything = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"'; \n\x1b\u202e\u2067\u2069\ud800😀مa.\u0301\u200d"))
)


@settings(deadline=None)
@given(anything, anything)
def test_no_word_of_others_breaks_a_line_or_reorders_it(word: str, other: str) -> None:
    asked = answer(
        missing=(word,),
        corrected=((word, other),),
        filters=(Filter("phrase", "phrase:x", other, text=word),),
        problems=(Problem("no_passage", (word,)),),
    )
    for line in (*missing_words(asked), *corrections(asked), filter_line(asked), *problems(asked)):
        assert units(line) <= 2 * units(word) + 400
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", line)
        assert line.count("\u2068") == line.count("\u2069")


@settings(deadline=None)
@given(anything.map(lambda text: shown(text) * 20), st.integers(0, 200))
def test_a_cut_text_fits_and_is_a_piece_of_the_whole(text: str, limit: int) -> None:
    for cut in (head(text, limit), tail(text, limit)):
        assert units(cut) <= limit
        assert cut.strip("… ") in text
