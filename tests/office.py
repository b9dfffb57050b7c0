"""Small office documents and books, for the tests of their readers: each is a few lines of the format's own markup."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from index.model import Article, Skipped
from tests.read_here import read_here

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = {
    "w": WORD,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
}
ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODF_NAMES = {
    **{name: f"{ODF}:{name}:1.0" for name in ("office", "text", "style", "table", "meta", "manifest")},
    **{"draw": f"{ODF}:drawing:1.0", "fo": f"{ODF}:xsl-fo-compatible:1.0", "svg": f"{ODF}:svg-compatible:1.0"},
    **{"dc": "http://purl.org/dc/elements/1.1/", "xlink": "http://www.w3.org/1999/xlink"},
}
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def named(names: Mapping[str, str]) -> str:
    return " ".join(f'xmlns:{name}="{address}"' for name, address in names.items())


def packed(members: Mapping[str, str | bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inside: str, style: str = "", properties: str = "") -> str:
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    runs = inside if inside.startswith("<") else run(inside) if inside else ""
    return f"<w:p><w:pPr>{styled}{properties}</w:pPr>{runs}</w:p>"


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(f"<w:tc>{cell if cell.startswith('<') else paragraph(cell)}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def docx(body: str, *, styles: str = "", core: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """A document of Word; `parts` are more parts beside it, by their kinds: "footnotes"."""
    more = dict(parts or {}) | {"styles": f"<w:styles {named(NAMES)}>{styles}</w:styles>"}
    related = "".join(f'<Relationship Id="{kind}" Type="{NAMES["r"]}/{kind}" Target="{kind}.xml"/>' for kind in more)
    properties = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    members = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Type="{NAMES["r"]}/officeDocument" '
        f'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>',
        "word/document.xml": f"<w:document {named(NAMES)}><w:body>{body}</w:body></w:document>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{properties}" xmlns:dc="{ODF_NAMES["dc"]}" '
        f'xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>',
    }
    return packed(members | {f"word/{kind}.xml": content for kind, content in more.items()})


def style(name: str, shown: str, inside: str = "") -> str:
    return f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/>{inside}</w:style>'


STYLES = style("T", "Title") + style("H1", "heading 1") + style("H2", "heading 2") + style("C1", "toc 1")


def odt(body: str, *, styles: str = "", meta: str = "", members: Mapping[str, str] | None = None) -> bytes:
    names, tail = named(ODF_NAMES), "</office:document-content>"
    head = f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{head}<office:body><office:text>{body}</office:text></office:body>{tail}",
            "meta.xml": f"<office:document-meta {names}><office:meta>{meta}</office:meta></office:document-meta>",
            "META-INF/manifest.xml": f"<manifest:manifest {names}/>",
            **(members or {}),
        }
    )


def rtf(body: str, *, head: str = "\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 Calibri;}}") -> bytes:
    return f"{{\\rtf1{head}\n{body}}}".encode("latin-1")


def page(body: str, title: str = "A Book") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>{title}</title></head><body>{body}</body></html>'
    )


def epub(
    pages: Mapping[str, str],
    *,
    contents: str = "",
    data: str = "<dc:title>A Book of Winds</dc:title>",
    aside: str = "",
    guide: str = "",
    members: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A book whose files are in the order of reading; `contents` are the lines of its table, `aside` a file apart."""
    kind = 'media-type="application/xhtml+xml"'
    # The manifest in another order than that of reading.
    items = "".join(sorted(f'<item id="i{at}" href="{name}" {kind}/>' for at, name in enumerate(pages))[::-1])
    spine = "".join(
        f'<itemref idref="i{at}"{" linear=" + chr(34) + "no" + chr(34) if name == aside else ""}/>'
        for at, name in enumerate(pages)
    )
    nav = f'<item id="nav" href="nav.xhtml" properties="nav" {kind}/>' if contents else ""
    opf = f"""<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{data}</metadata><manifest>{nav}{items}</manifest>
<spine>{spine}</spine><guide>{guide}</guide></package>"""
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    container += '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OPS/book.opf": opf,
            "OPS/nav.xhtml": page(f'<nav epub:type="toc"><ol>{contents}</ol></nav>'),
            **{
                f"OPS/{name}": content if content.startswith("<?") else page(content) for name, content in pages.items()
            },
            **(members or {}),
        }
    )


def found(path: Path, content: bytes) -> list[Article | Skipped]:
    path.write_bytes(content)
    return read_here(path)


def articles(path: Path, content: bytes) -> list[Article]:
    parts = found(path, content)
    assert all(isinstance(part, Article) for part in parts), parts
    return [part for part in parts if isinstance(part, Article)]


def one(path: Path, content: bytes) -> Article:
    (article,) = articles(path, content)
    return article


def told(path: Path, content: bytes) -> str:
    (skipped,) = found(path, content)
    assert isinstance(skipped, Skipped), skipped
    return skipped.reason


def texts(article: Article) -> list[str]:
    return [part.text for part in article.paragraphs]
