"""The office documents and books that `benchmarks.round_trip` writes: DOCX, ODT, RTF and EPUB.

Title, date and text stand in the styles that Word and LibreOffice have for them; a book states its date in its data.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.round_trip_formats import Format, Written

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ODF: Final = "urn:oasis:names:tc:opendocument:xmlns"
_IN_A_FILE: Final = 3


def packed(members: Mapping[str, str]) -> bytes:
    """Return a zip archive; a member called "mimetype" is stored as it is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(name, text, kind)
    return archive.getvalue()


def _xml(text: str) -> str:
    """Return a text for XML, which holds no control characters."""
    return escape("".join(sign for sign in text if sign in "\t\n" or sign >= " "))


def _docx(article: Written) -> bytes:
    def paragraph(text: str, style: str = "") -> str:
        properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        # Word cuts a paragraph into runs anywhere.
        runs = (text[at : at + 40] for at in range(0, len(text), 40))
        inside = "".join(
            f'<w:r><w:rPr><w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">{_xml(run)}</w:t></w:r>' for run in runs
        )
        return f"<w:p>{properties}{inside}</w:p>"

    text = paragraph(article.title, "T") + paragraph(article.date.isoformat(), "D")
    text += "".join(map(paragraph, article.paragraphs))
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{named}"/></w:style>'
        for name, named in (("T", "Title"), ("D", "Date"))
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    relation = f'<Relationship Id="r1" Type="{_RELATIONS}/'
    kinds = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    for part, kind in (("document", "document.main"), ("styles", "styles")):
        kinds += f'<Override PartName="/word/{part}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    return packed(
        {
            "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">{kinds}</Types>',
            "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships">'
            f'{relation}officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'{head}<Relationships xmlns="{package}/relationships">'
            f'{relation}styles" Target="styles.xml"/></Relationships>',
            "word/styles.xml": f'{head}<w:styles xmlns:w="{_WORD}">{styles}</w:styles>',
            "word/document.xml": f'{head}<w:document xmlns:w="{_WORD}"><w:body>{text}</w:body></w:document>',
        }
    )


def _odt(article: Written) -> bytes:
    def paragraph(text: str, style: str) -> str:
        return f'<text:p text:style-name="{style}">{_xml(text)}</text:p>'

    text = paragraph(article.title, "Title") + paragraph(article.date.isoformat(), "Date")
    text += "".join(paragraph(one, "Text_20_body") for one in article.paragraphs)
    names = f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0"'
    content = f"<office:document-content {names}><office:body><office:text>{text}</office:text></office:body>"
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?>{content}</office:document-content>',
            "META-INF/manifest.xml": f'<manifest xmlns="{_ODF}:manifest:1.0"/>',
        }
    )


def _rtf(article: Written) -> str:
    def paragraph(text: str, style: int) -> str:
        return f"\\pard\\s{style}\\f0 {_rtf_escaped(text)}\\par\n"

    head = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fnil\\fcharset0 Calibri;}}"
    head += "{\\stylesheet{\\s0 Normal;}{\\s1 Title;}{\\s2 Date;}}\\uc1\n"
    text = paragraph(article.title, 1) + paragraph(article.date.isoformat(), 2)
    return head + text + "".join(paragraph(one, 0) for one in article.paragraphs) + "}"


def _rtf_escaped(text: str) -> str:
    return "".join(
        f"\\{sign}" if sign in "\\{}" else sign if " " <= sign < "\x7f" else _rtf_character(sign) for sign in text
    )


def _rtf_character(sign: str) -> str:
    raw = sign.encode("utf-16-le")
    halves = (int.from_bytes(raw[at : at + 2], "little", signed=True) for at in range(0, len(raw), 2))
    return "".join(f"\\u{half}?" for half in halves)


def _book(articles: Sequence[Written]) -> bytes:
    """Return a book with a chapter for each article, several of them in one file."""
    files: dict[str, str] = {}
    lines = []
    for at in range(0, len(articles), _IN_A_FILE):
        group = articles[at : at + _IN_A_FILE]
        name = f"text {at:05}.xhtml"
        body = "".join(
            f'<section id="{one.id}"><h2>{_xml(one.title)}</h2>{_paragraphs(one)}</section>' for one in group
        )
        files[name] = _page("A Year of News", body)
        lines += [f'<li><a href="text%20{at:05}.xhtml#{one.id}">{_xml(one.title)}</a></li>' for one in group]
    return _epub("A Year of News", "", files, lines)


def _book_of_one(article: Written) -> bytes:
    body = f"<h1>{_xml(article.title)}</h1>{_paragraphs(article)}"
    date = f"<dc:date>{article.date.isoformat()}</dc:date>"
    lines = [f'<li><a href="{article.id}.xhtml">{_xml(article.title)}</a></li>']
    return _epub(article.title, date, {f"{article.id}.xhtml": _page(article.title, body)}, lines)


def _paragraphs(article: Written) -> str:
    return "".join(f"<p>{_xml(text)}</p>\n" for text in article.paragraphs)


def _page(title: str, body: str) -> str:
    head = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
    head += 'xmlns:epub="http://www.idpf.org/2007/ops">'
    return f"{head}<head><title>{_xml(title)}</title></head><body>{body}</body></html>"


def _epub(title: str, date: str, files: Mapping[str, str], lines: Iterable[str]) -> bytes:
    kind = 'media-type="application/xhtml+xml"'
    items = "".join(f'<item id="c{at}" href="{name.replace(" ", "%20")}" {kind}/>' for at, name in enumerate(files))
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(files)))
    opf = f"""<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>{_xml(title)}</dc:title><dc:creator>Ana Reyes</dc:creator>{date}</metadata>
<manifest><item id="n" href="nav.xhtml" properties="nav" {kind}/>{items}</manifest><spine>{spine}</spine></package>"""
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    container += '<rootfile full-path="EPUB/book.opf"/></rootfiles></container>'
    nav = _page(title, f'<nav epub:type="toc"><ol>{"".join(lines)}</ol></nav>')
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "EPUB/book.opf": opf}
    members["EPUB/nav.xhtml"] = nav
    return packed(members | {f"EPUB/{name}": text for name, text in files.items()})


OFFICE: Final[Mapping[str, Format]] = {
    "docx": Format(".docx", page=_docx),
    "odt": Format(".odt", page=_odt),
    "rtf": Format(".rtf", page=_rtf),
    "epub": Format(".epub", page=_book_of_one),
    # It states one date for all.
    "epub, a chapter each": Format(".epub", table=_book),
}
