"""Answers and their buttons: the real channel over real HTTP, on a real index, in front of the fake Bot API server."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.telegram.memory.memory import Memory
from index.model import Article, Paragraph
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent, refusal
from tests.telegram_shelf import LIGHTHOUSE, SHELF, answering, asked, pressed, shelve

SAY = Catalogue("en").text
ALICE, BOB = 7, 8
TWO_OTHERS = ["2 · The Lighthouse of Corran…", "3 · par. 2 of 2"]
GROUP = -1001
LAMP = "The frozen ferry lay under the lamp of the lighthouse."
TOWER = "What does a ticket for the tower cost visitors?"


def numbers(sent: Sent) -> list[str]:
    """The numbers of the other passages, as the first row of buttons names them."""
    return [label.partition(" ")[0] for label in sent.rows[0]]


@pytest.mark.usefixtures("telegram")
async def test_an_answer_is_a_card_with_its_article_and_its_buttons(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who designed the tower of the lighthouse?")
    lines = sent.text.split("\n")
    assert lines[0] == sent.styled("bold")[0] == LIGHTHOUSE.title
    assert lines[1] == "2 Mar 2025 · Coast Gazette · par.\xa02\xa0of\xa05"
    assert sent.styled("blockquote") == [LIGHTHOUSE.paragraphs[1].text]
    assert sent.styled("bold")[1] == "The tower was designed by Maren Voss."
    assert sent.rows[-1] == ["After ▶", "More like this", "… More"]
    assert len(sent.rows) <= 2
    more = await pressed(fake, sent, "… More")
    assert more.text == sent.text
    assert more.rows[-4:] == [
        ["◀ Before", "After ▶", "More like this"],
        ["👍 Helpful", "👎 Not it"],
        ["Open article", "Share", "Copy citation"],
        ["Fewer"],
    ]
    assert more.button("Open article")["url"] == LIGHTHOUSE.url
    assert more.button("Share")["switch_inline_query"] == "Who designed the tower of the lighthouse?"
    copied = more.button("Copy citation")["copy_text"]["text"]
    assert copied == (
        "“The tower was designed by Maren Voss.” — The Lighthouse of Corran Point, Coast Gazette, 2025-03-02, "
        "https://gazette.example/corran"
    )
    fewer = await pressed(fake, sent, "Fewer")
    assert (fewer.text, fewer.rows) == (sent.text, sent.rows)


async def test_of_a_long_passage_the_answer_stands_in_sight_and_the_rest_folded(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    around = "Nobody in the harbour remembers a winter like that one, and few remember the one before it either."
    shelve(tmp_path / "shelf", (Article("The Long Winter", (Paragraph(f"{around} {LAMP} {around}"),)), *SHELF))
    answerer = answering(tmp_path / "shelf")
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "Where did the frozen ferry lie in the long winter?")
        assert sent.styled("blockquote") == [LAMP]
        assert sent.styled("expandable_blockquote") == [f"{around} […] {around}"]
    answerer.close()


@pytest.mark.usefixtures("telegram")
async def test_a_moment_is_shown_in_the_readers_own_zone(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who ground the telescope?")
    (moment,) = [entity for entity in sent.entities if entity["type"] == "date_time"]
    assert moment["unix_time"] == 1750440600
    assert sent.styled("date_time") == ["20 Jun 2025"]


@pytest.mark.usefixtures("telegram")
async def test_another_passage_is_quoted_in_the_same_message(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    first = sent.styled("blockquote")
    assert sent.rows[0] == TWO_OTHERS
    now = await pressed(fake, sent, "2")
    assert now.styled("blockquote") != first
    assert numbers(now) == ["1", "3"]
    back = await pressed(fake, sent, "1")
    assert back.styled("blockquote") == first
    calls = [call.method for call in fake.calls if call.method in ("answercallbackquery", "editmessagetext")]
    assert calls == ["answercallbackquery", "editmessagetext"] * 2


@pytest.mark.usefixtures("telegram")
async def test_the_article_can_be_read_around_the_passage(fake: FakeTelegram) -> None:
    await fake.say_and_wait(ALICE, "What did the lamp burn until 1902?")
    sent = await pressed(fake, fake.sent(ALICE)[0], "… More")
    before = await pressed(fake, sent, "Before")
    assert LIGHTHOUSE.paragraphs[0].text in before.text
    assert "par.\xa01\xa0to\xa02\xa0of\xa05" in before.text
    assert LIGHTHOUSE.paragraphs[2].text not in before.text
    assert before.rows == [["After ▶"], ["Back to the answer"], ["Open article"]]
    after = await pressed(fake, sent, "After")
    assert all(LIGHTHOUSE.paragraphs[place].text in after.text for place in (2, 3, 4))
    assert LIGHTHOUSE.paragraphs[2].text in after.styled("bold")
    back = await pressed(fake, sent, "Back to the answer")
    assert (back.text, back.rows) == (sent.text, sent.rows)


@pytest.mark.usefixtures("telegram")
async def test_more_of_a_passages_kind_comes_from_other_articles(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "May visitors climb the tower on Sundays?")
    assert sent.styled("bold")[0] == LIGHTHOUSE.title
    await fake.press_and_wait(sent, "More like this")
    more = (await fake.wait_sent(2))[1]
    assert more.reply_to == sent.id
    assert more.text.startswith(f"{SAY('more_like')} {LIGHTHOUSE.title}\nA Tower for the Stars")
    assert more.styled("bold")[0] == "A Tower for the Stars"
    await pressed(fake, await pressed(fake, more, "… More"), "Helpful")


async def test_a_thumb_counts_once_a_person_and_can_be_taken_back(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
        await pressed(fake, sent, "… More")
        said = await fake.press_and_wait(sent, "Helpful")
        marked = await fake.wait_edit(sent, 2)
        assert (said["text"], said["show_alert"]) == (SAY("voted_up"), False)
        assert marked.rows[-3] == ["👍 Helpful ✓", "👎 Not it"]
        changed = await pressed(fake, sent, "Not it")
        assert changed.rows[-3] == ["👍 Helpful", "👎 Not it ✓"]
        assert (await fake.press_and_wait(sent, "Not it"))["text"] == SAY("vote_taken_back")
        again = await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=ALICE)
        unfolded = await pressed(fake, again, "More", user=ALICE)
        for user in (ALICE, BOB):
            await fake.press_and_wait(unfolded, "Helpful", user=user)
        assert len(fake.edits_of(again)) == 1
    memory = Memory(tmp_path)
    (judged,) = memory.answers.judgements()
    assert (judged.question, judged.up, judged.down) == (TOWER, 2, 0)
    memory.close()


@pytest.mark.usefixtures("telegram")
async def test_in_a_group_an_answer_is_short_until_it_is_unfolded(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}")
    assert sent.rows == [["2", "3", "… More"]]
    more = await pressed(fake, sent, "More")
    assert ["👍 Helpful", "👎 Not it"] in more.rows
    assert len(more.text) > len(sent.text)
    assert more.rows[0] == TWO_OTHERS
    assert (await pressed(fake, sent, "2")).rows[-1] == ["Fewer"]
    assert (await pressed(fake, sent, "Fewer")).rows == [["1", "3", "… More"]]


@pytest.mark.usefixtures("telegram")
async def test_only_the_asker_and_administrators_turn_pages_in_a_group(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=ALICE)
    refused = await fake.press_and_wait(sent, "2", user=BOB)
    assert (refused["text"], refused["show_alert"]) == (SAY("ask_your_own"), True)
    fake.promote(GROUP, BOB)
    assert (await pressed(fake, sent, "2", user=BOB)).rows[0][:2] == ["1", "3"]
    anonymous = await fake.say_and_wait(GROUP, f"/ask {TOWER}", as_chat=GROUP)
    assert (await pressed(fake, anonymous, "2", user=BOB)).rows[0][:2] == ["1", "3"]


@pytest.mark.usefixtures("telegram")
async def test_a_button_that_was_changed_or_moved_is_refused(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    other = await fake.say_and_wait(BOB, TOWER)
    data = str(sent.button("2")["callback_data"])
    flipped = data[:10] + ("a" if data[10] != "a" else "b") + data[11:]
    for message, forged in ((sent, flipped), (other, data), (sent, "1n"), (sent, "☃" * 20), (sent, data[:-1])):
        query = fake.press_data(message, forged)
        await fake.until(lambda query=query: query in fake.answers)  # type: ignore[misc]
        assert fake.answers[query]["text"] == SAY("expired")
    assert not fake.edits_of(sent)
    assert not fake.edits_of(other)


async def test_buttons_work_after_a_restart(fake: FakeTelegram, answerer: Answerer, tmp_path: Path) -> None:
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
    async with asked(fake, tmp_path, answerer):
        assert numbers(await pressed(fake, sent, "2")) == ["1", "3"]


async def test_after_a_rebuild_a_button_finds_its_passage_or_says_that_it_is_gone(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    shelve(tmp_path / "shelf")
    answerer = answering(tmp_path / "shelf")
    newcomer = Article("Ticket Office", (Paragraph("What a ticket for the tower costs visitors is on the door."),))
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
        second = (await pressed(fake, sent, "2")).styled("blockquote")
        await pressed(fake, sent, "1")
        shelve(tmp_path / "shelf", (newcomer, *SHELF))
        said = await fake.press_and_wait(sent, "2")
        now = await fake.wait_edit(sent, 3)
        assert now.styled("blockquote") == second
        assert said["text"] == SAY("articles_changed")
        fresh = await fake.say_and_wait(BOB, TOWER)
        assert fresh.styled("bold")[0] == newcomer.title
        shelve(tmp_path / "shelf", SHELF[2:])
        gone = await fake.press_and_wait(fresh, "2")
        assert (gone["text"], gone["show_alert"]) == (SAY("passage_gone"), True)
        await fake.wait_edit(fresh)
        assert (await fake.press_and_wait(sent, "Before"))["text"] == SAY("passage_gone")
    answerer.close()


async def test_a_forgotten_answer_is_made_anew_from_its_question(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path / "one", answerer):
        sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}")
        lost = await fake.say_and_wait(ALICE, TOWER)
        await fake.press_and_wait(lost, "More like this")
        more = (await fake.wait_sent(2, ALICE))[1]
        await pressed(fake, lost, "… More")
    assert lost.reply_to is not None
    del fake.world.messages[ALICE, lost.id]["reply_to_message"]
    async with asked(fake, tmp_path / "two", answerer):
        again = await pressed(fake, sent, "2")
        assert again.rows[0] == ["2", "3", "… More"]
        assert (await pressed(fake, sent, "3")).rows[0] == ["1", "2", "… More"]
        for message, button in ((lost, "2"), (lost, "Helpful"), (more, "Before")):
            assert (await fake.press_and_wait(message, button))["text"] == SAY("expired")
        assert (await fake.press_and_wait(sent, "1", user=BOB))["text"] == SAY("ask_your_own")


@pytest.mark.usefixtures("telegram")
async def test_under_a_message_too_old_to_be_edited_a_new_one_comes(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    await fake.press_and_wait(sent, "2", inaccessible=True)
    assert (await fake.wait_sent(2))[1].reply_to == sent.id
    await fake.press_and_wait(sent, "After", inaccessible=True)
    page = (await fake.wait_sent(3))[2]
    assert page.reply_to == sent.id
    assert "Back to the answer" in page.seen()
    assert not fake.edits_of(sent)


@pytest.mark.usefixtures("telegram")
async def test_a_press_that_is_too_old_still_turns_the_page(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    fake.fail("answerCallbackQuery", refusal(400, "Bad Request: query is too old and response timeout expired"))
    fake.press(sent, "2")
    assert numbers(await fake.wait_edit(sent)) == ["1", "3"]


@pytest.mark.usefixtures("telegram")
@pytest.mark.parametrize("settled", ["message is not modified: specified new ...", "message to edit not found"])
async def test_an_edit_that_changes_nothing_any_more_is_no_fault(
    fake: FakeTelegram, settled: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    fake.fail("editMessageText", refusal(400, f"Bad Request: {settled}"))
    answer = await fake.press_and_wait(sent, "2")
    await fake.until(lambda: len(fake.called("editMessageText")) == 1)
    assert answer.get("show_alert") is not True
    assert numbers(await pressed(fake, sent, "3")) == ["1", "2"]
    assert len(fake.called("editMessageText")) == 2
    assert not caplog.records


@pytest.mark.usefixtures("telegram")
async def test_what_is_refused_for_its_text_or_its_buttons_is_sent_without_them(fake: FakeTelegram) -> None:
    fake.fail("sendMessage", refusal(400, "Bad Request: can't parse entities: on purpose"))
    plain = await fake.say_and_wait(ALICE, TOWER)
    assert plain.rows[0] == TWO_OTHERS
    assert not plain.styled("bold")
    fake.fail("sendMessage", refusal(400, "Bad Request: BUTTON_DATA_INVALID"))
    bare = await fake.say_and_wait(ALICE, TOWER)
    assert bare.rows == []
    assert bare.styled("bold")


async def test_an_address_that_telegram_takes_for_none_costs_no_answer(fake: FakeTelegram, tmp_path: Path) -> None:
    shelve(tmp_path / "shelf", (replace(LIGHTHOUSE, url="http://intranet/corran"), *SHELF[1:]))
    answerer = answering(tmp_path / "shelf")
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "Who designed the lighthouse?")
        assert (await pressed(fake, sent, "… More")).rows[-2] == ["Share", "Copy citation"]
    answerer.close()


@pytest.mark.usefixtures("telegram")
async def test_a_corrected_word_can_be_insisted_on(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who designed the lighthose?")
    assert SAY("searched_instead", right="lighthouse", wrong="lighthose") in sent.text
    assert sent.rows[1] == [SAY("button_exact"), "… More"]
    now = await pressed(fake, sent, "Search exactly")
    assert "instead of" not in now.text
    assert "lighthose" in now.text or now.styled("bold")[0] != LIGHTHOUSE.title


@pytest.mark.usefixtures("telegram")
async def test_a_narrowing_is_said_and_can_be_dropped(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, f"{TOWER} after:2025-06-01")
    assert sent.styled("bold")[0] == "A Tower for the Stars"
    assert "Only: articles from June 2025 on" in sent.text
    now = await pressed(fake, sent, "Without: after:2025-06-01")
    assert "Only:" not in now.text
    assert LIGHTHOUSE.title in now.text
    broken = await fake.say_and_wait(ALICE, "lighthouse keeper after:yesterday")
    assert broken.text.rpartition("\n")[2] == SAY("problem_after", words="after:yesterday")


@pytest.mark.parametrize(
    ("language", "limited", "left_out"),
    [
        (
            "fa",
            "فقط: مقاله‌های ژوئن ۲۰۲۵ به بعد – بخش‌هایی بدون «\u2068<b>crown\u2069»",
            "\u2068after:yesterday\u2069 تاریخ نیست؛ بنویسید after:2024 یا after:2024-06 یا after:2024-06-30. "
            "بدون آن جستجو کردم.",
        ),
        (
            "ru",
            "Только: статьи начиная с июня 2025 года · отрывки, где нет «<b>crown»",
            "after:yesterday — не дата; пишите after:2024, after:2024-06 или after:2024-06-30. "
            "Искал без этого фильтра.",
        ),
    ],
)
async def test_filters_and_their_problems_are_said_in_the_readers_language(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path, language: str, limited: str, left_out: str
) -> None:
    fake.world.people[ALICE] = {"language_code": language}
    say = Catalogue(language).text
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, f'{TOWER} after:2025-06-01 -"<b>crown" after:yesterday')
        assert sent.styled("bold")[0] == "A Tower for the Stars"
        assert sent.text.split("\n")[-2:] == [limited, left_out]
        first, more = sent.rows[-1][::-1] if language == "fa" else sent.rows[-1]
        assert (first, more) == (say("button_drop", label="after:2025-06-01"), say("button_more"))
        every = await pressed(fake, sent, more)
        assert [first] in every.rows
        assert [say("button_drop", label='-"<b>crown"')] in every.rows
        emptied = await fake.say_and_wait(ALICE, f"{TOWER} after:2031")
        assert say("problem_no_passage", words=["after:2031"]) in emptied.text.split("\n")


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_buttons_edits_and_inline_queries_come_by_polling_and_by_webhook(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path, webhook: bool
) -> None:
    async with asked(fake, tmp_path, answerer, webhook=webhook):
        question = fake.say(ALICE, TOWER)
        sent = (await fake.wait_sent(1))[0]
        await pressed(fake, sent, "2")
        fake.edit(question, "Who designed the lighthouse?")
        assert (await fake.wait_edit(sent, 2)).styled("bold")[0] == LIGHTHOUSE.title
        assert len((await fake.inline_and_wait(ALICE, "lighthouse"))["results"]) > 0


async def test_a_reader_of_persian_is_spoken_to_in_persian_with_rows_turned_around(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    fake.world.people[ALICE] = {"language_code": "fa"}
    say = Catalogue("fa").text
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
        assert [label.partition(" ")[0] for label in sent.rows[0]] == ["۳", "۲"]
        assert sent.rows[1] == [say("button_more"), say("button_like"), say("button_after")]
        every = await pressed(fake, sent, say("button_more"))
        assert every.rows[2] == [say("button_not_it"), say("button_helpful")]
        assert (await fake.press_and_wait(sent, say("button_helpful")))["text"] == say("voted_up")


@pytest.mark.usefixtures("telegram")
async def test_two_presses_at_once_leave_the_message_as_one_of_them_says(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    queries = [fake.press(sent, "2"), fake.press(sent, "2"), fake.press(sent, "3")]
    await fake.until(lambda: all(query in fake.answers for query in queries))
    # One that waits for its turn behind another is not made when a newer one comes.
    await fake.until(lambda: numbers(fake.now(sent)) in (["1", "3"], ["1", "2"]))


async def test_where_no_article_is_near_some_in_the_readers_language_are_offered_and_said_to_be_that(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "Qwzx vbnk plmr?")
        assert sent.text.split("\n")[-1] == SAY("nearest_language")
        assert LIGHTHOUSE.title in [label for row in sent.rows for label in row]
        fake.world.people[BOB] = {"language_code": "ru"}
        none = await fake.say_and_wait(BOB, "Qwzx vbnk plmr?")
        assert none.rows == []
        assert none.text.split("\n")[-1] == Catalogue("ru").text("rephrase")
