"""What Telegram refuses, the fake refuses, in the same words: each rule through plain HTTP and python-telegram-bot."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from telegram import Bot
from telegram.error import ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.transport.proxies import Way
from tests.telegram_server.messages import NOT_MODIFIED
from tests.telegram_server.queries import TOO_OLD
from tests.telegram_server.server import TOKEN, FakeTelegram
from tests.telegram_server.wire import too_many

ALICE, GROUP, DIRECT = 7, -1001, -1003
Ask = Callable[..., Awaitable[str]]

BUTTON = {"text": "Go", "callback_data": "go"}


def keyboard(*buttons: Any) -> dict[str, Any]:
    return {"chat_id": ALICE, "text": "x", "reply_markup": {"inline_keyboard": [list(buttons)]}}


def article(name: str = "a", **changes: Any) -> dict[str, Any]:
    return {"type": "article", "id": name, "title": "T", "input_message_content": {"message_text": "x"}} | changes


def inline(*results: Any, **more: Any) -> dict[str, Any]:
    return {"inline_query_id": "iq1", "results": list(results)} | more


UNPARSED = "can't parse inline keyboard button: "
RULES: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"chat_id": ALICE, "text": ""}, "message text is empty"),
    ("sendMessage", {"chat_id": ALICE, "text": "x" * 4097}, "message is too long"),
    ("sendMessage", {"chat_id": ALICE, "text": "é" * 16385}, "text is too long"),
    ("sendMessage", {"chat_id": 404, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": ALICE, "text": "x", "message_thread_id": 5}, "message thread not found"),
    (
        "sendMessage",
        {"chat_id": ALICE, "text": "x", "reply_parameters": {"message_id": 99}},
        "message to be replied not found",
    ),
    (
        "sendMessage",
        {"chat_id": ALICE, "text": "x", "reply_parameters": {"message_id": 1, "quote": "not there"}},
        "QUOTE_TEXT_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": ALICE, "text": "<p>x</p>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "p" at byte offset 0',
    ),
    ("sendMessage", keyboard({"text": "Go", "callback_data": "é" * 33}), "BUTTON_DATA_INVALID"),
    ("sendMessage", keyboard({"text": "Go", "callback_data": 5}), UNPARSED + 'Field "callback_data" must be of type'),
    ("sendMessage", keyboard({"text": "Go"}), UNPARSED + "Text buttons are unallowed in the inline keyboard"),
    ("sendMessage", keyboard({"callback_data": "go"}), UNPARSED + 'Field "text" must be of type String'),
    ("sendMessage", keyboard({"text": " ", "callback_data": "go"}), "REPLY_MARKUP_INVALID"),
    ("sendMessage", keyboard(BUTTON | {"url": "https://example.org"}), UNPARSED + "exactly one action is allowed"),
    ("sendMessage", keyboard(BUTTON | {"style": "loud"}), UNPARSED + "invalid button style specified"),
    ("sendMessage", keyboard({"text": "Go", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
    (
        "sendMessage",
        keyboard({"text": "Go", "url": "ftp://example.org"}),
        "inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol",
    ),
    (
        "sendMessage",
        keyboard({"text": "Go", "url": "nowhere"}),
        "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
    ),
    ("sendMessage", keyboard(*[BUTTON] * 9), "reply markup is too long"),
    ("sendMessage", {"chat_id": ALICE, "text": "x", "reply_markup": [1]}, "object expected as reply markup"),
    ("editMessageText", {"chat_id": ALICE, "message_id": 2, "text": "mine"}, NOT_MODIFIED),
    ("editMessageText", {"chat_id": ALICE, "message_id": 99, "text": "x"}, "message to edit not found"),
    ("editMessageText", {"chat_id": ALICE, "message_id": 1, "text": "x"}, "message can't be edited"),
    ("editMessageText", {"chat_id": ALICE, "text": "x"}, "message identifier is not specified"),
    ("editMessageText", {"chat_id": ALICE, "message_id": 2, "text": ""}, "message text is empty"),
    ("editMessageReplyMarkup", {"chat_id": ALICE, "message_id": 2}, NOT_MODIFIED),
    ("deleteMessage", {"chat_id": ALICE, "message_id": 99}, "message to delete not found"),
    ("deleteMessage", {"chat_id": GROUP, "message_id": 3}, "message can't be deleted"),
    ("answerCallbackQuery", {"callback_query_id": "never"}, TOO_OLD),
    ("answerCallbackQuery", {"callback_query_id": "cb2", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
    ("answerInlineQuery", inline(*[article(str(n)) for n in range(51)]), "RESULTS_TOO_MUCH"),
    ("answerInlineQuery", inline(article(), article()), "RESULT_ID_DUPLICATE"),
    ("answerInlineQuery", inline(article("x" * 65)), "RESULT_ID_INVALID"),
    ("answerInlineQuery", inline(article(), next_offset="x" * 65), "NEXT_OFFSET_INVALID"),
    ("answerInlineQuery", inline(article(title="")), "ARTICLE_TITLE_EMPTY"),
    (
        "answerInlineQuery",
        inline(article(input_message_content={"message_text": "<b>x", "parse_mode": "HTML"})),
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    ("answerInlineQuery", inline(button={"text": "Go", "start_parameter": "no spaces"}), "START_PARAM_INVALID"),
    ("answerInlineQuery", inline(article()) | {"inline_query_id": "old"}, TOO_OLD),
    ("answerGuestQuery", {"guest_query_id": "old", "result": article()}, TOO_OLD),
    ("answerGuestQuery", {"guest_query_id": "old", "result": article("")}, "RESULT_ID_INVALID"),
    ("sendMessage", {"chat_id": DIRECT, "text": "x"}, "channel direct messages topic must be specified"),
    ("sendDocument", {"chat_id": ALICE}, "there is no document in the request"),
    ("sendDocument", {"chat_id": ALICE, "document": "unknown"}, "wrong file identifier/HTTP URL specified"),
    ("getFile", {"file_id": "unknown"}, "wrong file_id or the file is temporarily unavailable"),
    ("sendChatAction", {"chat_id": ALICE, "action": "dancing"}, "wrong parameter action in request"),
    ("sendMessageDraft", {"chat_id": GROUP, "draft_id": 1, "text": "x"}, "TEXTDRAFT_PEER_INVALID"),
    (
        "setMessageReaction",
        {"chat_id": ALICE, "message_id": 1, "reaction": [{"type": "emoji", "emoji": "🦑"}]},
        "REACTION_INVALID",
    ),
    ("setMessageReaction", {"chat_id": ALICE, "message_id": 99}, "message to react not found"),
    ("setMyCommands", {"commands": [{"command": "Not Good", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 404}}, "chat not found"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "bot short description is too long"),
    ("getChat", {"chat_id": 404}, "chat not found"),
    ("getChatMember", {"chat_id": GROUP, "user_id": 0}, "invalid user_id specified"),
    ("getChatAdministrators", {"chat_id": ALICE}, "there are no administrators in the private chat"),
    ("leaveChat", {"chat_id": ALICE}, "chat member status can't be changed in private chats"),
    ("setWebhook", {"url": "https://example.org", "secret_token": "x" * 257}, "secret token is too long"),
    (
        "setWebhook",
        {"url": "https://example.org", "secret_token": "no spaces"},
        "secret token contains unallowed characters",
    ),
    ("setWebhook", {"url": "http://example.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    (
        "setWebhook",
        {"url": "https://example.org:9000"},
        "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
]


@asynccontextmanager
async def spoken() -> AsyncIterator[FakeTelegram]:
    """A server where person 7 and a group have spoken, the bot has answered, and two queries wait."""
    async with FakeTelegram(local=False) as server:
        server.say(ALICE, "a person's")
        async with aiohttp.ClientSession() as session:
            url = f"{server.base_url}/bot{TOKEN}/sendMessage"
            async with session.post(url, json={"chat_id": ALICE, "text": "mine"}) as got:
                assert got.status == 200
        server.say(GROUP, "/ask")
        server.open_direct_messages(DIRECT)
        server.inline(ALICE, "who")
        server.press_data(server.sent()[0], "go")
        yield server


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with spoken() as server:
        yield server


# What is refused changes nothing, so that one server and one client can be asked for all of it.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing() -> AsyncIterator[FakeTelegram]:
    async with spoken() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["http", "python-telegram-bot"])
async def ask(request: pytest.FixtureRequest, refusing: FakeTelegram) -> AsyncIterator[Ask]:
    """`await ask("sendMessage", chat_id=7, ...)` -> the complaint without its prefix."""
    if request.param == "http":
        async with aiohttp.ClientSession() as session:

            async def plain(method: str, **call: Any) -> str:
                async with session.post(f"{refusing.base_url}/bot{TOKEN}/{method}", json=call) as got:
                    body = await got.json()
                    assert (got.status, body["ok"], body["error_code"]) == (400, False, 400), body
                    return str(body["description"]).removeprefix("Bad Request: ")

            yield plain
    else:
        wire = HTTPXRequest(httpx_kwargs=Way(refusing.base_url).httpx)
        async with Bot(TOKEN, base_url=f"{refusing.base_url}/bot", request=wire) as bot:

            async def through(method: str, **call: Any) -> str:
                with pytest.raises(TelegramError) as caught:
                    await bot._post(method, call)
                return caught.value.message

            yield through


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("method", "call", "complaint"), RULES, ids=[f"{rule[0]}-{rule[2]:.40}" for rule in RULES])
async def test_what_telegram_refuses_is_refused(
    ask: Ask, refusing: FakeTelegram, method: str, call: dict[str, Any], complaint: str
) -> None:
    said = await ask(method, **call)
    # python-telegram-bot writes every complaint with a capital and the rest of an ALL_CAPS code small.
    assert said.lower().startswith(complaint.lower())
    assert len(refusing.sent()) == 1
    assert not refusing.answers
    assert not refusing.inline_answers


async def test_the_library_takes_the_special_refusals_for_what_they_are(fake: FakeTelegram) -> None:
    wire = HTTPXRequest(httpx_kwargs=Way(fake.base_url).httpx)
    async with Bot(TOKEN, base_url=f"{fake.base_url}/bot", request=wire) as bot:
        fake.block(ALICE)
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(ALICE, "x")
        fake.migrate(-5, to=-1005)
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(-5, "x")
        assert moved.value.new_chat_id == -1005
        fake.fail("sendMessage", too_many(7))
        with pytest.raises(RetryAfter) as wait, pytest.warns(DeprecationWarning, match="retry_after"):
            assert await bot.send_message(GROUP, "x")
        assert "7" in str(wait.value)
    other = Bot("123456789:" + "x" * 35, base_url=f"{fake.base_url}/bot", request=wire)
    with pytest.raises(InvalidToken):
        await other.initialize()
    await wire.shutdown()
