"""What a cluster may answer, and what becomes of it: no fault is an answer, and each has a sentence of its own."""

import json
import logging
import ssl
import subprocess
import time
import traceback
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.answer import Answerer
from bot.catalogue import LANGUAGES, Catalogue
from bot.channels.console import run_console
from bot.channels.telegram.conversation.attempt import Fault, attempt
from bot.policy import Policy
from index import ClusterError, Passage
from index.cluster.client import Cluster, ClusterOptions
from index.cluster.layout import LOSS, decoded, names, passage_document, rounded_down, written
from index.cluster.retriever import ClusterRetriever
from index.cluster.state import roles
from index.machine.processes import Process
from tests.cluster.hosts import SECRET, Reply, cluster, host, refused

pytest.importorskip("opensearchpy", reason="the extra opensearch is not installed")


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, refused("security_exception"), "the user, the password or the API key is not accepted"),
        (403, refused("security_exception", "no permissions"), "give it the rights that docs/cluster.md lists"),
        (403, refused("cluster_block_exception", "index blocked by: [FORBIDDEN/12/...]"), "a disk is nearly full"),
        (404, refused("index_not_found_exception"), "is not there any more"),
        (429, refused("circuit_breaking_exception"), "short of memory"),
        (429, refused("rejected_execution_exception"), "more than it can do just now"),
        (503, refused("search_phase_execution_exception"), "its health is red"),
        (
            503,
            refused(
                "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];"
            ),
            "no manager is elected",
        ),
        (503, refused("cluster_manager_not_discovered_exception"), "no manager is elected"),
        (
            400,
            refused("parsing_exception", "unknown field"),
            "(400 parsing_exception: unknown field)",
        ),
        (200, {"_shards": {"total": 3, "failed": 1}, "hits": {"hits": []}}, "only a part of the shards answered"),
        (200, {"timed_out": True, "hits": {"hits": []}}, "only a part of the shards answered"),
    ],
)
def test_each_refusal_has_a_sentence_that_names_the_host_and_no_secret(status: int, body: Any, sentence: str) -> None:
    with (
        host(lambda _: (status, body)) as address,
        cluster(address, user="quoth", password=SECRET) as asked,
        pytest.raises(ClusterError) as error,
    ):
        asked.ask("POST", "/news/_search", {"query": {"match_all": {}}})
    assert sentence in str(error.value)
    assert address in str(error.value)
    assert SECRET not in f"{error.value!r} {asked.options!r}"


SHAPES = SECRET, b64encode(f"quoth:{SECRET}".encode()).decode()


@pytest.mark.parametrize("more", [{"user": "quoth", "password": SECRET}, {"api_key": SECRET}])
@pytest.mark.parametrize("status", [401, 500])
def test_no_log_and_no_traceback_holds_a_secret(
    caplog: pytest.LogCaptureFixture, more: dict[str, str], status: int
) -> None:
    heard: list[str] = []
    with (
        caplog.at_level(logging.DEBUG),
        host(lambda _: (status, refused("some_exception")), heard=heard) as address,
        cluster(address, timeout=0.5, **more) as asked,
        pytest.raises(ClusterError) as error,
    ):
        asked.ask("GET", "/")
    told = "".join(traceback.format_exception(error.value))
    assert "TransportError" in told
    # It was sent, and is nowhere else.
    assert any(shape in sent for sent in heard for shape in SHAPES)
    assert not [shape for shape in SHAPES if shape in f"{told} {caplog.text} {asked.options!r} {error.value!r}"]


