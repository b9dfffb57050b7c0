"""Certificates and the names in them are checked, over TLS on loopback."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Article, FetchError, FetchOptions, fetch, read
from tests.web_shelf import WORDS
from tests.web_site import Site, page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate of coast.example, signed by itself, with its key."""
    file = tmp_path_factory.mktemp("tls") / "coast.pem"
    names = "subjectAltName=DNS:coast.example"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=coast.example -addext {names}".split()
    try:
        subprocess.run([*command, "-keyout", file, "-out", file], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl makes the certificate")
    # Of two `-out` the last one wins: the certificate goes behind the key.
    return file


@pytest.fixture
def site(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Site(context) as found:
        found.replies["/oars"] = page("Oars", *WORDS["Oars"])
        yield found


def options(site: Site, host: str, trusted: Path | None) -> FetchOptions:
    context = ssl.create_default_context(cafile=str(trusted)) if trusted else None
    return FetchOptions((f"{host}:{site.port}",), apart=0, trusted=context, resolve=lambda *_: ["127.0.0.1"])


def test_a_trusted_certificate_of_the_very_host_is_taken(site: Site, certificate: Path, tmp_path: Path) -> None:
    address = f"https://coast.example:{site.port}/oars"
    fetched = fetch(address, tmp_path, options(site, "coast.example", certificate))
    (article,) = read([fetched.folder], options=fetched.reading)
    assert isinstance(article, Article)
    assert article.url == address


@pytest.mark.parametrize(("host", "known"), [("coast.example", False), ("quay.example", True), ("127.0.0.1", True)])
def test_any_other_certificate_is_refused(
    host: str,
    known: bool,
    site: Site,
    certificate: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(FetchError, match="its certificate is not trusted"):
        fetch(f"https://{host}:{site.port}/oars", tmp_path, options(site, host, certificate if known else None))
    assert site.asked == []
