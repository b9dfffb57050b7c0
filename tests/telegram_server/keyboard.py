"""The buttons under a message, as strictly as Telegram takes them, and stricter where it would guess.

A button must name exactly one action (the real server takes the first that it knows), and a row of more than eight or
a keyboard of more than a hundred is refused rather than cut.
"""

import json
from typing import Any

from tests.telegram_server.wire import JSON, ApiError, Arguments, bad

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
LONGEST_MARKUP = 10_240

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_OTHERS = ("force_reply", "remove_keyboard", "keyboard")
_STYLES = {None, "danger", "success", "primary"}


def reply_markup(arguments: Arguments) -> JSON | None:
    """The markup of a call, checked; only an inline keyboard stays with the message, so others give None."""
    markup = arguments.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if not any(name in markup for name in _OTHERS):
            raise bad("can't parse reply keyboard markup: no keyboard is specified")
        return None
    return checked(markup)


def checked(markup: JSON) -> JSON | None:
    """An inline keyboard that Telegram would take; None when it has no buttons. Raises what Telegram would say."""
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    for row in rows:
        for button in row:
            _check(button)
    size = len(json.dumps(markup, ensure_ascii=False).encode())
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows) or size > LONGEST_MARKUP:
        raise bad("reply markup is too long")
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _check(button: Any) -> None:
    if not isinstance(button, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise _unparsed('Field "text" must be of type String')
    if not button["text"].strip():
        raise ApiError(400, "Bad Request: REPLY_MARKUP_INVALID")
    actions = [name for name in _ACTIONS if name in button]
    if not actions or (button[actions[0]] == "" and actions[0] in {"url", "callback_data"}):
        raise _unparsed("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsed(f"exactly one action is allowed, not {', '.join(actions)}")
    if button.get("style") not in _STYLES:
        raise _unparsed("invalid button style specified")
    _check_action(actions[0], button[actions[0]])


def _check_action(action: str, value: Any) -> None:
    if action == "callback_data":
        if not isinstance(value, str):
            raise _unparsed('Field "callback_data" must be of type String')
        if not 1 <= len(value.encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    elif action == "url":
        _check_address(value)
    elif action == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= len(text) <= 256:
            raise ApiError(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
    elif action.startswith("switch_inline_query") and isinstance(value, str) and len(value) > 256:
        raise ApiError(400, "Bad Request: SWITCH_QUERY_TOO_LONG")
    elif action in {"callback_game", "pay"}:
        raise ApiError(400, "Bad Request: BUTTON_TYPE_INVALID")


def _check_address(value: Any) -> None:
    if not isinstance(value, str):
        raise _unparsed('Field "url" must be of type String')
    scheme, found, rest = value.partition("://")
    host = rest.partition("/")[0]
    if found and scheme.lower() not in {"http", "https", "tg", "tonsite"}:
        raise bad(f"inline keyboard button URL '{value}' is invalid: Unsupported URL protocol")
    if not found or not host or " " in value or (scheme.lower() != "tg" and "." not in host and ":" not in host):
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")


def _unparsed(cause: str) -> ApiError:
    return bad(f"can't parse inline keyboard button: {cause}")