@pytest.mark.usefixtures("anew")
def test_no_process_of_ours_shows_a_secret_and_none_is_in_what_it_says(
    quoth: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    heard: list[str] = []
    with host(lambda _: (401, refused("security_exception")), heard=heard) as address:
        known = {"QUOTH_CLUSTER": address, "QUOTH_CLUSTER_USER": "quoth", "QUOTH_LOG_LEVEL": "DEBUG"}
        (tmp_path / "password").write_text(SECRET)
        (tmp_path / "password").chmod(0o600)
        said = [
            quoth(*command, **known, QUOTH_CLUSTER_PASSWORD_FILE=str(tmp_path / "password"))
            for command in (["ask", "Who mixes the dough?"], ["cluster", "status"])
        ]
        helper = Process("index.cluster.loading:work")
        try:
            place = Path(f"/proc/{helper.pid}")
            while not (shown := (place / "cmdline").read_text()):
                time.sleep(0.01)
            options = ClusterOptions((address,), user="quoth", password=SECRET, api_key=SECRET)
            helper.send((tmp_path / "none", options, names("quoth", 1), (range(1), range(1))))
            told = str(helper.receive())
        finally:
            helper.end()
    assert "index.cluster.loading:work" in shown
    assert len(heard) >= 2
    assert all("is not accepted" in one.stdout + one.stderr for one in said)
    everything = " ".join([shown, told, *(one.stdout + one.stderr for one in said)])
    assert not [shape for shape in SHAPES if shape in everything]


def test_all_who_wait_for_a_cluster_that_hangs_are_told_at_once(tmp_path: Path) -> None:
    seen: list[str] = []
    come, released = Barrier(9), Event()

    def hang(path: str) -> Reply:
        seen.append(path)
        released.wait(30)
        return 403, refused("security_exception")

    def ask() -> None:
        come.wait(30)
        try:
            _ = retriever.index
        except ClusterError as error:
            told.append(str(error))

    told: list[str] = []
    with host(hang) as address, cluster(address, timeout=30) as asked:
        retriever = ClusterRetriever(asked, tmp_path)
        threads = [Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        come.wait(30)
        time.sleep(0.3)
        released.set()
        for thread in threads:
            thread.join(30)
    assert len(told) == 8
    assert len(seen) == 1


async def test_a_console_says_that_its_cluster_does_not_answer_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = StringIO()
    with host(lambda _: (401, refused("security_exception"))) as address, cluster(address, password=SECRET) as asked:
        answerer = Answerer(ClusterRetriever(asked, tmp_path), Policy())
        await run_console(
            answerer, k=1, console=Console(file=said, width=300), stdin=StringIO("Who mixes?\n:latest\n+ And who?\n")
        )
    told = capsys.readouterr().err
    assert told.count("the user, the password or the API key is not accepted") == 3
    assert SECRET not in said.getvalue() + told


def test_a_cluster_that_is_not_there_is_told_at_once() -> None:
    with cluster("http://127.0.0.1:9", timeout=60) as asked, pytest.raises(ClusterError, match="cannot be reached"):
        asked.ask("GET", "/")


def test_a_host_that_hangs_is_passed_over_and_never_waited_for_beyond_the_deadline() -> None:
    released = Event()

    def hang(_: str) -> Reply:
        released.wait(30)
        return 200, {}

    with host(hang) as hung, host(lambda _: (200, {"is": "here"})) as well:
        with cluster(hung, well, timeout=20) as asked:
            assert [asked.ask("GET", "/") for _ in range(4)] == [{"is": "here"}] * 4
        with cluster(hung, timeout=0.2) as asked, pytest.raises(ClusterError, match=r"no answer within 0\.2 s"):
            asked.ask("GET", "/")
        released.set()


def test_all_requests_of_a_question_share_its_time() -> None:
    def slow(_: str) -> Reply:
        time.sleep(0.1)
        return 200, {}

    with host(slow) as address, cluster(address, timeout=0.5) as asked:
        asked.begin()
        with pytest.raises(ClusterError, match="no answer within"):
            for _ in range(10):
                asked.ask("GET", "/")
        asked.begin()
        assert asked.ask("GET", "/") == {}


def test_of_aliases_only_those_that_name_a_generation_count() -> None:
    there = {
        "quoth-000007-passages": {"aliases": {"quoth": {}}},
        "error": "alias [quoth-previous] missing",
        "status": 404,
    }
    with host(lambda _: (404, there)) as address, cluster(address) as asked:
        assert roles(asked) == {"current": 7}


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str, timedelta], Path]:
    """Return what writes a certificate for a name, with its key, good from a day ago until some time from now."""
    pytest.importorskip("cryptography", reason="cryptography makes the certificates")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def write(host_name: str, until: timedelta) -> Path:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host_name)])
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=2)).not_valid_after(now + until)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host_name)]), critical=False)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = tmp_path / f"{host_name}{until.days}.pem"
        file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return file

    return write


@pytest.mark.parametrize(
    ("name", "days", "trusted", "sentence"),
    [
        ("localhost", 1, True, ""),
        ("localhost", -1, True, "has expired"),
        ("localhost", 1, False, "signed by nobody who is trusted here"),
        ("elsewhere.example", 1, True, "is not valid for that name"),
    ],
)
def test_only_a_certificate_that_is_good_for_the_host_is_spoken_to(
    certificate: Callable[[str, timedelta], Path], name: str, days: int, trusted: bool, sentence: str
) -> None:
    file = certificate(name, timedelta(days=days))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    seen: list[str] = []

    def reply(path: str) -> Reply:
        seen.append(path)
        return 200, {"is": "here"}

    with (
        host(reply, context) as address,
        cluster(address, ca_file=file if trusted else None, user="quoth", password=SECRET) as asked,
    ):
        if not sentence:
            assert asked.ask("GET", "/") == {"is": "here"}
            return
        with pytest.raises(ClusterError, match=sentence):
            asked.ask("GET", "/")
        assert seen == []


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(ClusterError, match="holds no certificates"):
        Cluster(ClusterOptions(("https://localhost:9",), ca_file=tmp_path / "ca.pem"))


@given(st.lists(st.floats(1e-30, 1e9), min_size=1))
def test_an_impact_that_is_rounded_down_is_never_above_and_hardly_below(impacts: list[float]) -> None:
    exact = np.array(impacts)
    rounded = (rounded_down(exact) << np.uint32(15)).view(np.float32).astype(np.float64)
    assert (rounded <= exact).all()
    assert (exact <= rounded * (1 + LOSS)).all()


letters = st.text(st.characters(), max_size=20)
ids = st.lists(st.integers(0, 2**32 - 1), max_size=8)


@pytest.mark.slow
@given(letters, letters, st.none() | letters, ids, ids)
def test_a_passage_comes_back_as_it_was(
    text: str, title: str, fragment: str | None, own: list[int], of_title: list[int]
) -> None:
    passage = Passage(7, 3, 1, 2, "paragraph", text, fragment)
    terms, title_terms = np.array(own, np.uint32), np.array(of_title, np.uint32)
    sent = written(passage_document(passage, title, terms, title_terms, {"copied": True})).encode()
    found = decoded(json.loads(sent), 3)
    assert (found.passage, found.title, found.copied) == (passage, title, True)
    assert (found.own.tolist(), found.of_title.tolist()) == (own, of_title)


async def test_people_are_told_in_their_language_that_search_is_away() -> None:
    async def ask() -> None:
        raise ClusterError(f"https://search.example:9200: {SECRET}")

    fault = await attempt(ask())
    assert fault == Fault(is_away=True)
    said = {fault.text(Catalogue(language)) for language in LANGUAGES} if isinstance(fault, Fault) else set()
    assert len(said) == len(LANGUAGES)
    assert not any(SECRET in text for text in said)
