"""Nothing found, follow-ups, edits, lists, examples and links: the real channel over real HTTP, on a real index."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.channels.telegram.messages.links import article_link, passage_link
from index.model import Paragraph
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import BAKERY, LIGHTHOUSE, SHELF, answering, asked, pressed, shelve

SAY = Catalogue("en").text
ALICE, BOB = 7, 8
GROUP = -1001
TOWER = "What does a ticket for the tower cost visitors?"


@pytest.mark.usefixtures("telegram")
async def test_nothing_found_names_the_words_and_offers_the_nearest_articles(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "Which volcano erupted near the bakers of Iceland?")
    assert sent.text.startswith(SAY("not_found"))
    assert "No article mentions: volcano, erupted" in sent.text
    assert not sent.styled("expandable_blockquote")
    await fake.press_and_wait(sent, BAKERY.title)
    article = (await fake.wait_sent(2))[1]
    assert all(paragraph.text in article.text for paragraph in BAKERY.paragraphs)


@pytest.mark.usefixtures("telegram")
async def test_a_group_is_told_of_nothing_once_a_minute_in_two_lines(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(GROUP, "/ask Which volcano erupted in Iceland?")
    assert sent.text.count("\n") == 1
    assert sent.rows == []
    fake.say(GROUP, "/ask Which volcano erupted in Iceland?")
    answer = (await fake.say_and_wait(GROUP, f"/ask {TOWER}")).text
    assert answer.startswith((LIGHTHOUSE.title, "A Tower"))


@pytest.mark.usefixtures("telegram")
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


@pytest.mark.usefixtures("telegram")
async def test_ask_alone_asks_what_to_look_for_and_the_reply_is_the_question(fake: FakeTelegram) -> None:
    prompt = await fake.say_and_wait(GROUP, "/ask")
    assert prompt.text == SAY("what_to_know")
    assert prompt.arguments.json("reply_markup", "markup") == {"force_reply": True, "selective": True}
    answer = await fake.say_and_wait(GROUP, "Who designed the lighthouse?", reply_to=prompt)
    assert answer.styled("bold")[0] == LIGHTHOUSE.title


@pytest.mark.usefixtures("telegram")
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
    shared = await fake.say_and_wait(GROUP, "/titles", user=ALICE)
    assert (await fake.press_and_wait(shared, "Next", user=BOB))["text"] == SAY("ask_your_own")
    assert (await pressed(fake, shared, "Next", user=ALICE)).text.startswith("Articles 9")
    latest = await fake.say_and_wait(ALICE, "/latest")
    assert latest.text.split("\n") == [
        SAY("latest"), "1 · A Tower for the Stars · 20 Jun 2025", f"2 · {LIGHTHOUSE.title} · 2 Mar 2025"
    ]  # fmt: skip
    await fake.press_and_wait(latest, "2")
    article = (await fake.wait_sent(5, ALICE))[-1]
    assert article.reply_to == latest.id
    assert LIGHTHOUSE.paragraphs[0].text in article.text


@pytest.mark.usefixtures("telegram")
async def test_an_example_of_the_welcome_is_asked_by_pressing_it(fake: FakeTelegram) -> None:
    sent = await fake.say_and_wait(ALICE, "/start")
    assert sent.rows == [
        ["How much does a ticket cost?"],
        ["Who was the tower designed by?"],
        [f"What is this about: {BAKERY.title}?"],
    ]
    await fake.press_and_wait(sent, "Who was the tower designed by?")
    answer = (await fake.wait_sent(2))[1]
    assert answer.styled("bold") == [LIGHTHOUSE.title, "The tower was designed by Maren Voss."]
    assert answer.button("2")


async def test_a_link_leads_to_its_passage_also_after_a_rebuild(fake: FakeTelegram, tmp_path: Path) -> None:
    shelve(tmp_path / "shelf")
    answerer = answering(tmp_path / "shelf")
    moved = replace(LIGHTHOUSE, paragraphs=(Paragraph("A word before all."), *LIGHTHOUSE.paragraphs))
    bare = replace(LIGHTHOUSE, paragraphs=LIGHTHOUSE.paragraphs[:2])
    async with asked(fake, tmp_path, answerer):
        sent = await fake.say_and_wait(ALICE, "Who are taught at the night school for bakers?")
        sent = await pressed(fake, sent, "… More")
        payload = sent.button("Copy")["copy_text"]["text"].rpartition("?start=")[2]
        assert payload.startswith("p_")
        passage = await fake.say_and_wait(BOB, f"/start {payload}")
        assert passage.styled("bold") == [BAKERY.title, BAKERY.paragraphs[0].text]
        lamp = answerer.answer("What did the lamp burn until 1902?").passages[0]
        payload = passage_link("x", lamp.article, lamp.passage).rpartition("=")[2]
        shelve(tmp_path / "shelf", (moved, *SHELF[1:]))
        again = await fake.say_and_wait(BOB, f"/start {payload}")
        assert again.styled("bold")[1] == LIGHTHOUSE.paragraphs[2].text
        assert "par.\xa04\xa0to\xa06\xa0of\xa06" in again.text
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
