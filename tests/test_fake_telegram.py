"""The fake Bot API server keeps to the real one's rules: asked through plain HTTP, without any Telegram library."""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.telegram_server.server import TOKEN, FakeTelegram, fake_in_thread
from tests.telegram_server.wire import CloseSocket, DeliverThenHang, Hang, Status, refusal, too_many

ALICE = 7
GROUP = -1001
OTHER_TOKEN = "123456789:" + "x" * 35


class Client:
    """A bare HTTP client: `await client("getMe")` -> (status, body)."""

    def __init__(self, fake: FakeTelegram, session: aiohttp.ClientSession) -> None:
        self.fake, self.session = fake, session

    async def __call__(self, method: str, *, token: str = TOKEN, patience: float = 5, **body: Any) -> tuple[int, Any]:
        url = f"{self.fake.base_url}/bot{token}/{method}"
        async with self.session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=patience)) as got:
            return got.status, await got.json()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with FakeTelegram() as fake, aiohttp.ClientSession() as session:
        fake.world.chat(ALICE)
        yield Client(fake, session)


async def test_get_me_answers_under_any_case_and_by_get(client: Client) -> None:
    status, body = await client("GETME")
    assert (status, body["ok"], body["result"]["username"]) == (200, True, "quoth_test_bot")
    async with client.session.get(f"{client.fake.base_url}/bot{TOKEN}/getMe") as got:
        assert (await got.json())["result"]["is_bot"] is True


@pytest.mark.parametrize(
    ("token", "method", "status", "description"),
    [
        (OTHER_TOKEN, "getMe", 401, "Unauthorized"),
        ("nonsense", "getMe", 404, "Not Found"),
        (TOKEN, "sendPigeon", 404, "Not Found: method not found"),
    ],
)
async def test_strangers_and_unknown_methods_are_refused(
    client: Client, token: str, method: str, status: int, description: str
) -> None:
    assert await client(method, token=token) == (
        status,
        {"ok": False, "error_code": status, "description": description},
    )


async def test_other_paths_are_not_found(client: Client) -> None:
    async with client.session.get(f"{client.fake.base_url}/file/bot{TOKEN}/photo.jpg") as got:
        assert (got.status, (await got.json())["description"]) == (404, "Not Found")


@pytest.mark.parametrize("form", ["json", "urlencoded", "multipart", "query"])
async def test_every_form_of_body_is_read(client: Client, form: str) -> None:
    url = f"{client.fake.base_url}/bot{TOKEN}/sendMessage"
    fields = {"chat_id": str(ALICE), "text": "grüß dich & <you>", "nobody_knows_this": "x"}
    sending: dict[str, Any] = {"params" if form == "query" else "data": fields}
    if form == "json":
        sending = {"json": fields | {"chat_id": ALICE}}
    elif form == "multipart":
        sending = {"data": aiohttp.FormData(fields, default_to_multipart=True)}
    async with client.session.post(url, **sending) as got:
        assert got.status == 200, await got.text()
    assert [sent.text for sent in client.fake.sent(ALICE)] == ["grüß dich & <you>"]


