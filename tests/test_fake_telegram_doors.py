"""What people do to the fake Bot API server reaches the bot as Telegram would send it; what the bot does is seen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.telegram_server.rates import broken
from tests.telegram_server.server import TOKEN, FakeTelegram
from tests.telegram_server.wire import Arguments, Call
from tests.telegram_server.world import BOT_ID

ALICE, BOB, GROUP = 7, 8, -1001
SHARED = "a-b_C"
KEYBOARD = {"inline_keyboard": [[{"text": "◀ Before", "callback_data": "b"}, {"text": "Open", "url": "https://a.org"}]]}
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(hook_delay=0.01, hook_patience=0.05) as server:
        server.world.chat(ALICE)
        yield server


@pytest.fixture
async def ask(fake: FakeTelegram) -> AsyncIterator[Ask]:
    """`await ask("getMe")` -> the result; AssertionError when it is refused."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **arguments: Any) -> Any:
            async with session.post(f"{fake.base_url}/bot{TOKEN}/{method}", json=arguments) as got:
                body = await got.json()
                assert got.status == 200, body
                return body["result"]

        yield call


async def updates(ask: Ask, kind: str) -> list[Any]:
    """The contents of the waiting updates of a kind."""
    return [update[kind] for update in await ask("getUpdates") if kind in update]


async def test_a_pressed_button_comes_with_its_message_and_is_answered_once(fake: FakeTelegram, ask: Ask) -> None:
    await ask("sendMessage", chat_id=ALICE, text="x", reply_markup=KEYBOARD)
    (sent,) = fake.sent()
    assert sent.seen() == "x\n[◀ Before] [Open]"
    query = fake.press(sent, "Before")
    (pressed,) = await updates(ask, "callback_query")
    assert (pressed["id"], pressed["data"], pressed["from"]["id"]) == (query, "b", ALICE)
    assert pressed["message"]["message_id"] == sent.id
    await ask("answerCallbackQuery", callback_query_id=query, text="no more", show_alert=True)
    assert fake.answers[query] == {"text": "no more", "show_alert": True, "url": None}
    with pytest.raises(AssertionError, match="query is too old"):
        await ask("answerCallbackQuery", callback_query_id=query)
    with pytest.raises(LookupError):
        fake.press(sent, "Nowhere")
    with pytest.raises(LookupError):
        fake.press(sent, "Open")


async def test_an_edit_is_a_new_state_and_takes_the_buttons_away_unless_they_are_sent_again(
    fake: FakeTelegram, ask: Ask
) -> None:
    made = await ask("sendMessage", chat_id=ALICE, text="x", reply_markup=KEYBOARD)
    (sent,) = fake.sent()
    await ask("editMessageText", chat_id=ALICE, message_id=made["message_id"], text="<b>y</b>", parse_mode="HTML")
    (state,) = fake.edits_of(sent)
    assert (state.text, state.styled("bold"), state.rows) == ("y", ["y"], [])
    assert (sent.text, fake.now(sent).text) == ("x", "y")
    await ask("editMessageReplyMarkup", chat_id=ALICE, message_id=made["message_id"], reply_markup=KEYBOARD)
    assert fake.now(sent).rows == [["◀ Before", "Open"]]
    await ask("deleteMessage", chat_id=ALICE, message_id=made["message_id"])
    with pytest.raises(LookupError):
        fake.now(sent)


async def test_a_message_too_old_to_be_seen_comes_without_its_text(fake: FakeTelegram, ask: Ask) -> None:
    await ask("sendMessage", chat_id=ALICE, text="x", reply_markup=KEYBOARD)
    fake.press(fake.sent()[0], "Before", inaccessible=True)
    (pressed,) = await updates(ask, "callback_query")
    assert (pressed["message"]["date"], "text" in pressed["message"]) == (0, False)


