"""The API on the wire: parameters checked, tags compared, answers made in the worker's thread and packed there."""

import json
import logging
from collections.abc import Callable, Coroutine
from functools import cache, partial
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.answer import Answerer
from bot.channels.serve.endpoints import Endpoint, Make, answer_json, batch_json, batch_options
from bot.channels.serve.metrics import Metrics
from bot.channels.serve.options import Limits
from bot.channels.serve.problems import ProblemError, invalid
from bot.channels.serve.variants import Tags, is_known, packed
from bot.channels.serve.worker import ClientGoneError, Worker
from index import BrokenIndexError, NoIndexError

LOG = logging.getLogger(__name__)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

VARY: Final = "Accept-Encoding, Accept-Language, Authorization"
_MOST_PARAMETERS: Final = 100


class Library:
    """What is answered from: one pinned generation for each request, in the worker's thread."""

    def __init__(self, answerer: Answerer, worker: Worker, tags: Tags, limits: Limits, metrics: Metrics) -> None:
        self._answerer = answerer
        self._tags = tags
        self.worker = worker
        self.limits = limits
        self.metrics = metrics

    def pinned(self) -> Answerer:
        """Return an answerer that stays with the generation of now; to be called in the worker's thread alone.

        Raises ProblemError without an index that can be read.
        """
        try:
            pinned = self._answerer.pinned(self.worker.checkpoint)
        except NoIndexError:
            raise ProblemError("no-index") from None
        except BrokenIndexError:
            raise ProblemError("broken-index") from None
        self.metrics.generation = pinned.index.number
        return pinned

    def answered(self, state: str) -> None:
        """Count an answer, and log its state."""
        self.metrics.answered(state)
        LOG.info("asked state=%s", state)

    async def run(self, request: Request, work: Callable[[], Any]) -> Any:
        """Return what `work` returns, which runs in the worker's thread; see `Worker.run`."""
        connection = request.scope.get("state", {}).get("connection")
        return await self.worker.run(work, lambda: connection is not None and connection.is_gone)

    async def respond(
        self, request: Request, language: str, media_type: str, make: Callable[[Answerer], bytes]
    ) -> Response:
        """Return what `make` writes from the index of now, or 304 where the client has it already."""
        headers = request.headers

        def work() -> tuple[str, bytes | None, dict[str, str]]:
            pinned = self.pinned()
            tag = self._tags.tag(pinned, language)
            if is_known(tag, headers):
                return tag, None, {}
            return tag, *packed(make(pinned), headers)

        tag, body, more = await self.run(request, work)
        common = {"ETag": tag, "Cache-Control": "no-cache", "Vary": VARY}
        if body is None:
            return Response(status_code=304, headers=common)
        return Response(body, 200, {**common, **more}, media_type)


def answering(endpoint: Endpoint, library: Library) -> Handler:
    """Return the handler of an endpoint."""
    return _batching(endpoint, library) if endpoint.make is None else _getting(endpoint, endpoint.make, library)


def _getting(endpoint: Endpoint, make: Make, library: Library) -> Handler:
    async def get(request: Request) -> Response:
        taken = checked(endpoint.takes, request.scope["query_string"])
        name = request.path_params.get("id", "")
        return await library.respond(request, "", "application/json", lambda pinned: make(pinned, taken, name))

    return get


def _batching(endpoint: Endpoint, library: Library) -> Handler:
    async def post(request: Request) -> Response:
        checked(_Nothing, request.scope["query_string"])
        taken = _read(endpoint.takes, await body(request, library.limits.body))
        k, options = batch_options(taken)
        pinned = await library.run(request, library.pinned)
        count = library.answered
        # One by one, so that others are answered in between, and all of one generation.
        answers = [
            await library.run(request, partial(answer_json, pinned, question, k, options, count))
            for question in taken.questions
        ]
        written, more = await library.run(request, lambda: packed(batch_json(answers), request.headers))
        return Response(written, 200, {**more, "Cache-Control": "no-store", "Vary": VARY}, "application/json")

    return post


class _Nothing(BaseModel):
    model_config = {"extra": "forbid"}


def parameters(query: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query; what is no UTF-8 becomes U+FFFD. Raises ProblemError for too many."""
    try:
        return parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise ProblemError("invalid", f"At most {_MOST_PARAMETERS} parameters.") from None


def checked(model: type[BaseModel], query: bytes) -> Any:
    """Return the parameters of a query, as a model has them.

    Raises ProblemError for one that is unknown, given twice, or not as it should be.
    """
    known, lists = _names(model), _lists(model)
    record: dict[str, Any] = {}
    for name, value in parameters(query):
        if name in lists:
            record.setdefault(name, []).append(value)
        elif name in record:
            what = {"parameter": name} if name in known else {}
            raise ProblemError("invalid", errors=({**what, "detail": "Given more than once."},))
        else:
            record[name] = value
    try:
        return model.model_validate(record)
    except ValidationError as error:
        raise invalid(error, known) from None


def _read(model: type[BaseModel], written: bytes) -> Any:
    try:
        return model.model_validate_json(written)
    except ValidationError as error:
        raise invalid(error, _names(model)) from None


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


@cache
def _lists(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if str(field.annotation).startswith("list"))


async def body(request: Request, most: int) -> bytes:
    """Return the body of a request. Raises ProblemError for one that is no JSON by its headers, or beyond `most`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ProblemError("media-type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError("media-type", "Send it unpacked.")
    stated = request.headers.get("content-length", "0")
    if len(stated) > len(str(most)) or int(stated) > most:
        raise ProblemError("too-large")
    read = bytearray()
    try:
        async for part in request.stream():
            read += part
            if len(read) > most:
                raise ProblemError("too-large")
    except ClientDisconnect:
        raise ClientGoneError from None
    return bytes(read)


def health(ok: bool) -> Response:
    """Return whether all is well."""
    return Response(
        json.dumps({"ok": ok}), 200 if ok else 503, {"Cache-Control": "no-store"}, media_type="application/json"
    )
