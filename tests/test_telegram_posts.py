"""Posts of a channel over the wire: asked for in private, taken in as articles, edited, taken out, never twice."""

import asyncio
import json
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Answerer
from bot.catalogue import Catalogue
from bot.commands.library import ProcessLibrary
from bot.policy import Policy
from bot.posts import Channel, Posts
from bot.watching import Clock, Told, Watcher
from config.settings import load
from index import Article, ArticleCard, LocalRetriever, Options, ReadingOptions, Store, build_index, read
from tests.telegram_server.server import FakeTelegram, fake_in_thread
from tests.telegram_server.wire import JSON, Sent
from tests.telegram_server.world import BOT_ID
from tests.telegram_shelf import asked

pytestmark = pytest.mark.slow

SAY = Catalogue("en").text
OWNER, BOB, CHANNEL, OTHER = 7, 8, -1001488209417, -1001999888777
TAKE_IN = "Yes, take it in"


@pytest.fixture
def data(shelf: Path, tmp_path: Path) -> Path:
    """The data folder of an index of two articles."""
    assert shelf.is_dir()
    return tmp_path / "data"


@asynccontextmanager
async def listening(fake: FakeTelegram, data: Path, *, webhook: bool = False) -> AsyncIterator[None]:
    """A bot that person 7 owns, which takes posts in and watches nothing else, on a clock twenty times as fast."""
    library, store = ProcessLibrary(load(data_dir=data)), Store(data)
    watcher = Watcher(store, library, Told(data), Clock(data, 20.0), posts=Posts(library.posts), posts_only=True)
    answerer, told = Answerer(LocalRetriever(store), Policy()), list[str]()
    async with asked(
        fake, data, answerer, webhook=webhook, access="paired", library=library, watcher=watcher, told=told
    ):
        if "/pair " in told[0]:
            await fake.say_and_wait(OWNER, f"/pair {told[0].partition('/pair ')[2].split()[0]}")
        yield
    answerer.close()


def channel(fake: FakeTelegram, chat: int, title: str, name: str = "") -> None:
    """A channel of which person 7 is the creator."""
    fake.world.chat(chat, kind="channel")
    fake.world.chats[chat] |= {"title": title} | ({"username": name} if name else {})
    fake.promote(chat, OWNER, "creator")


def post(fake: FakeTelegram, chat: int, text: str | None, **extra: Any) -> JSON:
    return fake.say(chat, text, kind="channel_post", sender_chat=fake.world.chats[chat], **extra)


def edit(fake: FakeTelegram, message: JSON, seconds: int, **fields: Any) -> None:
    made = fake.world.changed(message, **fields) | {"edit_date": message["date"] + seconds}
    fake.offer("edited_channel_post", made)


async def agreed(fake: FakeTelegram, chat: int) -> Sent:
    """The bot becomes an administrator, asks its owner, and the owner agrees."""
    before = len(fake.sent(OWNER))
    fake.promote(chat, BOT_ID)
    question = (await fake.wait_sent(before + 1, OWNER))[-1]
    await fake.press_and_wait(question, TAKE_IN)
    await fake.until(lambda: fake.now(question).text == SAY("posts_taken"))
    return question


def articles(data: Path) -> dict[str, ArticleCard]:
    with Store(data).open() as generation:
        texts = generation.texts
        return {card.title: card for card in texts.articles(list(range(texts.counts()["articles"])))}