async def test_an_inline_query_is_cut_and_its_answer_is_caught(fake: FakeTelegram, ask: Ask) -> None:
    query = fake.inline(BOB, "x" * 300, "g1:10")
    (asked,) = await updates(ask, "inline_query")
    assert (asked["id"], len(asked["query"]), asked["offset"], asked["from"]["id"]) == (query, 256, "g1:10", BOB)
    content = {"message_text": "a <b>b</b>", "parse_mode": "HTML"}
    result = {"type": "article", "id": "1", "title": "T", "input_message_content": content}
    button = {"text": "Ask in private", "start_parameter": "i"}
    await ask("answerInlineQuery", inline_query_id=query, results=[result], button=button, cache_time=0)
    answer = fake.inline_answers[query]
    assert (answer["results"][0]["text"], answer["results"][0]["entities"][0]["type"]) == ("a b", "bold")
    assert (answer["button"], answer["cache_time"], answer["next_offset"]) == (button, 0, "")
    assert fake.choose(answer, 0, BOB, GROUP)["via_bot"]["id"] == BOT_ID
    fake.world.bot["supports_inline_queries"] = False
    with pytest.raises(LookupError, match="setinline"):
        fake.inline(BOB, "x")


async def test_an_edited_message_is_an_update_of_its_own(fake: FakeTelegram, ask: Ask) -> None:
    said = fake.say(ALICE, "/ask whoo")
    fake.edit(said, "/ask who")
    (edited,) = await updates(ask, "edited_message")
    assert (edited["message_id"], edited["text"], "edit_date" in edited) == (said["message_id"], "/ask who", True)


async def test_a_file_goes_both_ways(fake: FakeTelegram, ask: Ask) -> None:
    fake.upload(ALICE, b"# Title", "article.md", caption="new")
    (message,) = await updates(ask, "message")
    assert (message["document"]["file_name"], message["caption"]) == ("article.md", "new")
    file = await ask("getFile", file_id=message["document"]["file_id"])
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{fake.base_url}/file/bot{TOKEN}/{file['file_path']}") as got:
            assert (got.status, await got.read()) == (200, b"# Title")
        form = aiohttp.FormData({"chat_id": str(ALICE), "caption": "<i>yours</i>", "parse_mode": "HTML"})
        form.add_field("document", b"bytes", filename="set.zip", content_type="application/zip")
        async with session.post(f"{fake.base_url}/bot{TOKEN}/sendDocument", data=form) as got:
            assert got.status == 200
    (sent,) = fake.sent()
    document = sent.raw["document"]
    assert (sent.text, sent.styled("italic"), document["file_name"]) == ("yours", ["yours"], "set.zip")
    assert fake.world.files[document["file_id"]].content == b"bytes"


async def test_admins_anonymous_ones_channels_and_people_are_told_apart(fake: FakeTelegram, ask: Ask) -> None:
    fake.world.people[BOB] = {"language_code": "fa"}
    fake.say(GROUP, "/ask a", as_chat=GROUP)
    fake.say(GROUP, "/ask b", as_chat=-1002)
    fake.say(GROUP, "/ask c", user=BOB)
    hidden, channel, person = await updates(ask, "message")
    assert (hidden["sender_chat"]["id"], hidden["from"]["username"]) == (GROUP, "GroupAnonymousBot")
    assert (channel["sender_chat"]["type"], channel["from"]["username"]) == ("channel", "Channel_Bot")
    assert person["from"]["language_code"] == "fa"
    fake.promote(GROUP, BOB, "creator")
    assert (await ask("getChatMember", chat_id=GROUP, user_id=BOB))["status"] == "creator"
    assert (await ask("getChatMember", chat_id=GROUP, user_id=ALICE))["status"] == "member"
    assert [admin["user"]["id"] for admin in await ask("getChatAdministrators", chat_id=GROUP)] == [BOB]


