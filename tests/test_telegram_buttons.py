"""What buttons carry and where links lead, for any content and any tampering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.memory.question import SearchedQuestion
from bot.channels.telegram.memory.records import PassageKey, StoredAnswer
from bot.channels.telegram.messages import callback_data
from bot.channels.telegram.messages.callback_data import Press, Seal, article_id, article_letters, letters, number
from bot.channels.telegram.messages.keyboards import View
from bot.channels.telegram.messages.links import citation, locate, parse_link, passage_link
from index.model import ArticleCard, Passage

OURS = "123456:made-for-tests"
SEAL = Seal(OURS)
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
ABOUT_ANSWERS = (*"nbaludefz",)
ABOUT_ARTICLES = (*"ohgq",)
LISTS = (*"tk",)

chats = st.integers(-(2**52), 2**52)
arguments = st.text(ALPHABET, max_size=4)
presses = st.one_of(
    st.builds(Press, st.sampled_from(ABOUT_ANSWERS), st.text(ALPHABET, min_size=8, max_size=8), arguments),
    st.builds(Press, st.sampled_from(ABOUT_ARTICLES), st.text(ALPHABET, min_size=10, max_size=10), arguments),
    st.builds(Press, st.sampled_from(LISTS), st.just(""), arguments),
)


@pytest.mark.slow
@given(presses, chats)
def test_a_button_says_what_was_written_in_its_own_chat_only(press: Press, chat: int) -> None:
    data = SEAL.write(press, chat)
    assert len(data.encode()) <= 64
    assert data.isascii()
    assert SEAL.read(data, chat) == press
    assert SEAL.read(data, chat + 1) is None
    assert Seal(OURS + "x").read(data, chat) is None


@pytest.mark.slow
@given(presses, chats, st.data())
def test_a_button_with_a_letter_changed_added_or_lost_is_refused(press: Press, chat: int, data: st.DataObject) -> None:
    written = SEAL.write(press, chat)
    at = data.draw(st.integers(0, len(written) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != written[at]))
    for forged in (written[:at] + other + written[at + 1 :], written[:at] + written[at + 1 :], written + other):
        assert SEAL.read(forged, chat) is None


@pytest.mark.slow
@given(st.text(max_size=70), chats)
def test_no_text_is_a_button_by_chance(text: str, chat: int) -> None:
    assert SEAL.read(text, chat) is None


@pytest.mark.parametrize(
    "press",
    [
        Press("!", "abcdefgh"),
        Press("", ""),
        Press("n", "abc"),
        Press("n", "abcdefgh", "abcde"),
        Press("n", "ABCDEFGH"),
        Press("n", "abcdefg☃"),
        Press("t", "abcdefgh"),
    ],
)
def test_what_no_button_can_carry_is_an_error_at_once(press: Press) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        SEAL.write(press, 7)


@given(st.integers(0, 32**4 - 1))
def test_numbers_come_back_from_their_letters(value: int) -> None:
    assert number(letters(value, 4)) == value
    with pytest.raises(ValueError, match="does not fit"):
        letters(value + 32**4, 4)


@given(st.integers(0, 16**12 - 1))
def test_an_articles_id_comes_back_from_its_letters(value: int) -> None:
    assert article_id(article_letters(f"{value:012x}")) == f"{value:012x}"


@given(st.integers(0, 15), st.booleans(), st.none() | st.integers(0, 32**3 - 1))
def test_a_view_comes_back_from_its_letters(passage: int, unfolded: bool, place: int | None) -> None:
    view = View(passage, unfolded, place)
    assert View.of(view.argument()) == view
    assert callback_data.about_answer(Press("n", "a" * 8, view.argument()))


@pytest.mark.slow
@given(st.text(), st.booleans(), st.frozensets(st.text(max_size=9)), st.lists(st.text(), max_size=3), st.booleans())
def test_a_kept_answer_tells_how_it_was_asked(
    question: str, exact: bool, without: frozenset[str], added: list[str], like: bool
) -> None:
    asked = SearchedQuestion(question, exact, without, tuple(added), PassageKey("0" * 12, 3) if like else None)
    assert SearchedQuestion.of(StoredAnswer(7, 7, question, "answered", how=asked.to_json())) == asked


def card(**stated: str | None) -> ArticleCard:
    fields = {"source": None, "url": None, "date": None, "title": "Tides"} | stated
    return ArticleCard(
        0, "0123456789ab", str(fields["title"]), "p", fields["source"], fields["url"], None, fields["date"], "en", 5, 9
    )


def passage(place: int, text: str) -> Passage:
    return Passage(5 + place, 0, place + 1, 9, "paragraph", text)


def test_a_link_finds_its_passage_wherever_it_moved_to() -> None:
    link = passage_link("our_bot", card(), passage(3, "High water."))
    assert link.startswith("https://t.me/our_bot?start=p_0123456789ab_3_")
    wanted = parse_link(link.partition("=")[2])
    assert wanted is not None
    assert (wanted.article, wanted.position) == ("0123456789ab", 3)
    texts = ["Low water.", "High water.", "Fog.", "Rain.", "High water."]
    assert locate(wanted, tuple(passage(place, text) for place, text in enumerate(texts))) == 4
    assert locate(wanted, (passage(0, "Fog."),)) is None
    article = parse_link("a_0123456789ab")
    assert article is not None
    assert locate(article, (passage(0, "Fog."),)) == 0


@pytest.mark.parametrize("payload", ["", "p_", "a_0123456789AB", "a_0123456789ab ", "p_0123456789ab_x_abcdef", "b_1"])
def test_what_is_no_link_of_ours_names_nothing(payload: str) -> None:
    assert parse_link(payload) is None


anything = st.text(st.one_of(st.characters(), st.sampled_from("😀م\u202e\u0301 ")), max_size=400)


@pytest.mark.slow
@given(anything, anything, st.none() | anything, st.none() | anything)
def test_a_citation_fits_on_a_button_and_says_where_it_stands(
    sentence: str, title: str, source: str | None, date: str | None
) -> None:
    said = citation(sentence, card(title=title, source=source, date=date), "https://t.me/our_bot?start=a_0123456789ab")
    assert len(said.encode("utf-16-le")) // 2 <= 256
    assert said.startswith("“")
    assert said.endswith("https://t.me/our_bot?start=a_0123456789ab")


def test_a_citation_prefers_the_articles_own_address() -> None:
    stated = card(source="Coast Gazette", url="https://gazette.example/t", date="2025-03-02T10:00Z")
    assert citation("It rises.", stated, "https://t.me/x") == (
        "“It rises.” — Tides, Coast Gazette, 2025-03-02, https://gazette.example/t"
    )
    assert "https://t.me/x" in citation("It rises.", card(url="javascript:alert(1)"), "https://t.me/x")
    assert "https://t.me/x" in citation("It rises.", card(url="https://e.example/" + "x" * 300), "https://t.me/x")
