"""What a program is told when it gets no answer: problem details (RFC 9457), never with what was sent in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import ValidationError
from starlette.responses import Response

from bot.channels.protocol import Refusal

Kind = Literal[
    "invalid", "malformed", "not-found", "method", "too-large", "media-type", "unauthorized", "wrong-host", "slow",
    "rate", "busy", "no-index", "broken-index", "unreachable", "bug",
]  # fmt: skip

MEDIA_TYPE: Final = "application/problem+json"

# The status of each kind, and what has to be done.
KINDS: Final[dict[Kind, tuple[int, str]]] = {
    "malformed": (400, "The request is not as HTTP or JSON has it."),
    "unauthorized": (401, "Send the token, as Bearer or as the password of Basic."),
    "not-found": (404, "Nothing is here."),
    "method": (405, "This path does not take this method."),
    "slow": (408, "The request did not arrive in time."),
    "too-large": (413, "The request is too large."),
    "media-type": (415, "Send application/json."),
    "wrong-host": (421, "This server does not answer to that name; name it in the setting serve_hosts."),
    "invalid": (422, "A parameter is not as it should be."),
    "rate": (429, "Too many requests; wait."),
    "bug": (500, "Something went wrong here."),
    "busy": (503, "Too much is asked at once; try again."),
    "no-index": (503, "There is no index yet; run `quoth index PATH`."),
    "unreachable": (503, "Search is not reachable just now; try again."),
    "broken-index": (503, "The index cannot be read; `quoth doctor` tells why."),
}


@dataclass(eq=False)
class ProblemError(Exception):
    """Why there is no answer.

    `status` overrides that of the kind; `errors` name parameters and what is wrong; `reference` is that of a fault in
    the log.
    """

    kind: Kind
    detail: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Mapping[str, str], ...] = ()
    reference: str = ""

    @property
    def code(self) -> int:
        """Return the status code."""
        return self.status or KINDS[self.kind][0]

    def record(self) -> dict[str, Any]:
        """Return the problem as its JSON object."""
        record: dict[str, Any] = {
            "type": f"urn:quoth:problem:{self.kind}",
            "title": HTTPStatus(self.code).phrase,
            "status": self.code,
            "detail": self.detail or KINDS[self.kind][1],
        }
        return record | {"errors": list(self.errors)} if self.errors else record

    def body(self) -> bytes:
        """Return the problem as JSON."""
        return json.dumps(self.record(), ensure_ascii=False).encode()

    def response(self) -> Response:
        """Return the problem as a response."""
        return Response(self.body(), self.code, {**self.headers, "Cache-Control": "no-store"}, MEDIA_TYPE)


def written(refusal: Refusal, status: int) -> bytes:
    """Return a whole answer of HTTP that refuses a connection, for `bot.channels.protocol`."""
    problem = ProblemError(refusal, status=status, headers={"Retry-After": "1"} if refusal == "busy" else {})
    body = problem.body()
    headers = {
        **problem.headers,
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {problem.code} {problem.record()['title']}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def invalid(error: ValidationError, known: frozenset[str]) -> ProblemError:
    """Return what is wrong with parameters or a body; only names of our own are repeated."""
    errors = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = [str(part) for part in one["loc"] if isinstance(part, int) or part in known]
        if one["type"] == "json_invalid":
            return ProblemError("malformed", "The body is no JSON.")
        if one["type"] == "extra_forbidden":
            errors.append({"detail": f"Unknown; there is: {', '.join(sorted(known))}."})
        else:
            errors.append({"parameter": ".".join(place), "detail": one["msg"].removeprefix("Value error, ")})
    return ProblemError("invalid", errors=tuple(errors[:20]))