async def test_the_bot_learns_that_it_was_added_and_removed(fake: FakeTelegram, ask: Ask) -> None:
    fake.add_bot(GROUP, user=BOB)
    fake.kick_bot(GROUP)
    fake.block(ALICE)
    changes = await updates(ask, "my_chat_member")
    statuses = [(change["old_chat_member"]["status"], change["new_chat_member"]["status"]) for change in changes]
    assert statuses == [("left", "member"), ("member", "kicked"), ("member", "kicked")]
    with pytest.raises(AssertionError, match="bot was kicked from the supergroup chat"):
        await ask("sendMessage", chat_id=GROUP, text="x")
    fake.unblock(ALICE)
    assert (await ask("sendMessage", chat_id=ALICE, text="x"))["text"] == "x"
    fake.add_bot(GROUP)
    assert await ask("leaveChat", chat_id=GROUP) is True
    with pytest.raises(AssertionError, match="bot is not a member of the supergroup chat"):
        await ask("sendMessage", chat_id=GROUP, text="x")


async def test_a_group_that_moves_says_so_in_both_places(fake: FakeTelegram, ask: Ask) -> None:
    new = fake.migrate(-5)
    old, fresh = await updates(ask, "message")
    assert (old["migrate_to_chat_id"], fresh["migrate_from_chat_id"], fresh["chat"]["id"]) == (new, -5, new)


async def test_a_bot_that_is_an_administrator_sees_all(fake: FakeTelegram, ask: Ask) -> None:
    fake.say(GROUP, "just talking")
    fake.promote(GROUP, BOT_ID)
    fake.say(GROUP, "still talking")
    assert [message["text"] for message in await updates(ask, "message")] == ["still talking"]


async def test_start_carries_its_payload(fake: FakeTelegram, ask: Ask) -> None:
    fake.start(ALICE, "p_abc")
    fake.start(ALICE)
    assert [message["text"] for message in await updates(ask, "message")] == ["/start p_abc", "/start"]


async def test_the_menu_the_profile_and_the_draft_are_kept(fake: FakeTelegram, ask: Ask) -> None:
    menu = [{"command": "ask", "description": "Ask"}]
    scope = {"type": "chat", "chat_id": ALICE}
    await ask("setMyCommands", commands=menu, scope=scope, language_code="fa")
    assert fake.commands == {("chat", ALICE, "fa"): menu}
    await ask("deleteMyCommands", scope=scope, language_code="fa")
    assert fake.commands == {}
    await ask("setMyDescription", description="D", language_code="ar")
    await ask("setMyShortDescription", short_description="S")
    await ask("setChatMenuButton", menu_button={"type": "commands"})
    assert fake.profile == {
        ("description", "ar"): "D",
        ("short_description", ""): "S",
        ("menu_button", ""): {"type": "commands"},
    }
    await ask("sendMessageDraft", chat_id=ALICE, draft_id=5, text="so far")
    assert [draft["text"] for draft in fake.drafts] == ["so far"]
    assert await ask("setMessageReaction", chat_id=ALICE, message_id=fake.say(ALICE, "x")["message_id"]) is True


def paced(moments: list[float], chat: int, method: str = "sendmessage") -> list[Call]:
    return [Call(method, Arguments({"chat_id": str(chat)}), moment, 200) for moment in moments]


@pytest.mark.parametrize(
    ("calls", "verdict"),
    [
        (paced([0, 0, 0, 3, 3, 3], ALICE), ""),
        (paced([0, 0, 0, 0], ALICE), f"chat {ALICE}: faster than 1 a second"),
        (paced([0.9 * second for second in range(40)], ALICE), f"chat {ALICE}: faster than 1 a second"),
        (paced([0.0] * 20 + [60.0] * 20, GROUP), ""),
        (paced([0.0] * 20, GROUP) + paced([30.0], GROUP, "editmessagetext"), f"chat {GROUP}: more than 20"),
        (paced([0.0] * 40, GROUP, "sendchataction"), ""),
        ([call for chat in range(1, 31) for call in paced([0.0], chat)], ""),
        ([call for chat in range(1, 32) for call in paced([0.0], chat)], "all chats: more than 30"),
    ],
)
def test_the_auditor_names_the_limit_that_was_broken(calls: list[Call], verdict: str) -> None:
    found = broken(calls)
    assert len(found) == bool(verdict)
    assert "".join(found).startswith(verdict)


