"""The API over a real socket: every path, what it refuses, and in which words."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import TypeAdapter

from bot.answer import Answerer
from bot.channels.flood import FloodLimits
from bot.channels.serve import models
from bot.channels.serve.endpoints import Endpoint, endpoints
from bot.channels.serve.variants import Tags
from bot.schema import AnswerJson, to_json
from tests.telegram_shelf import BAKERY, SHELF, answering, shelve
from tests.web_wire import Reply, Web, serving

WHO = "Who designed the tower of the lighthouse?"
ASK = f"/v1/answer?q={quote(WHO)}"
TOKEN = "a-Token_of.the~team"  # noqa: S105 (of the tests)
PATHS = ["/", "/articles", "/v1/search?q=tower", "/v1/articles", "/v1/status", "/openapi.json", ASK]


@pytest.fixture
async def web(answerer: Answerer) -> AsyncIterator[Web]:
    async with serving(answerer) as running:
        yield running


def problem(reply: Reply, status: int, kind: str) -> str:
    """Check that a reply is a problem of a kind; return what is told of it."""
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    record = models.ProblemJson.model_validate(reply.json)
    assert (record.type, record.status) == (f"urn:quoth:problem:{kind}", status)
    return reply.text


async def test_a_question_gets_the_answer_that_the_command_line_gives(web: Web, answerer: Answerer) -> None:
    reply = await web.get(ASK)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json == json.loads(to_json(answerer.answer(WHO)))
    assert AnswerJson.model_validate(reply.json).state == "answered"
    (first, *_) = reply.json["passages"]
    assert first["text"][slice(*first["highlight"])] == "The tower was designed by Maren Voss."


async def test_every_parameter_of_a_question_does_what_it_does_elsewhere(web: Web) -> None:
    one = await web.get(f"{ASK}&k=1&explain=true&exact=true")
    assert len(one.json["passages"]) == 1
    assert one.json["explanation"]["shares"]
    narrowed = await web.get(f"/v1/answer?q={quote('tower after:2025-06')}")
    (key,) = [found["key"] for found in narrowed.json["narrowed"]]
    wide = await web.get(f"/v1/answer?q={quote('tower after:2025-06')}&without={quote(key)}&without=x")
    assert wide.json["narrowed"] == []
    assert len(wide.json["passages"]) > len(narrowed.json["passages"])


async def test_nothing_found_is_an_answer_too(web: Web) -> None:
    reply = await web.get("/v1/answer?q=Which+dinosaurs+played+chess%3F")
    assert (reply.status, reply.json["state"], reply.json["passages"]) == (200, "nothing", [])
    assert "chess" in reply.json["missing"]


async def test_a_batch_is_answered_in_order(web: Web, answerer: Answerer) -> None:
    questions = [WHO, "When did the last keeper leave?", "Which dinosaurs played chess?"]
    reply = await web.post("/v1/answers", {"questions": questions, "k": 1})
    models.BatchJson.model_validate(reply.json)
    assert reply.json["answers"] == [json.loads(to_json(answerer.answer(one, 1))) for one in questions]
    assert (await web.post("/v1/answers", {"questions": questions, "k": 1.0})).json == reply.json


async def test_a_ranking_is_paged_without_gaps(web: Web) -> None:
    whole = (await web.get("/v1/search?q=hedges+lane+tower&k=12")).json
    models.SearchJson.model_validate(whole)
    read, offset = [], 0
    while offset is not None:
        part = (await web.get(f"/v1/search?q=hedges+lane+tower&k=5&offset={offset}")).json
        read += part["passages"]
        offset = part["next"]
    assert read[:12] == whole["passages"]
    assert len({(one["article_id"], one["place"]) for one in read}) == len(read) > 12


async def test_articles_are_listed_by_title_and_by_date_and_read_in_parts(web: Web) -> None:
    listed = (await web.get("/v1/articles?limit=100")).json
    models.ArticlesJson.model_validate(listed)
    assert [one["title"] for one in listed["articles"]] == [article.title for article in SHELF]
    assert (listed["count"], listed["next"]) == (len(SHELF), None)
    some = (await web.get("/v1/articles?title=notice+PARISH&limit=4&offset=2")).json
    assert (some["count"], some["next"], some["articles"][0]["title"]) == (15, 6, "Notice Number 3 of the Parish")
    newest = (await web.get("/v1/articles?order=newest")).json
    assert [one["date"][:10] for one in newest["articles"]] == ["2025-06-20", "2025-03-02"]
    titled = (await web.get("/v1/articles?order=newest&title=tower")).json
    assert [one["title"] for one in titled["articles"]] == ["A Tower for the Stars"]
    name = listed["articles"][0]["id"]
    read, place = [], 1
    while place is not None:
        part = (await web.get(f"/v1/articles/{name}?from={place}&limit=2")).json
        models.WholeJson.model_validate(part)
        read += part["passages"]
        place = part["next"]
    assert [one["text"] for one in read] == [paragraph.text for paragraph in SHELF[0].paragraphs]
    assert [one["place"] for one in read] == [1, 2, 3, 4, 5]
    # A passage that answers can be found again in its article.
    (found, *_) = (await web.get(ASK)).json["passages"]
    around = (await web.get(f"/v1/articles/{found['article_id']}?from={found['place']}&limit=1")).json
    assert around["passages"][0]["text"] == found["text"]


async def test_an_article_that_is_not_there_is_told(web: Web) -> None:
    for name in ("000000000000", "%00", "x" * 500, "..%2f..%2fetc"):
        assert "is" in problem(await web.get(f"/v1/articles/{name}"), 404, "not-found")


async def test_the_status_tells_the_index(web: Web) -> None:
    reply = await web.get("/v1/status")
    models.StatusJson.model_validate(reply.json)
    assert (reply.json["version"], reply.json["generation"], reply.json["articles"]) == ("quoth 0.1.0", 1, len(SHELF))


async def test_no_path_of_this_machine_is_told(tmp_path: Path) -> None:
    from index import Index, read

    (tmp_path / "news" / "2025").mkdir(parents=True)
    (tmp_path / "news" / "2025" / "mole.md").write_text("# The mole\n\nThe mole of Saltmere was rebuilt in granite.\n")
    with Index.build(tmp_path / "data", read([tmp_path / "news"]), sources=[str(tmp_path / "news")]):
        pass
    with Answerer.open(tmp_path / "data") as answerer:
        async with serving(answerer) as web:
            replies = [
                await web.get(path) for path in ("/v1/answer?q=mole+granite", "/v1/articles", "/v1/search?q=mole")
            ]
    assert [
        reply.json[key][0]["path"] for reply, key in zip(replies, ("passages", "articles", "passages"), strict=True)
    ] == ["news/2025/mole.md"] * 3
    assert not any(str(tmp_path) in reply.text for reply in replies)


async def test_a_head_is_answered_without_a_body_and_options_with_what_is_allowed(web: Web) -> None:
    for path in [*PATHS, "/healthz", "/readyz"]:
        got, head, options = [await web.get(path, method=method) for method in ("GET", "HEAD", "OPTIONS")]
        assert (got.status, head.status, options.status) == (200, 200, 204)
        assert head.headers["content-length"] == got.headers["content-length"]
        assert options.headers["allow"] == "GET, HEAD, OPTIONS"
        assert "access-control-allow-origin" not in options.headers


async def test_options_of_other_paths_are_theirs(web: Web) -> None:
    assert (await web.get("/v1/answers", method="OPTIONS")).headers["allow"] == "OPTIONS, POST"
    problem(await web.get("/nowhere", method="OPTIONS"), 404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW"])
async def test_other_methods_are_refused_with_those_that_there_are(web: Web, method: str) -> None:
    for path in [*PATHS, "/readyz"]:
        reply = await web.get(path, method=method)
        problem(reply, 405, "method")
        assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
    problem(await web.get("/v1/answers"), 405, "method")


@pytest.mark.parametrize(
    "query",
    [
        "", "q=", f"q={'a' * 1001}", "q=a&q=b", "q=a&k=0", "q=a&k=21", "q=a&k=two", "q=a&k=1.5", "q=a&k=%D9%A3",
        "q=a&k=", "q=a&k=1&k=1", "q=a&exact=yes", "q=a&explain=1", "q=a&colour=crimson", "q=a&Q=a",
        f"q=a&without={'x' * 201}",
        "q=a&" + "without=x&" * 21, "q=a&" + "without=x&" * 200,
    ],
)  # fmt: skip
async def test_parameters_that_are_not_as_they_should_be_are_refused_without_being_repeated(
    web: Web, query: str
) -> None:
    told = problem(await web.get(f"/v1/answer?{query}"), 422, "invalid")
    assert not any(word in told for word in ("colour", "crimson", "yes", "two", "xxxx", "aaaa"))


async def test_strange_letters_are_letters(web: Web) -> None:
    for written in ("%00", "a%00b", "%ED%A0%80", "%FF%FE", "%F4%90%80%80", "%0d%0aX:%201", "+" * 999, "%E2%80%AE", "%"):
        reply = await web.get(f"/v1/answer?q={written}")
        assert reply.status == 200, written
        AnswerJson.model_validate(reply.json)
        page = await web.get(f"/?q={written}", "Accept: text/html")
        assert page.status == 200
        assert "x" not in page.headers


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b'{"questions": ["\\ud800"]}', 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        ([], 422, "invalid"),
        ({}, 422, "invalid"),
        ({"questions": []}, 422, "invalid"),
        ({"questions": ["a"] * 51}, 422, "invalid"),
        ({"questions": ["a" * 1001]}, 422, "invalid"),
        ({"questions": [""]}, 422, "invalid"),
        ({"questions": [1]}, 422, "invalid"),
        ({"questions": ["a"], "k": "1"}, 422, "invalid"),
        ({"questions": ["a"], "k": True}, 422, "invalid"),
        ({"questions": ["a"], "k": 1.5}, 422, "invalid"),
        ({"questions": ["a"], "secret": "word"}, 422, "invalid"),
        (b'{"questions": ["' + b"a" * 300_000 + b'"]}', 413, "too-large"),
    ],
)
async def test_bodies_that_are_not_as_they_should_be_are_refused(
    web: Web, body: object, status: int, kind: str
) -> None:
    told = problem(await web.post("/v1/answers", body), status, kind)
    assert "secret" not in told
    assert "word" not in told


async def test_a_body_is_json_unpacked_and_goes_with_no_parameters(web: Web) -> None:
    body = json.dumps({"questions": [WHO]}).encode()
    for header in ("Content-Type: text/plain", "Content-Type: application/json\r\nContent-Encoding: gzip", "X: y"):
        problem(await web.get("/v1/answers", header, method="POST", body=body), 415, "media-type")
    problem(await web.post("/v1/answers?k=1", {"questions": [WHO]}), 422, "invalid")
    chunked = b"POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n"
    parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:]))
    reply = await web.raw(chunked + b"Transfer-Encoding: chunked\r\n\r\n" + parts + b"0\r\n\r\n")
    assert (reply.status, len(reply.json["answers"])) == (200, 1)
    large = b"%x\r\n%s\r\n" % (300_000, b" " * 300_000)
    problem(await web.raw(chunked + b"Transfer-Encoding: chunked\r\n\r\n" + large + b"0\r\n\r\n"), 413, "too-large")


async def test_what_did_not_change_is_not_sent_again(web: Web) -> None:
    for path in [*PATHS[:-2], ASK]:
        reply = await web.get(path)
        tag = reply.headers["etag"]
        assert reply.headers["cache-control"] == "no-cache"
        assert {"Accept-Encoding", "Accept-Language", "Authorization"} <= set(reply.headers["vary"].split(", "))
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            again = await web.get(path, f"If-None-Match: {known}")
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert (await web.get(path, 'If-None-Match: "other"')).status == 200
    page = await web.get("/", "Accept-Language: ar")
    assert page.headers["etag"] != (await web.get("/", "Accept-Language: ru")).headers["etag"]


def test_a_tag_depends_on_the_index_the_settings_the_language_and_the_day(tmp_path: Path) -> None:
    shelve(tmp_path, [BAKERY])
    with answering(tmp_path) as answerer:
        pinned = answerer.pinned()
        today = date(2026, 3, 1)
        tags = {
            Tags("one", lambda: today).tag(pinned, "en"),
            Tags("two", lambda: today).tag(pinned, "en"),
            Tags("one", lambda: today).tag(pinned, "ar"),
            Tags("one", lambda: date(2026, 11, 1)).tag(pinned, "en"),
        }
        assert len(tags) == 4
        assert Tags("one", lambda: today).tag(pinned, "en") in tags
        shelve(tmp_path, SHELF)
        assert Tags("one", lambda: today).tag(answerer.pinned(), "en") not in tags


async def test_answers_are_packed_for_those_who_take_it(web: Web) -> None:
    plain = await web.get(ASK)
    for accepted, packed in (
        ("gzip", True),
        ("br, *", True),
        ("gzip;q=0, *", False),
        ("br", False),
        ("gzip;q=x", False),
    ):
        reply = await web.get(ASK, f"Accept-Encoding: {accepted}")
        assert (reply.headers.get("content-encoding") == "gzip") == packed
        assert reply.text == plain.text


async def test_the_description_describes_what_there_is(web: Web) -> None:
    described = (await web.get("/openapi.json")).json
    table = endpoints("quoth 0.1.0")
    assert {(path, method) for path, found in described["paths"].items() for method in found} == {
        (one.path, one.method.lower()) for one in table
    }
    assert described["servers"] == [{"url": "."}]
    answer = described["paths"]["/v1/answer"]["get"]
    assert [one["name"] for one in answer["parameters"]] == ["q", "k", "exact", "without", "explain"]
    statuses = {"200", "304", "400", "401", "405", "408", "413", "414", "421", "422", "429", "431", "500", "503"}
    assert set(answer["responses"]) == statuses

    def references(value: object) -> set[str]:
        if isinstance(value, dict):
            found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return found.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert references(described) <= known


@pytest.mark.parametrize("endpoint", endpoints("quoth 0.1.0"), ids=lambda one: one.name)
def test_no_two_names_of_an_endpoint_are_the_same(endpoint: Endpoint) -> None:
    assert endpoint.summary
    assert TypeAdapter(endpoint.takes).json_schema(by_alias=True)["additionalProperties"] is False


async def test_a_token_is_asked_for_everywhere_but_by_a_supervisor(answerer: Answerer) -> None:
    from base64 import b64encode

    def basic(password: str) -> str:
        return f"Authorization: Basic {b64encode(f'ana:{password}'.encode()).decode()}"

    async with serving(answerer, token=TOKEN) as web:
        for path in [*PATHS, "/metrics", "/nowhere"]:
            for headers in ([], ["Authorization: Bearer wrong"], [basic("wrong")], [basic("")], ["Authorization: x"],
                            [f"Authorization: Bearer {TOKEN}x"], ["Authorization: Basic %%%"],
                            [f"Authorization: Basic {TOKEN}"]):  # fmt: skip
                reply = await web.get(path, *headers)
                problem(reply, 401, "unauthorized")
                assert reply.headers["www-authenticate"].startswith("Basic ")
        for path in PATHS:
            for header in (f"Authorization: Bearer {TOKEN}", f"authorization: bearer {TOKEN}", basic(TOKEN)):
                assert (await web.get(path, header)).status == 200
        assert [(await web.get(path)).status for path in ("/healthz", "/readyz")] == [200, 200]
        assert (await web.get(ASK, method="OPTIONS")).status == 204
        assert (await web.get(f"/v1/status?token={TOKEN}")).status == 401


async def test_only_names_of_ours_are_answered_to(answerer: Answerer) -> None:
    async with serving(answerer, hosts=frozenset(["ask.example.org"])) as web:

        async def named(host: str, path: str = "/v1/status") -> Reply:
            return await web.raw(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

        for host in ("localhost", "LOCALHOST:99", "127.0.0.1", "[::1]:80", "192.168.1.7:8321", "ask.example.org:443"):
            assert (await named(host)).status == 200, host
        for host in (
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::1",
            "",
            "a b",
            "ask.example",
        ):
            for path in ("/", "/healthz", "/v1/status", "/nowhere"):
                problem(await named(host, path), 421, "wrong-host")


async def test_other_sites_read_answers_only_where_they_are_named(answerer: Answerer) -> None:
    ours, theirs = "Origin: https://www.example.org", "Origin: https://evil.example"
    async with serving(answerer, origins=frozenset(["https://www.example.org"]), token=TOKEN) as web:
        allowed = [await web.get(ASK, origin, method="OPTIONS") for origin in (ours, theirs)]
        assert [reply.headers.get("access-control-allow-origin") for reply in allowed] == [ours[8:], None]
        assert "Authorization" in allowed[0].headers["access-control-allow-headers"]
        read = [await web.get(ASK, origin, f"Authorization: Bearer {TOKEN}") for origin in (ours, theirs)]
        assert [reply.headers.get("access-control-allow-origin") for reply in read] == [ours[8:], None]
        assert "Origin" in read[1].headers["vary"]
        # Who may read is told why there is no answer, too.
        refused = await web.get(ASK, ours)
        assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, ours[8:])
    async with serving(answerer) as web:
        assert "access-control-allow-origin" not in (await web.get(ASK, ours)).headers


async def test_whoever_asks_too_often_is_told_when_to_come_back(answerer: Answerer) -> None:
    slow = FloodLimits(burst=3, every=1000.0, hourly=None)
    async with serving(answerer, asked=slow) as web:
        assert [(await web.get("/v1/status")).status for _ in range(4)] == [200, 200, 200, 429]
        reply = await web.get(ASK)
        problem(reply, 429, "rate")
        assert int(reply.headers["retry-after"]) > 900
        page = await web.get("/", "Accept: text/html", "Accept-Language: es")
        assert (page.status, "Demasiadas preguntas" in page.text) == (429, True)
        assert (await web.get("/healthz")).status == 200
    async with serving(answerer, asked=slow, token=TOKEN) as web:
        # Strangers use up what is theirs, and nothing of whoever has the token.
        assert [(await web.get("/")).status for _ in range(4)] == [401, 401, 401, 429]
        assert (await web.get("/", f"Authorization: Bearer {TOKEN}")).status == 200


async def test_only_a_proxy_that_is_named_is_believed_who_asks(answerer: Answerer) -> None:
    slow = FloodLimits(burst=1, every=1000.0, hourly=None)

    async def asked(web: Web) -> list[int]:
        told = ("198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8::2", "198.51.100.1")
        return [(await web.get("/v1/status", f"X-Forwarded-For: {one}")).status for one in told]

    async with serving(answerer, asked=slow) as web:
        assert await asked(web) == [200, 429, 429, 429, 429]
    async with serving(answerer, asked=slow, proxies=["127.0.0.0/8"]) as web:
        assert await asked(web) == [200, 200, 200, 429, 429]


async def test_without_an_index_it_is_alive_but_not_ready_and_answers_once_there_is_one(tmp_path: Path) -> None:
    with answering(tmp_path) as answerer:
        async with serving(answerer) as web:
            assert [(await web.get(path)).status for path in ("/healthz", "/readyz")] == [200, 503]
            problem(await web.get(ASK), 503, "no-index")
            page = await web.get("/", "Accept: text/html", "Accept-Language: en")
            assert (page.status, "being prepared" in page.text) == (503, True)
            shelve(tmp_path)
            assert [(await web.get(path)).status for path in ("/readyz", ASK)] == [200, 200]


async def test_an_index_that_cannot_be_read_is_told_and_nothing_of_where_it_lies(tmp_path: Path) -> None:
    shelve(tmp_path, [BAKERY])
    (tmp_path / "current").write_text("nonsense")
    with answering(tmp_path) as answerer:
        async with serving(answerer) as web:
            assert str(tmp_path) not in problem(await web.get(ASK), 503, "broken-index")
            assert (await web.get("/readyz")).status == 503


async def test_a_bug_is_told_without_its_words_and_logged_where_it_is(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the words of a secret question")

    monkeypatch.setattr(Answerer, "answer", broken)
    told = problem(await web.get(ASK), 500, "bug")
    page = await web.get("/?q=tower", "Accept: text/html")
    assert page.status == 500
    assert "secret" not in told + page.text + caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.slow
async def test_new_generations_answer_without_a_restart_and_a_batch_is_of_one(tmp_path: Path) -> None:
    shelve(tmp_path, [BAKERY])
    asked = asyncio.Event()
    with answering(tmp_path) as answerer:
        plain: Callable[..., object] = Answerer.answer

        def answer(own: Answerer, question: str, *rest: object) -> object:
            # Three times while the batch is under way.
            if question.startswith("Again") and not asked.is_set():
                for articles in (SHELF[:2], SHELF[:4], SHELF):
                    shelve(tmp_path, articles)
                    answerer.titles()
                asked.set()
            return plain(own, question, *rest)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Answerer, "answer", answer)
            async with serving(answerer) as web:
                assert (await web.get("/v1/status")).json["generation"] == 1
                reply = await web.post("/v1/answers", {"questions": [WHO, "Again: how many bakers fold dough?", WHO]})
                assert reply.status == 200
                states = [one["state"] for one in reply.json["answers"]]
                assert states == ["nothing", states[1], "nothing"]
                assert reply.json["answers"][1]["passages"]
                assert (await web.get("/v1/status")).json["generation"] == 4
                assert (await web.get(ASK)).json["state"] == "answered"


async def test_numbers_are_counted_without_anybodys_words(web: Web) -> None:
    await web.get(ASK)
    await web.get("/?q=secret+dinosaurs")
    await web.get("/secret/path")
    text = (await web.get("/metrics")).text
    assert 'quoth_requests_total{path="/v1/answer",status="200"} 1.0' in text
    assert 'quoth_requests_total{path="other",status="404"} 1.0' in text
    assert "quoth_index_generation 1.0" in text
    assert 'quoth_questions_total{state="answered"} 1.0' in text
    assert "secret" not in text
