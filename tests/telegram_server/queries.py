"""Buttons and inline mode: the queries a person sends by pressing and typing, and how the bot may answer them.

Errors that only Telegram's inner servers know are taken from the public lists of MTProto errors.
"""

import re
from typing import Any

from tests.telegram_server.html import utf16
from tests.telegram_server.keyboard import checked
from tests.telegram_server.messages import LONGEST_TEXT, Messages, marked
from tests.telegram_server.wire import JSON, Arguments, bad

MOST_RESULTS = 50
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Queries(Messages):
    """`answers`: what was said to each button, by callback id. `inline_answers`: by id of the inline query;
    `guest_answers`: the message that was sent, by id of the guest query."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.answers: dict[str, JSON] = {}
        self.inline_answers: dict[str, JSON] = {}
        self.guest_answers: dict[str, JSON] = {}
        self._open_guests: set[str] = set()
        self._open_callbacks: set[str] = set()
        self._open_inline: set[str] = set()

    def expire(self, query: str) -> None:
        """Makes a button's, an inline or a guest query too old to be answered."""
        self._open_callbacks.discard(query)
        self._open_inline.discard(query)
        self._open_guests.discard(query)

    async def answerCallbackQuery(self, arguments: Arguments) -> bool:  # noqa: N802
        query = arguments.get("callback_query_id", "")
        if query not in self._open_callbacks:
            raise bad(TOO_OLD)
        if len(arguments.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self._open_callbacks.discard(query)
        alert = arguments.flag("show_alert")
        self.answers[query] = {"text": arguments.get("text", ""), "show_alert": alert, "url": arguments.get("url")}
        self._notify()
        return True

    async def answerInlineQuery(self, arguments: Arguments) -> bool:  # noqa: N802
        results = arguments.json("results", "inline query results")
        if not isinstance(results, list):
            raise bad("expected an Array of inline query results")
        if len(results) > MOST_RESULTS:
            raise bad("RESULTS_TOO_MUCH")
        names = [_result_name(result) for result in results]
        if len(set(names)) < len(names):
            raise bad("RESULT_ID_DUPLICATE")
        if len(arguments.get("next_offset", "").encode()) > 64:
            raise bad("NEXT_OFFSET_INVALID")
        button = arguments.json("button", "inline query results button")
        if button is not None:
            _check_button(button)
        shown = [_shown(result) for result in results]
        query = arguments.get("inline_query_id", "")
        if query not in self._open_inline:
            raise bad(TOO_OLD)
        self._open_inline.discard(query)
        self.inline_answers[query] = {
            "results": shown,
            "next_offset": arguments.get("next_offset", ""),
            "button": button,
            "cache_time": arguments.number("cache_time", 300),
            "is_personal": arguments.flag("is_personal"),
        }
        self._notify()
        return True

    async def answerGuestQuery(self, arguments: Arguments) -> JSON:  # noqa: N802
        result = arguments.json("result", "inline query result")
        if not isinstance(result, dict):
            raise bad("object expected as inline query result")
        _result_name(result)
        shown = _shown(result)
        query = arguments.get("guest_query_id", "")
        if query not in self._open_guests:
            raise bad(TOO_OLD)
        self._open_guests.discard(query)
        self.guest_answers[query] = shown
        self._notify()
        return {"inline_message_id": f"guest-{query}"}


def _result_name(result: Any) -> str:
    name = result.get("id") if isinstance(result, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    return name


def _check_button(button: JSON) -> None:
    if not button.get("text"):
        raise bad("can't parse inline query results button: Can't find field \"text\"")
    parameter = button.get("start_parameter")
    if parameter is None and "web_app" not in button:
        raise bad("can't parse inline query results button: exactly one of web_app and start_parameter is needed")
    if parameter is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parameter):
        raise bad("START_PARAM_INVALID" if parameter else "START_PARAM_EMPTY")


def _shown(result: JSON) -> JSON:
    """A result as the person gets it: with the text and the entities of the message it would send."""
    if result.get("type") != "article":
        raise bad(f'type "{result.get("type")}" is unsupported for the inline query result')
    if not result.get("title"):
        raise bad("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad("can't parse inline query result: Can't find field \"input_message_content\"")
    text, entities = marked(content["message_text"], content.get("parse_mode", ""), content.get("entities", []))
    if not text:
        raise bad("message text is empty")
    if utf16(text) > LONGEST_TEXT:
        raise bad("message is too long")
    if "reply_markup" in result:
        checked(result["reply_markup"])
    return result | {"text": text, "entities": entities}
