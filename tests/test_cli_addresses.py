"""Addresses as sources through the real command: fetched, listed, built without a network, removed, refused."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web_shelf import WORDS
from tests.web_site import Reply, Site, page

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as found:
        found.replies |= {f"/{title.lower()}": page(title, *texts) for title, texts in WORDS.items()}
        yield found


@pytest.fixture
def allowed(site: Site, environment: dict[str, str], quoth: Run) -> Run:
    """Return `quoth`, with the site as an allowed host."""
    environment["QUOTH_FETCH_ALLOWED"] = f"192.168.1.7:80,{site.place}"
    return quoth


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_addresses_are_sources_like_any_other(site: Site, allowed: Run, tmp_path: Path) -> None:
    (tmp_path / "here" / "notes").mkdir()
    (tmp_path / "here" / "notes" / "tide.md").write_text("# Tide Table\n\nThe tide table hangs by the slipway door.\n")
    oars, kelp = site.at("/oars"), site.at("/kelp")
    built = allowed("index", "notes", oars, kelp)
    assert built.returncode == 0
    assert built.stderr == f"fetched {oars}: 1 file is new or changed\nfetched {kelp}: 1 file is new or changed\n"
    (passage, *_) = told(allowed("ask", "Who leaves ash planks in the brook?", "--json"))["passages"]
    assert (passage["title"], passage["url"]) == ("Oars", oars)
    records = told(allowed("sources", "--json"))["sources"]
    assert [record["address"] for record in records] == [None, oars, kelp]
    assert [record["state"] for record in records] == ["unchanged"] * 3
    assert allowed("sources").stdout.endswith(
        f"{kelp}\n  1 article, 2 passages, 0 skipped; unchanged since the build\n  kept in {records[2]['path']}\n"
    )
    assert told(allowed("status", "--json"))["sources"][1:] == [oars, kelp]

    # A build needs no network, and asks for nothing.
    site.asked.clear()
    assert told(allowed("index", "--json"))["articles"] == 3
    assert site.asked == []
    # Nor does `--fetch` within the hour; who names an address wants it now.
    assert allowed("index", "--fetch").returncode == 0
    assert site.asked == []
    site.replies["/kelp"] = page("Kelp", "Kelp is burnt for soda in the lee of the chapel.")
    assert told(allowed("index", "--add", kelp.replace("http://", "HTTP://"), "--json"))["changed"] == 1
    assert site.asked == ["/kelp"]

    assert allowed("index", oars).stderr == (
        f"quoth: {tmp_path / 'here' / 'notes'}, {kelp} would leave the index; nothing was changed. "
        "To keep what it holds, add --add; to give it up, add --force\n"
    )
    assert allowed("sources", "--remove", kelp).returncode == 0
    assert told(allowed("status", "--json"))["articles"] == 2
    assert not Path(records[2]["path"]).exists()


def test_what_cannot_be_fetched_ends_with_a_sentence_and_changes_nothing(site: Site, allowed: Run) -> None:
    assert allowed("index", site.at("/oars")).returncode == 0
    site.replies["/broken"] = Reply(status=500)
    for address, said in (
        (site.at("/none"), "there is nothing at this address (status 404)"),
        (site.at("/broken"), "the server answers with status 500"),
        ("http://127.0.0.1:9/secret", "127.0.0.1 is a private address; the setting fetch_allowed may list 127.0.0.1:9"),
        ("http://anna:secret@quay.example/", "quay.example/: a user or password in the address, which is not sent"),
        ("https://[::1", "https://[::1: not an address that can be understood"),
    ):
        failed = allowed("index", "--add", address)
        assert (failed.returncode, failed.stdout) == (5, ""), failed.stderr
        assert said in failed.stderr
        assert failed.stderr.count("\n") == 1
        assert "secret@" not in failed.stderr
    record = told(allowed("status", "--json"))
    assert (record["generation"], record["sources"]) == (1, [site.at("/oars")])
    # What was there before is built from, and what went wrong is told.
    site.replies["/oars"] = Reply(status=503)
    again = allowed("index", site.at("/oars"))
    assert again.returncode == 0
    assert f"skipped {site.at('/oars')}: the server answers with status 503\n" in again.stderr


def test_options_for_files_are_none_for_addresses(site: Site, allowed: Run) -> None:
    for option in (["--include", "*.md"], ["--exclude", "a/"], ["--base-url", "https://coast.example"]):
        refused = allowed("index", site.at("/oars"), *option)
        assert refused.returncode == 2
        assert "are for files" in refused.stderr
    assert site.asked == []


def test_an_address_can_be_tried_before_it_is_a_source(site: Site, allowed: Run) -> None:
    shown = allowed("index", "--show", site.at("/peat"))
    assert shown.stdout.startswith(f"Peat\n  path      {allowed('config').stdout.split()[1]}/fetched/")
    assert f"  url       {site.at('/peat')}\n" in shown.stdout
    assert allowed("status").returncode == 3


@pytest.mark.parametrize("value", ["192.168.1.7", "192.168.1.7:http", ":80", "*"])
def test_a_private_host_is_listed_with_its_port(value: str, quoth: Run) -> None:
    refused = quoth("config", QUOTH_FETCH_ALLOWED=value)
    assert refused.returncode == 2
    assert "QUOTH_FETCH_ALLOWED: an address is HOST:PORT" in refused.stderr