@pytest.mark.parametrize(
    ("call", "description"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": 404, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ({"chat_id": ALICE}, "message text is empty"),
        ({"chat_id": ALICE, "text": " \n "}, "message text is empty"),
        ({"chat_id": ALICE, "text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": ALICE, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": ALICE, "text": "\U0001f600" * 2049}, "message is too long"),
        ({"chat_id": ALICE, "text": "x" * 32769}, "text is too long"),
        ({"chat_id": ALICE, "text": "x", "parse_mode": "Runes"}, "unsupported parse_mode"),
        ({"chat_id": ALICE, "text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"chat_id": ALICE, "text": "x", "reply_parameters": "{"}, "can't parse reply parameters JSON object"),
        ({"chat_id": ALICE, "text": "x", "reply_parameters": 5}, "object expected as reply parameters"),
        ({"chat_id": ALICE, "text": "x", "message_thread_id": 5}, "message thread not found"),
    ],
)
async def test_messages_that_cannot_be_sent_are_refused(client: Client, call: dict[str, Any], description: str) -> None:
    status, body = await client("sendMessage", **call)
    assert (status, body["error_code"], body["description"]) == (400, 400, f"Bad Request: {description}")
    assert not client.fake.sent()


async def test_the_length_is_counted_after_parsing(client: Client) -> None:
    marked = "<b>" + "x" * 4096 + "</b>"
    status, body = await client("sendMessage", chat_id=ALICE, text=marked, parse_mode="HTML")
    assert (status, len(body["result"]["text"])) == (200, 4096)


async def test_a_reply_carries_its_question(client: Client) -> None:
    asked = client.fake.say(ALICE, "hello?")
    _, body = await client(
        "sendMessage", chat_id=ALICE, text="yes", reply_parameters={"message_id": asked["message_id"]}
    )
    assert body["result"]["reply_to_message"]["text"] == "hello?"
    gone = {"message_id": 99, "allow_sending_without_reply": True}
    status, body = await client("sendMessage", chat_id=ALICE, text="yes", reply_parameters=gone)
    assert (status, "reply_to_message" in body["result"]) == (200, False)


async def test_a_bot_that_is_blocked_or_whose_group_moved_is_told(client: Client) -> None:
    client.fake.world.shut[ALICE] = "bot was blocked by the user"
    status, body = await client("sendMessage", chat_id=ALICE, text="x")
    assert (status, body["description"]) == (403, "Forbidden: bot was blocked by the user")
    client.fake.world.moved[-5] = GROUP
    status, body = await client("sendMessage", chat_id=-5, text="x")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": GROUP})


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ('<span class="x">y</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=x_y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ],
)
async def test_html_that_is_not_telegrams_is_refused(client: Client, html: str, complaint: str) -> None:
    status, body = await client("sendMessage", chat_id=ALICE, text=html, parse_mode="HTML")
    assert (status, body["description"]) == (400, f"Bad Request: can't parse entities: {complaint}")


async def test_both_ends_are_trimmed_and_entities_move_along(client: Client) -> None:
    await client("sendMessage", chat_id=ALICE, text=" \u202e\n<b> x\ty </b>\r ", parse_mode="HTML")
    (sent,) = client.fake.sent(ALICE)
    assert (sent.text, sent.entities) == ("x y", ({"type": "bold", "offset": 0, "length": 3},))


async def test_updates_come_until_they_are_confirmed(client: Client) -> None:
    first, second = client.fake.push(message={}), client.fake.push(message={})
    for _ in range(2):
        _, body = await client("getUpdates")
        assert [update["update_id"] for update in body["result"]] == [first, second]
    _, body = await client("getUpdates", limit=1)
    assert [update["update_id"] for update in body["result"]] == [first]
    _, body = await client("getUpdates", offset=second)
    assert [update["update_id"] for update in body["result"]] == [second]
    assert client.fake.pending() == 1
    _, body = await client("getUpdates", offset=second + 1)
    assert (body["result"], client.fake.pending()) == ([], 0)


async def test_a_negative_offset_keeps_only_the_last_updates(client: Client) -> None:
    client.fake.push(message={})
    last = client.fake.push(message={})
    _, body = await client("getUpdates", offset=-1)
    assert [update["update_id"] for update in body["result"]] == [last]


async def test_a_long_poll_ends_with_the_first_update(client: Client) -> None:
    poll = asyncio.create_task(client("getUpdates", timeout=50))
    await client.fake.polled()
    client.fake.say(ALICE, "here")
    _, body = await poll
    assert body["result"][0]["message"]["text"] == "here"


async def test_only_wanted_kinds_of_updates_are_kept(client: Client) -> None:
    await client("getUpdates", allowed_updates=["edited_message"])
    client.fake.say(ALICE, "not wanted")
    client.fake.say(ALICE, "wanted", kind="edited_message")
    _, body = await client("getUpdates")
    assert [set(update) - {"update_id"} for update in body["result"]] == [{"edited_message"}]


async def test_of_two_pollers_the_older_gets_the_conflict(client: Client) -> None:
    older = asyncio.create_task(client("getUpdates", timeout=50))
    await client.fake.polled()
    newer = asyncio.create_task(client("getUpdates", timeout=50))
    status, body = await older
    assert (status, body["description"].startswith("Conflict: terminated by other getUpdates")) == (409, True)
    client.fake.say(ALICE, "for the newer")
    assert (await newer)[0] == 200


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("just talking", False),
        ("/ask who", True),
        ("/ask@quoth_test_bot who", True),
        ("/ask@another_bot who", False),
        ("well @Quoth_Test_Bot, who?", True),
        ("mail quoth@quoth_test_bot.example", False),
    ],
)
async def test_privacy_mode_shows_a_bot_only_what_is_meant_for_it(client: Client, text: str, seen: bool) -> None:
    client.fake.say(GROUP, text)
    assert client.fake.pending() == seen


async def test_privacy_mode_lets_replies_to_the_bot_and_service_messages_through(client: Client) -> None:
    client.fake.say(GROUP, "first")
    _, body = await client("sendMessage", chat_id=GROUP, text="an answer")
    client.fake.say(GROUP, "and then?", reply_to=body["result"]["message_id"])
    client.fake.say(GROUP, new_chat_members=[{"id": 9, "is_bot": False, "first_name": "N"}])
    assert client.fake.pending() == 2


async def test_without_privacy_mode_a_bot_sees_everything() -> None:
    async with FakeTelegram(privacy=False) as fake:
        fake.say(GROUP, "just talking")
        assert fake.pending() == 1


async def test_what_people_type_carries_its_entities(client: Client) -> None:
    said = client.fake.say(ALICE, "/ask \U0001f600 @someone")
    kinds = [(entity["type"], entity["offset"], entity["length"]) for entity in said["entities"]]
    assert kinds == [("bot_command", 0, 4), ("mention", 8, 8)]


async def test_faults_strike_as_often_as_planned_and_only_there(client: Client) -> None:
    fake = client.fake
    fake.say(9, "hi")
    fake.fail("sendMessage", too_many(3), chat=ALICE)
    fake.fail("sendMessage", refusal(502, "Bad Gateway"), times=2, chat=ALICE)
    assert (await client("sendMessage", chat_id=9, text="x"))[0] == 200
    url = f"{fake.base_url}/bot{TOKEN}/sendMessage"
    async with client.session.post(url, json={"chat_id": ALICE, "text": "x"}) as got:
        assert (got.status, got.headers["Retry-After"]) == (429, "3")
        assert (await got.json())["parameters"] == {"retry_after": 3}
    statuses = [(await client("sendMessage", chat_id=ALICE, text="x"))[0] for _ in range(3)]
    assert statuses == [502, 502, 200]


async def test_a_page_instead_of_json_can_be_sent(client: Client) -> None:
    client.fake.fail("getMe", Status(502, "<html>Bad Gateway</html>"))
    async with client.session.get(f"{client.fake.base_url}/bot{TOKEN}/getMe") as got:
        assert (got.status, got.content_type) == (502, "text/html")


async def test_a_closed_socket_does_nothing_and_a_hung_delivery_does_it_all(client: Client) -> None:
    fake = client.fake
    fake.fail("sendMessage", CloseSocket())
    with pytest.raises(aiohttp.ClientError):
        await client("sendMessage", chat_id=ALICE, text="lost")
    fake.fail("sendMessage", Hang())
    with pytest.raises(TimeoutError):
        await client("sendMessage", chat_id=ALICE, text="never", patience=0.1)
    fake.fail("sendMessage", DeliverThenHang())
    with pytest.raises(TimeoutError):
        await client("sendMessage", chat_id=ALICE, text="arrived", patience=0.3)
    assert [sent.text for sent in fake.sent()] == ["arrived"]
    assert len(fake.called("sendMessage")) == 3


async def test_the_menu_and_the_typing_are_checked(client: Client) -> None:
    commands = [{"command": "ask", "description": "Ask"}]
    assert (await client("setMyCommands", commands=commands))[0] == 200
    assert (await client("getMyCommands"))[1]["result"] == commands
    status, body = await client("setMyCommands", commands=[{"command": "Not Good", "description": "x"}])
    assert (status, body["description"]) == (400, "Bad Request: BOT_COMMAND_INVALID")
    assert (await client("sendChatAction", chat_id=ALICE, action="typing"))[1]["result"] is True
    status, body = await client("sendChatAction", chat_id=ALICE, action="dancing")
    assert (status, body["description"]) == (400, "Bad Request: wrong parameter action in request")


async def test_there_is_no_webhook(client: Client) -> None:
    client.fake.say(ALICE, "waiting")
    assert (await client("getWebhookInfo"))[1]["result"]["pending_update_count"] == 1
    assert (await client("deleteWebhook", drop_pending_updates=True))[1]["result"] is True
    assert client.fake.pending() == 0


def test_it_runs_in_a_thread_of_its_own() -> None:
    with fake_in_thread() as fake:
        fake.say(ALICE, "hello")
        body = json.dumps({"chat_id": ALICE, "text": "hi"}).encode()
        url = f"{fake.base_url}/bot{fake.token}/sendMessage"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=5) as got:  # noqa: S310
            assert got.status == 200
        assert [sent.text for sent in fake.sent(ALICE)] == ["hi"]


@pytest.mark.slow
def test_it_runs_as_a_program() -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "tests.telegram_server.server", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            there = json.loads(program.stdout.readline())
            url = f"{there['base_url']}/bot{there['token']}/getMe"
            with urllib.request.urlopen(url, timeout=5) as got:  # noqa: S310 - loopback
                assert json.load(got)["ok"] is True
        finally:
            program.terminate()
