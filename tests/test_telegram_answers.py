"""Answers and their buttons: the real channel over real HTTP, on a real index, in front of the fake Bot API server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.telegram.memory import Memory
from index.model import Article, Paragraph
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram_wire import Sent, refusal
from tests.telegram_shelf import BAKERY, LIGHTHOUSE, SHELF, answering, asked, shelve

SAY = Catalogue("en").text
ALICE, BOB = 7, 8
GROUP = -1001
TOWER = "What does a ticket for the tower cost visitors?"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index that no test changes."""
    folder = tmp_path_factory.mktemp("shelf")
    shelve(folder)
    return folder


@pytest.fixture
def answerer(shelf: Path) -> Iterator[Answerer]:
    made = answering(shelf)
    yield made
    made.close()


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture
async def bot(fake: FakeTelegram, answerer: Answerer, tmp_path: Path) -> AsyncIterator[None]:
    async with asked(fake, tmp_path, answerer):
        yield


async def pressed(fake: FakeTelegram, message: Sent, button: str, *, user: int | None = None) -> Sent:
    """Presses a button and returns the message as it is after the next edit."""
    edits = len(fake.edits_of(message))
    await fake.press_and_wait(message, button, user=user)
    return await fake.wait_edit(message, edits + 1)


@pytest.mark.usefixtures("bot")
async def test_an_answer_is_a_card_with_its_article_and_its_buttons(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who designed the tower of the lighthouse?")
    lines = sent.text.split("\n")
    assert lines[0] == sent.styled("bold")[0] == LIGHTHOUSE.title
    assert lines[1] == "2 Mar 2025 · Coast Gazette · par. 2 of 5"
    assert sent.styled("expandable_blockquote") == [LIGHTHOUSE.paragraphs[1].text]
    assert sent.styled("bold")[1] == "The tower was designed by Maren Voss."
    assert sent.rows[-3:] == [
        ["◀ Before", "After ▶", "More like this"],
        ["👍 Helpful", "👎 Not it"],
        ["Open article", "Share", "Copy citation"],
    ]
    assert sent.button("Open article")["url"] == LIGHTHOUSE.url
    assert sent.button("Share")["switch_inline_query"] == "Who designed the tower of the lighthouse?"
    copied = sent.button("Copy citation")["copy_text"]["text"]
    assert copied == (
        "“The tower was designed by Maren Voss.” — The Lighthouse of Corran Point, Coast Gazette, 2025-03-02, "
        "https://gazette.example/corran"
    )


@pytest.mark.usefixtures("bot")
async def test_a_moment_is_shown_in_the_readers_own_zone(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who ground the telescope?")
    (moment,) = [entity for entity in sent.entities if entity["type"] == "date_time"]
    assert moment["unix_time"] == 1750440600
    assert sent.styled("date_time") == ["20 Jun 2025"]


@pytest.mark.usefixtures("bot")
async def test_another_passage_is_quoted_in_the_same_message(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    first = sent.styled("expandable_blockquote")
    assert sent.rows[0] == ["2", "3"]
    now = await pressed(fake, sent, "2")
    assert now.styled("expandable_blockquote") != first
    assert now.rows[0] == ["1", "3"]
    back = await pressed(fake, sent, "1")
    assert back.styled("expandable_blockquote") == first
    calls = [call.method for call in fake.calls if call.method in ("answercallbackquery", "editmessagetext")]
    assert calls == ["answercallbackquery", "editmessagetext"] * 2


@pytest.mark.usefixtures("bot")
async def test_the_article_can_be_read_around_the_passage(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "What did the lamp burn until 1902?")
    before = await pressed(fake, sent, "Before")
    assert LIGHTHOUSE.paragraphs[0].text in before.text
    assert "par. 1 to 2 of 5" in before.text
    assert LIGHTHOUSE.paragraphs[2].text not in before.text
    assert before.rows == [["After ▶"], ["Back to the answer"], ["Open article"]]
    after = await pressed(fake, sent, "After")
    assert all(LIGHTHOUSE.paragraphs[place].text in after.text for place in (2, 3, 4))
    assert LIGHTHOUSE.paragraphs[2].text in after.styled("bold")
    back = await pressed(fake, sent, "Back to the answer")
    assert (back.text, back.rows) == (sent.text, sent.rows)


@pytest.mark.usefixtures("bot")
async def test_more_of_a_passages_kind_comes_from_other_articles(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "May visitors climb the tower on Sundays?")
    assert sent.styled("bold")[0] == LIGHTHOUSE.title
    await fake.press_and_wait(sent, "More like this")
    more = (await fake.wait_sent(2))[1]
    assert more.reply_to == sent.id
    assert more.text.startswith(f"{SAY('more_like')} {LIGHTHOUSE.title}\nA Tower for the Stars")
    assert more.styled("bold")[0] == "A Tower for the Stars"
    await pressed(fake, more, "Helpful")


async def test_a_thumb_counts_once_a_person_and_can_be_taken_back(
    fake: FakeTelegram, answerer: Answerer, tmp_path: Path
) -> None:
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
        said = await fake.press_and_wait(sent, "Helpful")
        marked = await fake.wait_edit(sent)
        assert (said["text"], said["show_alert"]) == (SAY("voted_up"), False)
        assert marked.rows[-2] == ["👍 Helpful ✓", "👎 Not it"]
        changed = await pressed(fake, sent, "Not it")
        assert changed.rows[-2] == ["👍 Helpful", "👎 Not it ✓"]
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


@pytest.mark.usefixtures("bot")
async def test_in_a_group_an_answer_is_short_until_it_is_unfolded(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}")
    assert sent.rows == [["2", "3", "… More"]]
    more = await pressed(fake, sent, "More")
    assert ["👍 Helpful", "👎 Not it"] in more.rows
    assert len(more.text) > len(sent.text)
    assert (await pressed(fake, sent, "2")).rows[-1] == ["Fewer"]
    assert (await pressed(fake, sent, "Fewer")).rows == [["1", "3", "… More"]]


@pytest.mark.usefixtures("bot")
async def test_only_the_asker_and_administrators_turn_pages_in_a_group(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, f"/ask {TOWER}", user=ALICE)
    refused = await fake.press_and_wait(sent, "2", user=BOB)
    assert (refused["text"], refused["show_alert"]) == (SAY("ask_your_own"), True)
    fake.promote(GROUP, BOB)
    assert (await pressed(fake, sent, "2", user=BOB)).rows[0][:2] == ["1", "3"]
    anonymous = await fake.say_and_wait(GROUP, f"/ask {TOWER}", as_chat=GROUP)
    assert (await pressed(fake, anonymous, "2", user=BOB)).rows[0][:2] == ["1", "3"]


@pytest.mark.usefixtures("bot")
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
        assert (await pressed(fake, sent, "2")).rows[0] == ["1", "3"]


async def test_after_a_rebuild_a_button_finds_its_passage_or_says_that_it_is_gone(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    shelve(tmp_path / "shelf")
    answerer = answering(tmp_path / "shelf")
    newcomer = Article("Ticket Office", (Paragraph("What a ticket for the tower costs visitors is on the door."),))
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
        second = (await pressed(fake, sent, "2")).styled("expandable_blockquote")
        await pressed(fake, sent, "1")
        shelve(tmp_path / "shelf", (newcomer, *SHELF))
        said = await fake.press_and_wait(sent, "2")
        now = await fake.wait_edit(sent, 3)
        assert now.styled("expandable_blockquote") == second
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
    assert lost.reply_to is not None
    del fake.world.messages[ALICE, lost.id]["reply_to_message"]
    async with asked(fake, tmp_path / "two", answerer):
        again = await pressed(fake, sent, "2")
        assert again.rows[0] == ["2", "3", "… More"]
        assert (await pressed(fake, sent, "3")).rows[0] == ["1", "2", "… More"]
        assert (await fake.press_and_wait(lost, "2"))["text"] == SAY("expired")
        assert (await fake.press_and_wait(sent, "1", user=BOB))["text"] == SAY("ask_your_own")


@pytest.mark.usefixtures("bot")
async def test_under_a_message_too_old_to_be_edited_a_new_one_comes(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    await fake.press_and_wait(sent, "2", inaccessible=True)
    assert (await fake.wait_sent(2))[1].reply_to == sent.id
    await fake.press_and_wait(sent, "After", inaccessible=True)
    page = (await fake.wait_sent(3))[2]
    assert page.reply_to == sent.id
    assert "Back to the answer" in page.seen()
    assert not fake.edits_of(sent)


@pytest.mark.usefixtures("bot")
async def test_a_press_that_is_too_old_still_turns_the_page(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    fake.fail("answerCallbackQuery", refusal(400, "Bad Request: query is too old and response timeout expired"))
    fake.press(sent, "2")
    assert (await fake.wait_edit(sent)).rows[0] == ["1", "3"]


@pytest.mark.usefixtures("bot")
async def test_a_refused_text_is_sent_plainly_with_the_same_buttons(fake: FakeTelegram) -> None:
    fake.fail("sendMessage", refusal(400, "Bad Request: can't parse entities: on purpose"))
    sent = await fake.say_and_wait(ALICE, TOWER)
    assert sent.rows[0] == ["2", "3"]
    assert not sent.styled("bold")


@pytest.mark.usefixtures("bot")
async def test_a_corrected_word_can_be_insisted_on(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who designed the lighthose?")
    assert SAY("searched_instead", right="lighthouse", wrong="lighthose") in sent.text
    assert sent.rows[0] == [SAY("button_exact")]
    now = await pressed(fake, sent, "Search exactly")
    assert "instead of" not in now.text
    assert "lighthose" in now.text or now.styled("bold")[0] != LIGHTHOUSE.title


@pytest.mark.usefixtures("bot")
async def test_a_narrowing_is_said_and_can_be_dropped(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, f"{TOWER} after:2025-06-01")
    assert sent.styled("bold")[0] == "A Tower for the Stars"
    assert "Only: after:2025-06-01" in sent.text
    now = await pressed(fake, sent, "Without: after:2025-06-01")
    assert "Only:" not in now.text
    assert LIGHTHOUSE.title in now.text
    broken = await fake.say_and_wait(ALICE, "lighthouse keeper after:yesterday")
    assert "after:yesterday" in broken.text.rpartition("\n")[2]


@pytest.mark.usefixtures("bot")
async def test_nothing_found_names_the_words_and_offers_the_nearest_articles(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Which volcano erupted near the bakers of Iceland?")
    assert sent.text.startswith(SAY("not_found"))
    assert "No article mentions: volcano, erupted" in sent.text
    assert not sent.styled("expandable_blockquote")
    await fake.press_and_wait(sent, BAKERY.title)
    article = (await fake.wait_sent(2))[1]
    assert all(paragraph.text in article.text for paragraph in BAKERY.paragraphs)


@pytest.mark.usefixtures("bot")
async def test_a_group_is_told_of_nothing_once_a_minute_in_two_lines(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, "/ask Which volcano erupted in Iceland?")
    assert sent.text.count("\n") == 1
    assert sent.rows == []
    fake.say(GROUP, "/ask Which volcano erupted in Iceland?")
    answer = (await fake.say_and_wait(GROUP, f"/ask {TOWER}")).text
    assert answer.startswith((LIGHTHOUSE.title, "A Tower"))


@pytest.mark.usefixtures("bot")
async def test_a_reply_is_asked_in_the_context_of_the_answer(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Who designed the lighthouse of Corran Point?")
    follow = await fake.say_and_wait(ALICE, "And until when did whale oil burn there?", reply_to=sent)
    assert follow.styled("bold")[0] == LIGHTHOUSE.title
    why = await fake.say_and_wait(ALICE, "Why?", reply_to=sent)
    assert why.text.rpartition("\n")[2] == "Understood as: Why? designed lighthouse Corran Point"
    alone = await pressed(fake, why, "New question")
    assert alone.text.startswith(SAY("not_found"))
    assert "Understood" not in alone.text
    stranger = await fake.say_and_wait(ALICE, "Which planet has rings?", reply_to=sent)
    assert stranger.text.startswith(SAY("not_found"))


async def test_an_edited_question_has_its_answer_edited(fake: FakeTelegram, answerer: Answerer, tmp_path: Path) -> None:
    async with asked(fake, tmp_path, answerer):
        question = fake.say(ALICE, "Who designed the lighthouse?")
        sent = (await fake.wait_sent(1))[0]
        fake.edit(question, "What did the lamp of the lighthouse burn?")
        now = await fake.wait_edit(sent)
        assert LIGHTHOUSE.paragraphs[2].text in now.text
        assert now.text.endswith(SAY("after_edit"))
        fake.edit(question, "What did the lamp of the lighthouse burn?")
        old = fake.say(ALICE, "Who designed it?", date=1_700_000_000)
        fake.edit(old, "Who designed the tower?")
        mention = fake.say(GROUP, "/ask What does a ticket cost?")
        second = (await fake.wait_sent(1, GROUP))[0]
        fake.edit(mention, "/ask Who are taught at the night school?")
        assert BAKERY.title in (await fake.wait_edit(second)).text
        assert len(fake.edits_of(sent)) == 1


@pytest.mark.usefixtures("bot")
async def test_ask_alone_asks_what_to_look_for_and_the_reply_is_the_question(fake: FakeTelegram) -> None:
    prompt = await fake.say_and_wait(GROUP, "/ask")
    assert prompt.text == SAY("what_to_know")
    assert prompt.arguments.json("reply_markup", "markup") == {"force_reply": True, "selective": True}
    answer = await fake.say_and_wait(GROUP, "Who designed the lighthouse?", reply_to=prompt)
    assert answer.styled("bold")[0] == LIGHTHOUSE.title


@pytest.mark.usefixtures("bot")
async def test_titles_and_dates_are_listed_in_pages_and_articles_open(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "/titles")
    assert sent.text.split("\n")[:2] == ["Articles 1 to 8 of 18:", f"1 · {LIGHTHOUSE.title} · 2 Mar 2025"]
    assert sent.rows == [["1", "2", "3", "4"], ["5", "6", "7", "8"], ["Next ▶"]]
    second = await pressed(fake, sent, "Next")
    assert second.text.startswith("Articles 9 to 16 of 18:")
    assert second.rows[-1] == ["◀ Previous", "Next ▶"]
    some = await fake.say_and_wait(ALICE, "/titles parish number 1")
    assert some.text.startswith("Articles 1 to 7 of 7:")
    assert (await fake.say_and_wait(ALICE, "/titles volcano")).text == SAY("titles_none")
    latest = await fake.say_and_wait(ALICE, "/latest")
    assert latest.text.split("\n") == [
        SAY("latest"), "1 · A Tower for the Stars · 20 Jun 2025", f"2 · {LIGHTHOUSE.title} · 2 Mar 2025"
    ]  # fmt: skip
    await fake.press_and_wait(latest, "2")
    article = (await fake.wait_sent(5, ALICE))[-1]
    assert article.reply_to == latest.id
    assert LIGHTHOUSE.paragraphs[0].text in article.text


@pytest.mark.usefixtures("bot")
async def test_an_example_of_the_welcome_is_asked_by_pressing_it(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "/start")
    assert [row[0] for row in sent.rows[:2]] == ["A Tower for the Stars", LIGHTHOUSE.title]
    assert len(sent.rows) == 3
    await fake.press_and_wait(sent, LIGHTHOUSE.title)
    answer = (await fake.wait_sent(2))[1]
    assert answer.styled("bold")[0] == LIGHTHOUSE.title
    assert answer.button("2")


async def test_a_link_leads_to_its_passage_also_after_a_rebuild(fake: FakeTelegram, tmp_path: Path) -> None:
    shelve(tmp_path / "shelf")
    answerer = answering(tmp_path / "shelf")
    moved = replace(LIGHTHOUSE, paragraphs=(Paragraph("A word before all."), *LIGHTHOUSE.paragraphs))
    bare = replace(LIGHTHOUSE, paragraphs=LIGHTHOUSE.paragraphs[:2])
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "Who are taught at the night school for bakers?")
        payload = sent.button("Copy")["copy_text"]["text"].rpartition("?start=")[2]
        assert payload.startswith("p_")
        passage = await fake.say_and_wait(BOB, f"/start {payload}")
        assert passage.styled("bold") == [BAKERY.title, BAKERY.paragraphs[0].text]
        lamp = answerer.answer_now("What did the lamp burn until 1902?").passages[0]
        from bot.channels.telegram.links import article_link, passage_link

        payload = passage_link("x", lamp.article, lamp.passage).rpartition("=")[2]
        shelve(tmp_path / "shelf", (moved, *SHELF[1:]))
        again = await fake.say_and_wait(BOB, f"/start {payload}")
        assert again.styled("bold")[1] == LIGHTHOUSE.paragraphs[2].text
        assert "par. 4 to 6 of 6" in again.text
        shelve(tmp_path / "shelf", (bare, *SHELF[1:]))
        gone = await fake.say_and_wait(BOB, f"/start {payload}")
        assert gone.text.startswith(f"{SAY('passage_gone')}\n{LIGHTHOUSE.title}")
        whole = article_link("x", lamp.article).rpartition("=")[2]
        assert LIGHTHOUSE.paragraphs[0].text in (await fake.say_and_wait(BOB, f"/start {whole}")).text
        shelve(tmp_path / "shelf", SHELF[1:])
        assert (await fake.say_and_wait(BOB, f"/start {whole}")).text == SAY("passage_gone")
        assert (await fake.say_and_wait(BOB, "/start i")).text == SAY("inline_hint")
        assert (await fake.say_and_wait(BOB, "/start p_nonsense")).text.startswith(SAY("hello"))
    answerer.close()


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
        assert sent.rows[0] == ["۳", "۲"]
        assert sent.rows[2] == [say("button_not_it"), say("button_helpful")]
        assert (await fake.press_and_wait(sent, say("button_helpful")))["text"] == say("voted_up")


async def test_before_the_first_build_buttons_lists_and_inline_say_so(fake: FakeTelegram, tmp_path: Path) -> None:
    shelve(tmp_path / "shelf")
    answerer = answering(tmp_path / "shelf")
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, TOWER)
    answerer.close()
    empty = answering(tmp_path / "nothing")
    async with asked(fake, tmp_path, empty):
        assert (await fake.press_and_wait(sent, "2"))["text"] == SAY("preparing")
        assert (await fake.say_and_wait(ALICE, "/titles")).text == SAY("preparing")
        offered = await fake.inline_and_wait(ALICE, "lighthouse")
        assert (offered["results"], offered["button"]["text"]) == ([], SAY("preparing"))
        assert not (await fake.say_and_wait(ALICE, "/start")).rows


@pytest.mark.usefixtures("bot")
async def test_two_presses_at_once_leave_the_message_as_one_of_them_says(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, TOWER)
    queries = [fake.press(sent, "2"), fake.press(sent, "2"), fake.press(sent, "3")]
    await fake.until(lambda: all(query in fake.answers for query in queries))
    await fake.until(lambda: len(fake.called("editMessageText")) == 3)
    await asyncio.sleep(0)
    assert fake.now(sent).rows[0] in (["1", "3"], ["1", "2"])