def passages(data: Path) -> str:
    with Store(data).open() as generation:
        texts = generation.texts
        return "\n".join(one.text for one in texts.passages(list(range(texts.counts()["passages"]))))


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not met():
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("webhook", [False, True])
async def test_posts_are_taken_in_where_an_owner_who_runs_the_channel_agrees(
    webhook: bool, fake: FakeTelegram, data: Path
) -> None:
    channel(fake, CHANNEL, "Pier Gazette", "piergazette")
    channel(fake, OTHER, "Crew Only")
    async with listening(fake, data, webhook=webhook):
        before = len(fake.sent(OWNER))
        fake.promote(CHANNEL, BOT_ID)
        question = (await fake.wait_sent(before + 1, OWNER))[-1]
        assert question.text == SAY("posts_ask", channel="Pier Gazette")
        post(fake, CHANNEL, "Written Too Soon\n\nNobody had said that posts are wanted.")
        post(fake, CHANNEL, "/add")
        assert (await fake.press_and_wait(question, TAKE_IN, user=BOB))["text"] == SAY("owner_only")
        await fake.press_and_wait(question, TAKE_IN)
        await fake.until(lambda: fake.now(question).text == SAY("posts_taken"))
        ferry = post(
            fake, CHANNEL, "Ferry Leaves at Six\n\nFrom Friday the ferry leaves at six.\nCarts pay double.",
            author_signature="Ines R.", date=1_793_700_300,
        )  # fmt: skip
        pictures: dict[str, Any] = {"media_group_id": "g7", "date": 1_793_700_400, "photo": [PHOTO]}
        post(fake, CHANNEL, None, **pictures)
        album = post(fake, CHANNEL, None, caption="Regatta in Pictures\n\nThe red boat won by a length.", **pictures)
        post(fake, CHANNEL, None, **pictures)
        forwarded = {"type": "channel", "date": 1_793_600_000, "message_id": 7}
        forwarded |= {"chat": {"id": -1005550001112, "type": "channel", "title": "Port Office"}}
        post(fake, CHANNEL, "Dredger Arrives\n\nIt stays nine days at the mole.", forward_origin=forwarded)
        post(fake, CHANNEL, None, new_chat_title="Pier Gazette")
        post(fake, CHANNEL, None, photo=[PHOTO])
        post(fake, OTHER, "Crew Rota\n\nNobody said that this one may be taken in.")
        fake.say(
            -1002, "Dredger Arrives\n\nIt stays nine days at the mole.", user=777000,
            sender_chat=fake.world.chats[CHANNEL], is_automatic_forward=True,
        )  # fmt: skip
        old = fake.world.message(
            CHANNEL, "An Old Post\n\nThe weir was built in 1911.", [], sender=None, date=1_700_000_000
        )
        edit(fake, old, 9, text="An Old Post\n\nThe weir was built in 1811.")
        await until(lambda: len(articles(data)) == 6)
        found = articles(data)
        assert set(found) >= {"Ferry Leaves at Six", "Regatta in Pictures", "Dredger Arrives", "An Old Post"}
        card = found["Ferry Leaves at Six"]
        assert (card.author, card.source) == ("Ines R.", "Pier Gazette")
        assert (card.date or "")[:10] == "2026-11-03"
        assert card.url == f"https://t.me/piergazette/{ferry['message_id']}"
        assert "Port Office" in (found["Dredger Arrives"].source or "")
        assert found["Regatta in Pictures"].url == f"https://t.me/piergazette/{album['message_id']}"
        generation = Store(data).current()
        # The first reaction comes as an edit that changes no word.
        edit(fake, ferry, 50)
        edit(fake, ferry, 60, text="Ferry Leaves at Seven\n\nFrom Friday the ferry leaves at seven.\nCarts pay double.")
        edit(fake, album, 70, caption="Regatta in Pictures\n\nThe red boat won by two lengths.")
        await until(lambda: "Ferry Leaves at Seven" in articles(data) and "two lengths" in passages(data))
        assert len(articles(data)) == 6
        text = passages(data)
        assert not [words for words in ("Too Soon", "Crew Rota", "leaves at six", "by a length") if words in text]
        assert Store(data).current() in (generation and generation + 1, generation and generation + 2)
        # An edit that was overtaken changes nothing.
        edit(fake, ferry, 55, text="Ferry Leaves at Noon\n\nFrom Friday the ferry leaves at noon.")
        # The question about the other channel waits for its turn, three messages in three seconds.
        await fake.until(lambda: fake.sent(OWNER)[-1].text == SAY("posts_ask", channel="Crew Only"))
        before = len(fake.sent(OWNER))
        fake.promote(CHANNEL, BOT_ID, "member")
        assert (await fake.wait_sent(before + 1, OWNER))[-1].text == SAY("posts_left", channel="Pier Gazette")
        assert "Ferry Leaves at Seven" in articles(data)


PHOTO = {"file_id": "p1", "file_unique_id": "u1", "width": 90, "height": 60}