def test_the_auditor_believes_a_sender_that_says_when_its_calls_began() -> None:
    said = Arguments({"chat_id": str(GROUP)})
    late = [Call("sendmessage", said, 90.0, 200, began=3.1 * number) for number in range(1, 41)]
    assert broken(late) == []
    hasty = [Call("sendmessage", said, 90.0 * number, 200, began=2.0 * number) for number in range(1, 41)]
    assert "".join(broken(hasty)).startswith(f"chat {GROUP}: more than 20")


class Receiver:
    """A bot's end of a webhook: replies with the planned statuses, then with 200; remembers what came."""

    def __init__(self, *replies: tuple[int, dict[str, str]]) -> None:
        self.replies = list(replies)
        self.came: list[tuple[str, Any]] = []

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.came.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), update))
        status, headers = self.replies.pop(0) if self.replies else (200, {})
        return web.Response(status=status, headers=headers)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.came]


@pytest.fixture
async def hook() -> AsyncIterator[Callable[[Receiver], Awaitable[str]]]:
    runners = []

    async def listen(receiver: Receiver) -> str:
        app = web.Application()
        app.router.add_post("/hook", receiver.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/hook"

    yield listen
    for runner in runners:
        await runner.cleanup()


async def test_a_webhook_gets_updates_with_the_secret_and_ends_polling(
    fake: FakeTelegram, ask: Ask, hook: Callable[[Receiver], Awaitable[str]]
) -> None:
    receiver = Receiver()
    url = await hook(receiver)
    polling = asyncio.ensure_future(ask("getUpdates", timeout=50))
    await fake.polled()
    await ask("setWebhook", url=url, secret_token=SHARED, allowed_updates=["message"])
    with pytest.raises(AssertionError, match="Conflict: terminated by setWebhook request"):
        await polling
    with pytest.raises(AssertionError, match="can't use getUpdates method while webhook is active"):
        await ask("getUpdates")
    fake.say(ALICE, "one")
    await fake.until(lambda: not fake.pending())
    assert [secret for secret, _ in receiver.came] == [SHARED]
    told = await ask("getWebhookInfo")
    assert (told["url"], told["pending_update_count"], told["allowed_updates"]) == (url, 0, ["message"])
    await ask("deleteWebhook")
    fake.say(ALICE, "two")
    assert [message["text"] for message in await updates(ask, "message")] == ["two"]


async def test_what_a_webhook_did_not_take_comes_again_before_the_next_of_its_chat(
    fake: FakeTelegram, ask: Ask, hook: Callable[[Receiver], Awaitable[str]]
) -> None:
    receiver = Receiver((500, {}), (503, {}), (502, {}))
    await ask("setWebhook", url=await hook(receiver))
    fake.say(ALICE, "one")
    fake.say(ALICE, "two")
    await fake.until(lambda: not fake.pending())
    assert receiver.texts() == ["one"] * 4 + ["two"]
    assert (await ask("getWebhookInfo"))["last_error_message"] == "Wrong response from the webhook: 502"


async def test_a_webhook_may_ask_to_wait_and_only_its_chat_waits(
    fake: FakeTelegram, ask: Ask, hook: Callable[[Receiver], Awaitable[str]]
) -> None:
    receiver = Receiver((503, {"Retry-After": "1"}))
    await ask("setWebhook", url=await hook(receiver))
    fake.say(ALICE, "one")
    await fake.until(lambda: bool(receiver.came))
    fake.say(BOB, "meanwhile")
    await fake.until(lambda: not fake.pending())
    assert receiver.texts() == ["one", "meanwhile", "one"]


async def test_a_webhook_that_stays_gone_is_dropped(
    fake: FakeTelegram, ask: Ask, hook: Callable[[Receiver], Awaitable[str]]
) -> None:
    await ask("setWebhook", url=await hook(Receiver(*[(410, {})] * 99)))
    fake.say(ALICE, "one")
    await fake.until(lambda: fake.webhook is None)
    assert (await ask("getWebhookInfo"))["url"] == ""
    assert [message["text"] for message in await updates(ask, "message")] == ["one"]
