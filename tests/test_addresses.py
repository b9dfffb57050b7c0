"""Which addresses are fetched and which are refused or cut, over a real connection on loopback."""

import gzip
import resource
import socket
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from index import Article, FetchError, FetchOptions, RefusedAddressError, fetch, read
from index.fetching.network import resolved
from tests.web_site import Reply, Site, Untouched, page, sends_to, xml

QUICK = 0.4
STEP = 0.02
LIGHTHOUSE = page(
    "The Lightship Comes Home",
    "After forty winters on the sandbank the red lightship was towed into the inner harbour.",
    "Her bell now hangs in the school, where it is rung for the first lesson of the week.",
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as found:
        yield found


@pytest.fixture(scope="module")
def untouched() -> Iterator[Untouched]:
    with Untouched() as found:
        yield found
        assert found.connections == 0


def names(host: str, port: int) -> list[str]:
    """A resolver that knows some names, and asks the system for all others."""
    known = {
        "half.example": ["203.0.113.9", "127.0.0.1"],
        "other-half.example": ["127.0.0.1", "203.0.113.9"],
        "wrapped.example": ["::ffff:127.0.0.1"],
        "six.example": ["::1"],
        "cloud.example": ["169.254.169.254"],
        "zoned.example": ["fe80::1%lo"],
    }
    return known[host] if host in known else resolved(host, port)


def told(address: str, folder: Path, site: Site, untouched: Untouched, seconds: float = 20.0) -> tuple[str, str]:
    """Return whether an address was refused or failed, and what was said."""
    options = FetchOptions(
        # The public address of the case is let pass, so that what stands beside it is judged.
        allowed=(site.place, f"203.0.113.9:{untouched.port}"),
        seconds=seconds,
        apart=0,
        resolve=names,
    )
    with pytest.raises(FetchError) as raised:
        fetch(address.replace("{here}", site.origin).replace("{other}", str(untouched.port)), folder, options)
    assert not list(folder.rglob("*.html"))
    return "refused" if raised.type is RefusedAddressError else "failed", str(raised.value)


PRIVATE = [
    *(
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "０ｘ７ｆ.1",
        "127。0。0。1",
        "localhost",
        "LocalHost",
    ),
    *("0.0.0", "0", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.0.1", "100.64.0.1", "100.100.100.200"),
    *("169.254.169.254", "192.0.0.192", "192.0.2.7", "198.18.0.1", "198.51.100.2", "224.0.0.1", "255.255.255.255"),
    *("168.63.129.16", "[::1]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a00:1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:53aa:64c::1]", "[2001:db8::1]"),
    *("[0:0:0:0:0:FFFF:127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:c0a8:101::1]", "[fe80::1%25lo]"),
    *("[3fff::1]", "[fec0::1]", "[fe80::1]", "[fd00:ec2::254]", "[fc00::1]", "[ff02::1]", "[100::1]", "[5f00::1]"),
    *("half.example", "other-half.example", "wrapped.example", "six.example", "cloud.example", "zoned.example"),
]


@pytest.mark.parametrize("host", PRIVATE)
def test_no_connection_is_made_to_a_private_address_however_it_is_written(
    host: str, tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    how, said = told(f"http://{host}:{{other}}/secret", tmp_path, site, untouched)
    assert how == "refused"
    # What not all programs read as the same number is read as none.
    assert any(one in said for one in ("is a private address; the setting fetch_allowed", "not an address", "none")), (
        said
    )


@pytest.mark.parametrize("host", [*PRIVATE[:3], *PRIVATE[9::5]])
def test_a_redirect_is_no_way_inside(host: str, tmp_path: Path, site: Site, untouched: Untouched) -> None:
    for number, status in enumerate((301, 302, 303, 307, 308)):
        site.replies[f"/way{number}"] = sends_to(f"http://{host}:{untouched.port}/secret", status)
    site.replies["/there"] = sends_to("/way2")
    for path in (*(f"/way{number}" for number in range(5)), "/there"):
        how, said = told(f"{{here}}{path}", tmp_path, site, untouched)
        # No name of a server has a zone.
        why = "its host or port is none" if "%" in host else "is a private address"
        assert (how, why in said) == ("refused", True), said


def test_a_redirect_without_a_scheme_is_judged_like_any_other(tmp_path: Path, site: Site, untouched: Untouched) -> None:
    site.replies["/left-out"] = sends_to("//192.168.4.4/x")
    assert told("{here}/left-out", tmp_path, site, untouched)[0] == "refused"


@pytest.mark.parametrize(
    ("location", "how", "said"),
    [
        ("file:///etc/passwd", "refused", "only http and https"),
        ("ftp://files.example/x", "refused", "only http and https"),
        ("gopher://files.example/x", "refused", "only http and https"),
        ("data:text/html,<p>Rain</p>", "refused", "only http and https"),
        ("http://[::1", "failed", "a broken redirect"),
        ("http://files.example:port/", "failed", "a broken redirect"),
        ("http://anna:secret@files.example/", "refused", "password"),
        ("http://files.example:99999/", "refused", "host or port"),
    ],
)
def test_a_redirect_to_no_web_page_is_told(
    location: str, how: str, said: str, tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    site.replies["/odd"] = sends_to(location)
    found, sentence = told("{here}/odd", tmp_path, site, untouched)
    assert (found, said in sentence) == (how, True), sentence


@pytest.mark.parametrize(
    "address",
    [
        "http://anna:secret@10.0.0.1/",
        "http://anna@127.0.0.1:{other}/",
        "http://files.example@127.0.0.1:{other}/",
        "http://@127.0.0.1:{other}/",
        "http://files.example\\@127.0.0.1:{other}/",
    ],
)
def test_a_user_or_password_in_an_address_is_refused_before_anything_else(
    address: str, tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    how, said = told(address, tmp_path, site, untouched)
    assert (how, "password" in said) == ("refused", True), said


def test_redirects_that_go_in_a_circle_or_too_far_are_given_up(
    tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    site.replies |= {"/a": sends_to("/b"), "/b": sends_to("/a"), "/self": sends_to("/self")}
    site.replies |= {f"/far{step}": sends_to(f"/far{step + 1}") for step in range(8)} | {"/far6": LIGHTHOUSE}
    assert "circle" in told("{here}/a", tmp_path, site, untouched)[1]
    assert "circle" in told("{here}/self", tmp_path, site, untouched)[1]
    assert told("{here}/far0", tmp_path, site, untouched) == (
        "failed",
        f"{site.at('/far0')}: more than 5 redirects",
    )
    fetch(site.at("/far1"), tmp_path, FetchOptions((site.place,), apart=0))


def test_a_page_behind_redirects_has_the_address_where_they_lead(tmp_path: Path, site: Site) -> None:
    site.replies |= {"/old": sends_to("/older", 301), "/older": sends_to("{here}/new#top"), "/new": LIGHTHOUSE}
    fetched = fetch(site.at("/old"), tmp_path, FetchOptions((site.place,), apart=0))
    (article,) = read([fetched.folder], options=fetched.reading)
    assert isinstance(article, Article)
    assert (article.title, article.url) == ("The Lightship Comes Home", site.at("/new"))


def endless(out: BinaryIO) -> None:
    while True:
        out.write(b"<p>and so on</p>" * 1000)


def endless_gzip(out: BinaryIO) -> None:
    """Pack nothing, again and again: not a byte comes of it."""
    while True:
        out.write(gzip.compress(b"") * 1000)


def bomb(out: BinaryIO) -> None:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(1024):
        out.write(pack.compress(bytes(1 << 20)))


def dripping(out: BinaryIO) -> None:
    from time import sleep

    while True:
        out.write(b"a")
        out.flush()
        sleep(STEP)


def dripping_headers(out: BinaryIO) -> None:
    from time import sleep

    out.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        out.write(b"X-Drop: 1\r\n")
        out.flush()
        sleep(STEP)


def interim(out: BinaryIO) -> None:
    from time import sleep

    while True:
        out.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        out.flush()
        sleep(STEP)


HTML = {"Content-Type": "text/html"}
CUT = {
    "endless": (Reply(headers=HTML, send=endless), "larger than 10 MiB"),
    "endless-in-chunks": (Reply(headers=HTML | {"Content-Length": str(11 << 20)}, send=endless), "larger than 10 MiB"),
    "nothing-packed": (Reply(headers=HTML | {"Content-Encoding": "gzip"}, send=endless_gzip), "more than 1000 parts"),
    "bomb": (Reply(headers=HTML | {"Content-Encoding": "gzip"}, send=bomb), "larger than 10 MiB"),
    "drip": (Reply(headers=HTML, send=dripping), "too slow"),
    "drip-headers": (Reply(raw=dripping_headers), "too slow"),
    "interim": (Reply(raw=interim), "too slow"),
    "cut-off": (Reply("<p>half", headers=HTML | {"Content-Length": "9000"}), "cut off"),
    "gzip-cut-off": (
        Reply(gzip.compress(b"<p>Rain fell.</p>" * 99)[:-20], headers=HTML | {"Content-Encoding": "gzip"}),
        "cut off",
    ),
    "gzip-damaged": (Reply(b"\x1f\x8b\x08nonsense", headers=HTML | {"Content-Encoding": "gzip"}), "damaged"),
    "unasked-twice": (Reply(b"x", headers=HTML | {"Content-Encoding": "deflate, gzip"}), "packed as 'deflate, gzip'"),
    "unasked": (Reply(b"x", headers=HTML | {"Content-Encoding": "br"}), "packed as 'br'"),
    "no-http": (Reply(raw=lambda out: out.write(b"220 mail.example ESMTP\r\n") and None), "no HTTP"),
    "silent": (Reply(raw=lambda _: None), "no HTTP"),
    "unchanged": (Reply(status=304), "nothing changed"),
    "empty": (Reply(status=204), "status 204"),
    "not-there": (Reply(status=404), "nothing at this address"),
    "gone": (Reply(status=410), "gone for good"),
    "forbidden": (Reply(status=403), "does not give it to programs"),
    "password": (Reply(status=401), "wants a password"),
    "broken": (Reply(status=500), "status 500"),
    "picture": (Reply(b"\x89PNG\r\n\x1a\n" + bytes(64), headers={"Content-Type": "image/png"}), "PNG picture"),
    "challenge": (page("Just a moment...", "Checking your browser before you go on."), "wants a person"),
    "challenge-by-header": (page("Wait", "Wait.", **{"cf-mitigated": "challenge"}), "wants a person"),
}


@pytest.mark.parametrize("name", CUT)
def test_what_is_too_large_too_slow_or_broken_is_told_in_a_sentence(
    name: str, tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    reply, said = CUT[name]
    site.replies["/cut"] = reply
    seconds = QUICK if said == "too slow" else 20.0
    how, sentence = told("{here}/cut", tmp_path, site, untouched, seconds)
    assert (how, said in sentence) == ("failed", True), sentence
    assert sentence.startswith(f"{site.at('/cut')}: ")
    assert "\n" not in sentence


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
def test_a_bomb_takes_little_memory(tmp_path: Path, site: Site, untouched: Untouched) -> None:
    site.replies["/cut"] = CUT["bomb"][0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told("{here}/cut", tmp_path, site, untouched)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 << 10


def test_a_sitemap_in_a_bomb_is_cut_too(tmp_path: Path, site: Site, untouched: Untouched) -> None:
    site.replies["/sitemap.xml.gz"] = Reply(
        gzip.compress(b"<urlset>" + b" " * (60 << 20), 1), headers={"Content-Type": "application/x-gzip"}
    )
    assert told("{here}/sitemap.xml.gz", tmp_path, site, untouched)[0] == "failed"
    site.replies["/sitemap.xml"] = xml("<urlset><url><loc>" + "x" * 100)
    assert fetch(site.at("/sitemap.xml"), tmp_path, FetchOptions((site.place,), apart=0)).changed == 0


def test_packed_answers_are_unpacked_in_one_part_or_several(tmp_path: Path, site: Site) -> None:
    text = str(LIGHTHOUSE.body).encode()
    packed = gzip.compress(text[:50]) + gzip.compress(text[50:]) + bytes(7)
    site.replies["/packed"] = Reply(packed, headers=LIGHTHOUSE.headers | {"Content-Encoding": "gzip"})
    fetched = fetch(site.at("/packed"), tmp_path, FetchOptions((site.place,), apart=0))
    assert [part.title for part in read([fetched.folder]) if isinstance(part, Article)] == ["The Lightship Comes Home"]


@pytest.mark.parametrize("stated", ["UTF-8", "none", "identity", "8bit"])
def test_an_encoding_that_is_no_packing_says_nothing(stated: str, tmp_path: Path, site: Site) -> None:
    site.replies["/odd"] = Reply(LIGHTHOUSE.body, headers=LIGHTHOUSE.headers | {"Content-Encoding": stated})
    fetched = fetch(site.at("/odd"), tmp_path, FetchOptions((site.place,), apart=0))
    assert [part.title for part in read([fetched.folder]) if isinstance(part, Article)] == ["The Lightship Comes Home"]


def test_a_name_is_resolved_once_for_a_connection_which_goes_to_what_was_checked(
    tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    site.replies["/page"] = LIGHTHOUSE
    calls: list[str] = []

    def turning(host: str, _: int) -> list[str]:
        calls.append(host)
        # The second answer, which nobody may ask for, is another machine.
        return ["127.0.0.1"] if len(calls) == 1 else ["127.0.0.66"]

    options = FetchOptions((f"127.0.0.1:{site.port}",), apart=0, resolve=turning)
    fetched = fetch(f"http://turning.example:{site.port}/page", tmp_path, options)
    assert (fetched.changed, calls) == (1, ["turning.example"])
    assert site.headers[-1]["host"] == f"turning.example:{site.port}"
    with pytest.raises(FetchError):
        fetch(f"http://turning.example:{site.port}/other", tmp_path, options)
    assert untouched.connections == 0


def test_a_name_that_leads_elsewhere_after_a_redirect_is_checked_again(
    tmp_path: Path, site: Site, untouched: Untouched
) -> None:
    site.replies |= {"/here": sends_to("/there"), "/there": LIGHTHOUSE}
    answers = iter((["203.0.113.9"], ["203.0.113.9"], ["127.0.0.1"]))
    asked: list[str] = []

    def turning(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return next(answers) if host == "turning.example" else ["127.0.0.1"]

    site.replies["/out"] = sends_to(f"http://turning.example:{untouched.port}/secret")
    options = FetchOptions((site.place,), apart=0, resolve=turning)
    # What was public a moment ago is private now: nobody connects, by this way or the other.
    for address in (f"http://turning.example:{untouched.port}/", site.at("/out"), site.at("/out")):
        with pytest.raises(RefusedAddressError, match="is a private address"):
            fetch(address, tmp_path, options)
    assert asked.count(f"turning.example:{untouched.port}") == 3
    assert untouched.connections == 0


def test_a_handshake_that_never_comes_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        place = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(FetchError, match="too slow"):
            fetch(f"https://{place}/", tmp_path, FetchOptions((place,), seconds=QUICK))


def test_a_robots_txt_is_no_way_inside(tmp_path: Path, site: Site, untouched: Untouched) -> None:
    site.replies["/robots.txt"] = sends_to(f"http://127.0.0.1:{untouched.port}/robots.txt")
    site.replies |= {"/lamps": xml("<urlset><url><loc>{here}/lamp</loc></url></urlset>"), "/lamp": LIGHTHOUSE}
    fetched = fetch(site.at("/lamps"), tmp_path, FetchOptions((site.place,), apart=0))
    assert "its robots.txt could not be read: 127.0.0.1 is a private address" in fetched.skipped[0].reason
    assert ("/lamp" in site.asked, untouched.connections) == (False, 0)
    del site.replies["/robots.txt"]


def test_an_unknown_name_and_a_silent_port_are_told(tmp_path: Path) -> None:
    def unknown(*_: object) -> list[str]:
        raise OSError

    with pytest.raises(FetchError, match="is not known to DNS"):
        fetch("http://nowhere.example/", tmp_path, FetchOptions(resolve=unknown))
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(FetchError, match="takes no connection"):
            fetch(f"http://{place}/", tmp_path, FetchOptions((place,)))