async def test_an_owner_who_does_not_run_the_channel_cannot_agree(fake: FakeTelegram, data: Path) -> None:
    channel(fake, CHANNEL, "Pier Gazette")
    fake.promote(CHANNEL, OWNER, "member")
    async with listening(fake, data):
        before = len(fake.sent(OWNER))
        fake.promote(CHANNEL, BOT_ID)
        question = (await fake.wait_sent(before + 1, OWNER))[-1]
        assert (await fake.press_and_wait(question, TAKE_IN))["text"] == SAY("posts_not_yours")
        fake.promote(CHANNEL, OWNER, "administrator")
        await fake.press_and_wait(question, "No, leave it")
        await fake.until(lambda: fake.now(question).text == SAY("posts_refused"))
        post(fake, CHANNEL, "A Quiet Post\n\nIt is left alone.")
        await fake.say_and_wait(OWNER, "/help")
        assert not (data / "posts").exists()


async def test_a_post_is_taken_out_by_its_link_and_stays_out(fake: FakeTelegram, data: Path) -> None:
    channel(fake, CHANNEL, "Pier Gazette")
    async with listening(fake, data):
        assert "/remove" in (await fake.say_and_wait(OWNER, "/help")).text
        await agreed(fake, CHANNEL)
        made = post(fake, CHANNEL, "A Post Too Many\n\nIt names somebody who asked not to be named.")
        await until(lambda: "A Post Too Many" in articles(data))
        link = f"https://t.me/c/1488209417/{made['message_id']}"
        assert articles(data)["A Post Too Many"].url == link
        assert (await fake.say_and_wait(OWNER, "/remove t.me/elsewhere/9")).text == SAY("remove_unknown")
        assert (await fake.say_and_wait(OWNER, "/remove")).text == SAY("remove_explain")
        assert (await fake.say_and_wait(BOB, f"/remove {link}")).text != SAY("removed")
        assert (await fake.say_and_wait(OWNER, f"/remove {link}?single")).text == SAY("removed")
        edit(fake, made, 5, text="A Post Too Many\n\nIt is edited afterwards.")
        await until(lambda: "A Post Too Many" not in articles(data))
        assert (await fake.say_and_wait(OWNER, f"/remove {link}")).text == SAY("remove_unknown")
        again = link.replace("t.me/c/", "telegram.dog/s/")
        assert (await fake.say_and_wait(OWNER, f"/remove {again}")).text == SAY("remove_unknown")


async def test_of_a_post_that_lies_in_an_export_alone_it_is_said_where(fake: FakeTelegram, data: Path) -> None:
    file = data.parent / "shelf" / "result.json"
    for number, kind in ((1488209417, "private_channel"), (1999888777, "public_channel")):
        export = {"name": "Old", "type": kind, "id": number, "messages": [message(3, "Tar\n\nThe tar boils over.")]}
        file.with_name(f"{number}.json").write_text(json.dumps(export))
    file = file.with_name("1488209417.json")
    await ProcessLibrary(load(data_dir=data)).rebuild((), lambda _: None)
    channel(fake, CHANNEL, "Pier Gazette", "piergazette")
    async with listening(fake, data):
        link = "t.me/c/1488209417/3"
        assert (await fake.say_and_wait(OWNER, f"/remove {link}")).text == SAY("remove_exported", file=str(file))
        await agreed(fake, CHANNEL)
        post(fake, CHANNEL, "A Kept Post\n\nIt stays.")
        await until(lambda: "A Kept Post" in articles(data))
        for link in ("t.me/piergazette/3", "piergazette.t.me/3"):
            said = (await fake.say_and_wait(OWNER, f"/remove {link}")).text
            assert said == SAY("removed_exported", file=str(file))
    await ProcessLibrary(load(data_dir=data)).rebuild((), lambda _: None)
    assert [card.url for title, card in articles(data).items() if title == "Tar"] == ["https://t.me/c/1999888777/3"]


# --- On the disk -----------------------------------------------------------------------------------------------------

PIER = Channel(1488209417, "Pier Gazette", "piergazette")


def message(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "message", "date_unixtime": "1793700300", "text": text, **more}


