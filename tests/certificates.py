"""Read the certificates of the authorities once: both clients of every bot would, which is half of its start."""

import ssl
from functools import cache

import certifi

_create = ssl.create_default_context


@cache
def _authorities() -> ssl.SSLContext:
    return _create(cafile=certifi.where())


def _context(
    purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH,
    *,
    cafile: str | None = None,
    capath: str | None = None,
    cadata: str | bytes | None = None,
) -> ssl.SSLContext:
    if (purpose, cafile, capath, cadata) == (ssl.Purpose.SERVER_AUTH, certifi.where(), None, None):
        return _authorities()
    return _create(purpose, cafile=cafile, capath=capath, cadata=cadata)


def read_once() -> None:
    """Have whoever trusts the authorities that certifi knows share one context in this process and those forked."""
    ssl.create_default_context = _context  # type: ignore[assignment]
