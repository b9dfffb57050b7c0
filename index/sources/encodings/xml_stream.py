"""Read an XML document of any size element by element, also one whose bytes a program wrote carelessly.

What a parser would stumble over is mended before it sees it: control characters, HTML's names of characters, lone "&"s.
So no entity is ever expanded, and nothing outside the document is looked at.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from pathlib import Path
from typing import Any, Final

from index.sources.encodings.encoding import open_text
from index.sources.files.streams import DOCUMENT_BYTES, UnusableError, head_of

_PIECE: Final = 1 << 16
_HEAD_BYTES: Final = 1024
# The end of the document element stands within so many characters from the end.
_TAIL: Final = 4096
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,400}\?>")
_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_LOST = re.compile("[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff]")
_BREAKS = re.compile("[\x0b\x0c\x1c-\x1f]")
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(#[xX][0-9a-fA-F]{1,6};|#\d{1,7};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_LONGEST_REFERENCE: Final = 40
# A parser notes each fault that it overlooks.
_MOST_FAULTS: Final = 20_000


class XmlStream:
    """The elements of an XML document that have one of these names, in any namespace, as they end.

    An element is emptied when the next is asked for, and elements inside others come first. `cut` says, afterwards,
    whether the document ends too early; of what stands last nothing is yielded then. UnusableError when it declares
    entities, is nested more than 2,000 deep, or holds 64 MiB without an end of such an element.
    """

    def __init__(self, path: Path, *names: str) -> None:
        self.cut = False
        self._path = path
        self._names = names

    def __iter__(self) -> Iterator[Any]:
        """Yield the elements."""
        from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

        tags = [f"{{*}}{name}" for name in self._names]
        parser = etree.XMLPullParser(
            events=("end",),
            tag=tags,
            recover=True,
            huge_tree=True,
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
            encoding="utf-8",
        )
        last, held = None, 0
        for piece in self._pieces():
            parser.feed(piece)
            held += len(piece)
            _refuse(parser, held)
            for _, element in parser.read_events():
                _remove(last)
                last, held = element, 0
                yield element
        try:
            parser.close()
        except etree.XMLSyntaxError:
            self.cut = True
        _refuse(parser, held)
        if not self.cut:
            for _, element in parser.read_events():
                _remove(last)
                last = element
                yield element

    def _pieces(self) -> Iterator[bytes]:
        declared = _DECLARED.search(head_of(self._path, _HEAD_BYTES))
        with open_text(self._path, declared=declared[1].decode() if declared else None) as text:
            piece = text.read(_PIECE)
            piece = _DECLARATION.sub("", piece.removeprefix("\ufeff"), count=1)
            # A comment above the document may show an element.
            head = _COMMENT.sub("", piece)
            root = _ELEMENT.search(head)
            if "<!ENTITY" in head[: root.start() if root else None]:
                raise UnusableError("it declares entities, as documents do that mean harm")
            cleaner, tail = _Cleaner(), ""
            while piece:
                tail = (tail + piece)[-_TAIL:]
                yield cleaner.cleaned(piece).encode("utf-8", "replace")
                piece = text.read(_PIECE)
            yield cleaner.cleaned("", last=True).encode("utf-8", "replace")
        self.cut = root is None or f"</{root[1]}" not in tail


class _Cleaner:
    """Mends what no parser takes, in pieces: outside of CDATA sections references, everywhere control characters."""

    def __init__(self) -> None:
        self._in_cdata = False
        self._rest = ""

    def cleaned(self, piece: str, *, last: bool = False) -> str:
        """Return the next piece, without what may go on in the one that follows."""
        if _LOST.search(piece):
            piece = _LOST.sub("", piece)
        if _BREAKS.search(piece):
            piece = _BREAKS.sub(" ", piece)
        text, at, out = self._rest + piece, 0, []
        while True:
            mark = text.find(_CDATA_END if self._in_cdata else _CDATA, at)
            if mark < 0:
                break
            end = mark + len(_CDATA_END if self._in_cdata else _CDATA)
            out.append(text[at:end] if self._in_cdata else _mended(text[at:mark]) + _CDATA)
            self._in_cdata = not self._in_cdata
            at = end
        keep = len(text) if last else max(at, self._whole(text))
        out.append(text[at:keep] if self._in_cdata else _mended(text[at:keep]))
        self._rest = text[keep:]
        return "".join(out)

    def _whole(self, text: str) -> int:
        """Return where the end of a piece begins that may be half a mark or half a reference."""
        if self._in_cdata:
            return len(text) - len(_CDATA_END) + 1
        begun = (text.rfind("<", -len(_CDATA)), text.rfind("&", -_LONGEST_REFERENCE))
        return min((at for at in begun if at >= 0), default=len(text))


def _mended(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    name = reference[1]
    if not name or (name[0] != "#" and name not in html5):
        return f"&amp;{name or ''}"
    if name[0] == "#":
        code = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        if code < 32 and code not in (9, 10, 13):
            return ""
    found = _BREAKS.sub(" ", _LOST.sub("", unescape(f"&{name}")))
    return "".join(f"&#{ord(sign)};" if sign in "<>&\"'\r" else sign for sign in found)


def _remove(element: Any) -> None:
    if element is not None:
        element.clear()
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _refuse(parser: Any, held: int) -> None:
    faults = parser.feed_error_log
    if any(fault.type_name == "ERR_RESOURCE_LIMIT" for fault in faults):
        raise UnusableError("its elements are nested too deep")
    if len(faults) > _MOST_FAULTS:
        raise UnusableError(f"not XML: more than {_MOST_FAULTS:,} faults in it")
    if held > DOCUMENT_BYTES:
        raise UnusableError(f"a part of it is larger than {DOCUMENT_BYTES >> 20} MiB; split it")