def test_a_post_is_kept_once_in_its_newest_state(tmp_path: Path) -> None:
    posts = Posts(tmp_path)
    assert posts.keep(PIER, message(4, "One"))
    assert not posts.keep(PIER, message(4, "One", edited_unixtime="1793700900"))
    assert posts.keep(PIER, message(4, "Two", edited_unixtime="1793700999"))
    assert not posts.keep(PIER, message(4, "One", edited_unixtime="1793700900"))
    assert not posts.keep(PIER, message(4, "One"))
    assert posts.keep(PIER, message(5, "Left"), album="a")
    assert posts.keep(PIER, message(6, "Right", date_unixtime="1793700301"), album="a")
    (one, album) = sorted((tmp_path / "1488209417").glob("*.telegram"))
    assert json.loads(one.read_text())["messages"][0]["text"] == "Two"
    assert [each["id"] for each in json.loads(album.read_text())["messages"]] == [5, 6]
    assert posts.drop(1488209417, 6, album="a")
    assert not posts.drop(1488209417, 6, album="a")
    assert posts.remove(1488209417, 5)
    assert not posts.keep(PIER, message(5, "Left"), album="a")
    assert json.loads(album.read_text())["messages"] == []
    assert [posts.channel(place) for place in ("PierGazette", "1488209417", "x")] == [PIER, PIER, None]


def test_half_a_character_costs_no_post(tmp_path: Path) -> None:
    posts, half = Posts(tmp_path), Channel(1488209417, "Pier \ud83d", "piergazette")
    assert posts.keep(half, message(4, "The crane was oiled \ud83d."))
    sources = posts.sources()
    (article,) = [one for one in read(list(sources), options=sources) if isinstance(one, Article)]
    assert [one.text for one in article.paragraphs] == ["The crane was oiled ?."]


def test_a_post_that_lies_in_an_export_too_is_one_article_in_its_newest_state(tmp_path: Path) -> None:
    export = {"name": "Pier Gazette", "type": "public_channel", "id": 1488209417, "messages": []}
    for number, words in ((3, "The crane was oiled."), (4, "The ferry leaves at six."), (5, "The mole is closed.")):
        export["messages"].append(message(number, f"Notice {number}\n\n{words}"))  # type: ignore[attr-defined]
    docs, data = tmp_path / "docs", tmp_path / "data"
    docs.mkdir()
    (docs / "result.json").write_text(json.dumps(export))
    posts = Posts(data / "posts")

    def built() -> tuple[int, str]:
        sources = {str(docs): ReadingOptions()} | posts.sources()
        report = build_index(
            Store(data), read(list(sources), leaving_out=data, options=sources), list(sources), Options(processes=1)
        )
        return report.reused, passages(data)

    built()
    posts.keep(PIER, message(9, "Notice 9\n\nThe bell is rung by hand."))
    assert built()[0] == 3
    posts.keep(PIER, message(4, "Notice 4\n\nThe ferry leaves at seven.", edited_unixtime="1793700999"))
    assert posts.remove(1488209417, 5) is False
    _, text = built()
    assert sorted(text.split("\n")) == [
        "The bell is rung by hand.",
        "The crane was oiled.",
        "The ferry leaves at seven.",
    ]
    assert {card.url for card in articles(data).values()} == {
        "https://t.me/c/1488209417/3", "https://t.me/piergazette/4", "https://t.me/piergazette/9",
    }  # fmt: skip


def test_a_kill_at_any_moment_loses_no_post_and_keeps_none_twice(
    start: Callable[..., subprocess.Popen[str]], data: Path
) -> None:
    with fake_in_thread() as fake:
        fake.run(lambda it: channel(it, CHANNEL, "Pier Gazette"))
        settings = {"QUOTH_TELEGRAM_BASE_URL": fake.base_url, "QUOTH_TELEGRAM_TOKEN": fake.token}
        process = start("telegram", **settings)
        assert process.stdout is not None
        told = ""
        while (code := re.search(r"/pair (\S+)", told)) is None:
            told += process.stdout.readline()
        fake.say_and_wait(OWNER, f"/pair {code[1]}")
        fake.do(lambda it: agreed(it, CHANNEL))
        for kill in range(4):
            for number in range(10):
                text = f"Post {kill * 10 + number}\n\nIt is one of many."
                fake.run(partial(post, chat=CHANNEL, text=text))
            # In the midst of them, as far as it had come; the first time before any.
            while kill and len(list((data / "posts").rglob("*.telegram"))) < kill * 10 - 6:
                time.sleep(0.01)
            process.kill()
            process.communicate()
            process = start("telegram", **settings)
        # A bot that polls asks again and again, and so does this.
        fake.wait(lambda _: len(list((data / "posts").rglob("*.telegram"))) == 40, timeout=120)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    kept = [json.loads(path.read_text())["messages"] for path in (data / "posts").rglob("*.telegram")]
    assert sorted(int(one["text"].split()[1]) for (one,) in kept) == list(range(40))
