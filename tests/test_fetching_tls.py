"""Certificates, their time and the names in them are checked, over TLS on loopback."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index import Article, FetchError, FetchOptions, fetch, read
from tests.web_shelf import WORDS
from tests.web_site import Site, page

pytest.importorskip("cryptography", reason="cryptography makes the certificates")

pytestmark = pytest.mark.slow

HOST = "coast.example"
DAY = timedelta(days=1)
Certificate = Callable[..., Path]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Return what writes a certificate, signed by itself, with its key; by default one that is good for `HOST`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def write(*names: str, since: timedelta = -DAY, until: timedelta = DAY) -> Path:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now + since).not_valid_after(now + until)
        builder = builder.add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, names))), critical=False)
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.pem"
        file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return file

    return write


def fetched(host: str, held: Path, trusted: Path, folder: Path) -> tuple[list[Article], list[str]]:
    """Fetch a page of a site that shows one certificate where another is trusted; return it, and what was asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(held)
    with Site(context) as site:
        site.replies["/oars"] = page("Oars", *WORDS["Oars"])
        authorities = ssl.create_default_context(cafile=str(trusted))
        options = FetchOptions((f"{host}:{site.port}",), apart=0, trusted=authorities, resolve=lambda *_: ["127.0.0.1"])
        try:
            done = fetch(f"https://{host}:{site.port}/oars", folder, options)
        except FetchError as error:
            assert site.asked == []
            assert not error.passing
            raise
        parts = read([done.folder], options=done.reading)
        return [part for part in parts if isinstance(part, Article)], site.asked


@pytest.mark.parametrize(
    ("names", "host"), [((HOST,), HOST), (("quay.example", "*.coast.example"), "www.coast.example")]
)
def test_a_trusted_certificate_of_the_very_host_is_taken(
    names: tuple[str, ...], host: str, certificate: Certificate, tmp_path: Path
) -> None:
    good = certificate(*names)
    (article,), asked = fetched(host, good, good, tmp_path / "data")
    assert (article.title, asked) == ("Oars", ["/oars"])
    assert (article.url or "").startswith(f"https://{host}:")


@pytest.mark.parametrize(
    ("host", "names", "time", "said"),
    [
        ("quay.example", (HOST,), (-DAY, DAY), "Hostname mismatch"),
        ("127.0.0.1", (HOST,), (-DAY, DAY), "IP address"),
        # One star stands for one word.
        ("a.b.coast.example", ("*.coast.example",), (-DAY, DAY), "Hostname mismatch"),
        ("coast.example", ("*.coast.example",), (-DAY, DAY), "Hostname mismatch"),
        (HOST, (HOST,), (-3 * DAY, -DAY), "expired"),
        (HOST, (HOST,), (DAY, 3 * DAY), "not yet valid"),
    ],
)
def test_a_certificate_of_another_host_or_time_is_refused(
    host: str,
    names: tuple[str, ...],
    time: tuple[timedelta, timedelta],
    said: str,
    certificate: Certificate,
    tmp_path: Path,
) -> None:
    bad = certificate(*names, since=time[0], until=time[1])
    with pytest.raises(FetchError, match=rf"its certificate is not trusted \(.*{said}"):
        fetched(host, bad, bad, tmp_path / "data")


def test_a_certificate_that_nobody_trusted_signed_is_refused(certificate: Certificate, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="its certificate is not trusted"):
        fetched(HOST, certificate(HOST), certificate(HOST), tmp_path / "data")
