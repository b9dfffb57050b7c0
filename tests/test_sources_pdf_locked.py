"""Locked PDF documents: what opens without a password is read; what needs one is told, and costs itself alone."""

import io
from pathlib import Path

import pytest

from index.model import Article, Skipped
from tests.pdf_writer import Style, typeset
from tests.read_here import read_here

pypdf = pytest.importorskip("pypdf", reason="pypdf locks the documents: pip install 'pypdf[crypto]'")

TEXT = "The sluice key hangs behind the door of the mill, and nobody but the miller may take it down."
WAYS = ["RC4-40", "RC4-128", "AES-128", "AES-256"]


def locked(way: str, user: str, owner: str) -> bytes:
    """Return a document locked in one of the ways that PDF knows; without a user's password it opens by itself."""
    if way.startswith("AES"):
        pytest.importorskip("cryptography", reason="pypdf takes AES from cryptography: pip install 'pypdf[crypto]'")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(typeset("Keys of the Mill", [TEXT], Style())))
    writer.encrypt(user, owner, algorithm=way)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("way", WAYS)
def test_a_password_of_the_owner_alone_locks_nothing_that_is_read(tmp_path: Path, way: str) -> None:
    (tmp_path / "keys.pdf").write_bytes(locked(way, "", "miller"))
    [one] = read_here(tmp_path)
    assert isinstance(one, Article), one
    assert (one.title, [paragraph.text for paragraph in one.paragraphs]) == ("Keys of the Mill", [TEXT])


@pytest.mark.parametrize("way", WAYS)
def test_a_document_that_needs_a_password_is_told_and_the_others_are_read(tmp_path: Path, way: str) -> None:
    (tmp_path / "a-locked.pdf").write_bytes(locked(way, "sluice", "miller"))
    (tmp_path / "b-open.pdf").write_bytes(typeset("Keys of the Mill", [TEXT], Style()))
    told, one = read_here(tmp_path)
    assert told == Skipped(
        str(tmp_path / "a-locked.pdf"), "a PDF document that needs a password: save a copy without one"
    )
    assert isinstance(one, Article) and one.title == "Keys of the Mill"
