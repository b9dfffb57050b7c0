"""Read Rich Text Format (.rtf), as Word, WordPad, LibreOffice, TextEdit and converters write it."""

from collections.abc import Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.files.streams import UnusableError, read_bytes
from index.sources.office.rtf_text import Walk


def read(path: Path, field_map: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:  # noqa: ARG001 - the readers' protocol
    """Yield the one article of a document.

    Hidden and deleted text, comments, the codes of fields, heads and feet of pages are no text. A text box is a
    paragraph of its own, a note stands behind its paragraph.
    """
    raw = read_bytes(path)
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise UnusableError("it does not begin as an RTF document does")
    walk = Walk()
    # One character a byte: what the bytes above ASCII mean depends on the font.
    walk.read(raw.decode("latin-1"))
    yield walk.document.article(path, walk.info.get("title"), walk.info.get("author"))
