"""One request: checked, followed through its redirects, cut where it is too large or too slow.

with Client(FetchOptions()) as client:
    answer = client.get("https://coast.example/feed.xml", most=lambda headers: 20 << 20)
"""

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Final, Self

import httpcore
import httpx

from index.errors import FetchError, RefusedAddressError
from index.fetching.hosts import Hosts
from index.fetching.inflating import unpacked
from index.fetching.network import Deadline, Network, Resolve, resolved
from index.fetching.state import WAITING
from index.sources.encodings.charsets import media_type

USER_AGENT: Final = "Quoth/0.1 (+https://example.org/quoth)"
WHOLE_SECONDS: Final = 60.0
_REDIRECTS: Final = 5
_PERMANENT: Final = frozenset((301, 308))
_MOVED: Final = frozenset((301, 302, 303, 307, 308))
_LONGEST_ADDRESS: Final = 2048


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How addresses are fetched.

    `allowed` are hosts that are no public ones, each as "host:port"; `seconds` is how long one request may take with
    all its redirects; `apart` how many seconds lie between requests to one host. `resolve`, `trusted`, `now` and
    `sleep` stand in for the system's resolver, the authorities whose certificates count, the clock, and for waiting;
    `jitter` is the share by which times of the next request are scattered.
    """

    allowed: tuple[str, ...] = ()
    seconds: float = WHOLE_SECONDS
    apart: float = 1.0
    resolve: Resolve = resolved
    trusted: ssl.SSLContext | None = None
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    jitter: float = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered in the end: `address` is where the redirects led, `body` unpacked.

    `moved_to` is where permanent redirects alone led, "" where there were none; `headers` have names in lower case.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_to: str = ""

    @property
    def content_type(self) -> tuple[str, str | None]:
        """Return the content type that is stated, in lower case, "" for none, and its charset."""
        return content_type(self.headers)


@dataclass(slots=True)
class _Way:
    """The addresses that a request was sent on to so far."""

    met: list[str] = field(default_factory=list)
    moved_to: str = ""
    permanent: bool = True

    def go_on(self, address: str, status: int) -> None:
        """Note a redirect. Raises FetchError for a circle, and for one too many."""
        if address in self.met:
            raise FetchError("its redirects go in a circle")
        if len(self.met) > _REDIRECTS:
            raise FetchError(f"more than {_REDIRECTS} redirects")
        self.permanent = self.permanent and status in _PERMANENT
        if self.permanent:
            self.moved_to = address


class Client:
    """Sends requests, one after another."""

    def __init__(self, options: FetchOptions) -> None:
        self._options = options
        self._network = Network(Hosts(options.allowed), options.resolve)
        # A connection for each request, so that each is checked anew.
        self._pool = httpcore.ConnectionPool(
            ssl_context=options.trusted or _authorities(),
            max_keepalive_connections=0,
            network_backend=self._network,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def get(
        self,
        address: str,
        most: Callable[[Mapping[str, str]], int],
        headers: Callable[[str], Mapping[str, str]] = lambda _: {},
        before: Callable[[str], None] = lambda _: None,
        *,
        cut: bool = False,
    ) -> Answer:
        """Return the answer for an address: one with status 200, or 304 where `headers` ask for changes alone.

        `most` says, by the headers of the answer, how many bytes the body may have when it is unpacked; what is more is
        refused, or with `cut` left out. `headers` gives what is sent to an address besides. `before` is called before
        each request with its address, and may raise; the time that it takes does not count. Raises FetchError, which
        says what went wrong, and RefusedAddressError for what is not asked for at all.
        """
        deadline, way, url = Deadline(self._options.seconds), _Way(), parsed(address)
        while True:
            with deadline.paused():
                before(str(url))
            self._network.deadline = deadline
            way.met.append(str(url))
            answer, location = self._one(url, most, headers(str(url)), cut=cut)
            if location is None:
                return Answer(str(url), answer.status, answer.headers, answer.body, way.moved_to)
            url = _joined(url, location)
            way.go_on(str(url), answer.status)

    def _one(
        self, url: httpx.URL, most: Callable[[Mapping[str, str]], int], headers: Mapping[str, str], *, cut: bool
    ) -> tuple[Answer, str | None]:
        """Return an answer and where it leads, None where it is the last. Raises FetchError."""
        try:
            with self._pool.stream("GET", _raw(url), headers=_sent(url, headers)) as response:
                stated = _stated(response.headers)
                if response.status in _MOVED and (location := stated.get("location")) is not None:
                    return Answer(str(url), response.status, stated, b""), location
                if response.status not in (200, 304):
                    raise _unwanted(response.status, stated)
                pieces = response.iter_stream() if response.status == 200 else ()
                body = unpacked(pieces, stated.get("content-encoding", ""), most(stated), cut=cut)
                return Answer(str(url), response.status, stated, body), None
        except httpcore.TimeoutException:
            raise self._network.deadline.error() from None
        except ssl.SSLError as error:
            raise FetchError(f"its certificate is not trusted ({error})") from None
        except (httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FetchError(f"its certificate is not trusted ({_brief(error)})") from None
            raise FetchError(f"the connection broke ({_brief(error)})", passing=True) from None
        except httpcore.ProtocolError as error:
            if "without sending complete" in str(error):
                raise FetchError("the answer was cut off", passing=True) from None
            raise FetchError(f"the answer is no HTTP ({_brief(error)})") from None


@cache
def _authorities() -> ssl.SSLContext:
    """Return the authorities whose certificates count; to read them takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


