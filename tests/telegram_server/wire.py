"""The wire of the fake Bot API server: arguments in every form a client may send, faults, and the record of calls."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

JSON = dict[str, Any]


class ApiError(Exception):
    """A refusal: an HTTP status, a description, and optional parameters such as `retry_after`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    """A 400 with the real server's prefix: `bad("chat not found")` -> `Bad Request: chat not found`."""
    return ApiError(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it travels: its name, its MIME type, its bytes."""

    name: str
    mime: str
    content: bytes


class Arguments(dict[str, str]):
    """The arguments of a call, all as text, as the real server keeps them; unknown names are simply never asked for.

    `files` are the files of a multipart body, by field.
    """

    def __init__(self, *values: Any) -> None:
        super().__init__(*values)
        self.files: dict[str, Upload] = {}

    def number(self, name: str, default: int = 0) -> int:
        """An integer argument; the default when it is absent or no number."""
        try:
            return int(self.get(name, ""))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """A boolean argument."""
        return self.get(name, "").lower() in {"true", "yes", "1"}

    def json(self, name: str, what: str) -> Any:
        """A JSON argument, None when absent or empty; `what` names it in the complaint."""
        if not self.get(name):
            return None
        try:
            return json.loads(self[name])
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None


async def read_arguments(request: web.Request) -> Arguments:
    """Query string, then a body of JSON, urlencoded or multipart fields; a later one wins."""
    found = Arguments(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise bad("can't parse the request body as JSON") from None
        if not isinstance(body, dict):
            raise bad("object expected as the request body")
        found.update({name: _text(value) for name, value in body.items() if value is not None})
    elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                found.files[name] = Upload(value.filename, value.content_type, value.file.read())
            elif isinstance(value, str):
                found[name] = value
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True, slots=True)
class Status:
    """Replies with this status and body; a dict becomes JSON, a text is sent as HTML. Nothing is done."""

    code: int
    body: JSON | str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """Keeps the caller waiting so many seconds and closes; nothing is done."""

    seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Closes the connection instead of replying; nothing is done."""


@dataclass(frozen=True, slots=True)
class DeliverThenHang:
    """Does what is asked, and never says so: the caller runs into its timeout although the message is there."""

    seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Late:
    """Does what is asked, and says so only after so many seconds, or once the test sets an event."""

    until: float | asyncio.Event


@dataclass(frozen=True, slots=True)
class DeliverThen:
    """Does what is asked, and then lets the caller suffer as if it were not done."""

    fault: Status | CloseSocket


Fault = Status | Hang | CloseSocket | DeliverThenHang | DeliverThen | Late


def too_many(seconds: int) -> Status:
    """A 429, with `retry_after` in the body and `Retry-After` in the header as the real server does."""
    description = f"Too Many Requests: retry after {seconds}"
    return Status(
        429,
        {"ok": False, "error_code": 429, "description": description, "parameters": {"retry_after": seconds}},
        {"Retry-After": str(seconds)},
    )


def refusal(code: int, description: str) -> Status:
    """A fault in the server's own form, such as `refusal(401, "Unauthorized")`."""
    return Status(code, {"ok": False, "error_code": code, "description": description})


@dataclass(slots=True)
class Planned:
    """A fault waiting for its calls: how many are left, and for which chat (None: any)."""

    fault: Fault
    left: int
    chat: int | None


@dataclass(slots=True)
class Call:
    """One call as it came; `at` is the loop's clock in seconds, `status` is 0 until it was answered.

    `began` is the same, or what the header `X-Began` says, 0 where nobody knows: a server that is kept from the
    processor reads at once what came one after another.
    """

    method: str
    arguments: Arguments
    at: float
    status: int = 0
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot as people see it, at one moment: text (or caption) after parsing, entities in UTF-16."""

    chat: int
    id: int
    text: str
    entities: tuple[JSON, ...]
    reply_to: int | None
    thread: int | None
    raw: JSON
    arguments: Arguments

    @property
    def rows(self) -> list[list[str]]:
        """The labels of the buttons under the message, row by row."""
        return [[button["text"] for button in row] for row in self._keyboard]

    def button(self, label: str) -> JSON:
        """The only button whose label begins with `label`, or else holds it; LookupError otherwise."""
        holding = [button for row in self._keyboard for button in row if label in button["text"]]
        found = [button for button in holding if button["text"].startswith(label)] or holding
        if len(found) != 1:
            raise LookupError(f"{len(found)} buttons with {label!r} among {self.rows}")
        return dict(found[0])

    def seen(self) -> str:
        """What a reader sees: the text, then each row of buttons as `[Before] [After]`."""
        return "\n".join([self.text, *(" ".join(f"[{label}]" for label in row) for row in self.rows)])

    def styled(self, kind: str) -> list[str]:
        """The parts of the text in one style: `sent.styled("bold")`."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * part["offset"] : 2 * (part["offset"] + part["length"])].decode("utf-16-le")
            for part in self.entities
            if part["type"] == kind
        ]

    @property
    def _keyboard(self) -> list[list[JSON]]:
        return list(self.raw.get("reply_markup", {}).get("inline_keyboard", []))


def as_sent(message: JSON, arguments: Arguments) -> Sent:
    """A message of the world, as it is now."""
    replied = message.get("reply_to_message")
    return Sent(
        message["chat"]["id"],
        message["message_id"],
        message.get("text") or message.get("caption") or "",
        tuple(message.get("entities") or message.get("caption_entities") or ()),
        replied["message_id"] if replied else None,
        message.get("message_thread_id"),
        message,
        arguments,
    )


def reply(result: Any) -> web.Response:
    """A success."""
    return web.json_response({"ok": True, "result": result})


def refused(error: ApiError) -> web.Response:
    """A refusal, with the same number in the body and as HTTP status."""
    body: JSON = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    wait = error.parameters.get("retry_after")
    return web.json_response(body, status=error.code, headers={"Retry-After": str(wait)} if wait else None)


async def suffer(fault: Fault, request: web.Request, closing: asyncio.Event) -> web.Response:
    """Does to the caller what `fault` says."""
    if isinstance(fault, DeliverThen):
        fault = fault.fault
    if isinstance(fault, Status):
        if isinstance(fault.body, dict):
            return web.json_response(fault.body, status=fault.code, headers=fault.headers)
        return web.Response(text=fault.body, status=fault.code, headers=fault.headers, content_type="text/html")
    if isinstance(fault, Hang | DeliverThenHang):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), fault.seconds)
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=500)