def content_type(headers: Mapping[str, str]) -> tuple[str, str | None]:
    """Return the content type that headers state, in lower case, "" for none, and its charset.

    >>> content_type({"content-type": "Text/HTML; charset=UTF-8"}), content_type({})
    (('text/html', 'utf-8'), ('', None))
    """
    stated = headers.get("content-type", "")
    return media_type(stated) if stated.strip() else ("", None)


def parsed(address: str) -> httpx.URL:
    """Return an address taken apart, without its fragment.

    Raises RefusedAddressError where it is none of http or https, names a user, or cannot be understood.

    >>> str(parsed("HTTPS://Coast.example/a b#top"))
    'https://coast.example/a%20b'
    """
    try:
        url = httpx.URL(address.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise RefusedAddressError(f"not an address that can be understood ({_brief(error)})") from None
    if url.scheme not in ("http", "https"):
        raise RefusedAddressError("only http and https are fetched")
    if url.userinfo or "@" in address.partition("//")[2].partition("/")[0]:
        raise RefusedAddressError("a user or password in the address, which is not sent")
    if not url.raw_host or b"%" in url.raw_host or (url.port is not None and not 0 < url.port < 1 << 16):
        raise RefusedAddressError("its host or port is none")
    if len(str(url)) > _LONGEST_ADDRESS:
        raise RefusedAddressError(f"longer than {_LONGEST_ADDRESS} characters")
    return url


def _joined(url: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = url.join(location.strip())
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise FetchError(f"a broken redirect, to {location[:200]!r}") from None
    return parsed(str(joined))


def _raw(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _sent(url: httpx.URL, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    own = {"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
    return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in {**own, **headers}.items()]


def _stated(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    stated: dict[str, str] = {}
    for name, value in headers:
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        stated.setdefault(name.decode("latin-1").lower(), text.strip())
    return stated


def _unwanted(status: int, stated: Mapping[str, str]) -> FetchError:
    """Return what is told of an answer that holds nothing."""
    wait = stated.get("retry-after", "") if status in WAITING else ""
    text = {
        401: "it wants a password (status 401)",
        403: "the server does not give it to programs (status 403)",
        404: "there is nothing at this address (status 404)",
        410: "it is gone for good (status 410)",
        429: "the server asks to be left alone for a while (status 429)",
    }.get(status, f"the server answers with status {status}")
    if "cf-mitigated" in stated:
        text = "the server wants a person to prove that it is one"
    return FetchError(text, status=status, retry_after=wait, passing=status >= 500 or status == 429)


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
