"""Laws of office documents: what a program writes is what comes out, whatever the words are."""

import io
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office import epub, odt, one, rtf, texts

# One alphabet of each kind of writing, and the signs that markup gives a meaning.
LETTERS: Final = "abcXYZ éüßñ жщЫ αβΩ عربي فارسی עברית 漢字かな हिन्दी 😀 <>&\"'\\{}|#*_[]~`$%^=+"
WORDS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=40).filter(lambda text: any(map(str.isalnum, text)))
# A sentence is no headline.
SENTENCES = st.lists(WORDS.map(lambda text: f"Here is {text} again and again, as it was."), min_size=2, max_size=6)


def flat(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


def rtf_escaped(text: str) -> str:
    units = text.encode("utf-16-le")
    numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(chr(unit) if chr(max(unit, 0)).isalnum() and 0 < unit < 128 else f"\\u{unit}?" for unit in numbers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(title=WORDS, sentences=SENTENCES)
def test_what_python_docx_writes_comes_back(folder: Path, title: str, sentences: list[str]) -> None:
    import docx

    document = docx.Document()
    document.add_heading(title, 0)
    document.add_heading("First", 1)
    for sentence in sentences:
        document.add_paragraph(sentence)
    for sentence in sentences:
        document.add_paragraph(sentence, style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for at, text in enumerate(("Ware", "Price", sentences[0], "9")):
        table.cell(at // 2, at % 2).text = text
    written = io.BytesIO()
    document.save(written)
    article = one(folder / "a.docx", written.getvalue())
    lines = [line for text in texts(article) for line in text.split("\n")]
    rows = ["Ware | Price", f"{sentences[0]} | 9"]
    assert flat([article.title]) == flat([title])
    assert flat(lines) == flat(["First", *sentences, *sentences, *rows])
    assert (article.author, article.date) == (None, None)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(title=WORDS, sentences=SENTENCES)
def test_odt_rtf_and_epub_come_back(folder: Path, title: str, sentences: list[str]) -> None:
    def paragraph(text: str, style: str) -> str:
        return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'

    inside = paragraph(title, "Title") + "".join(paragraph(text, "P") for text in sentences)
    styles = "{\\stylesheet{\\s1 Title;}}\\uc1 "
    lines = "".join(f"\\pard {rtf_escaped(text)}\\par\n" for text in sentences)
    page = f"<h1>{escape(title)}</h1>" + "".join(f"<p>{escape(text)}</p>" for text in sentences)
    written = {
        "odt": odt(inside),
        "rtf": rtf(f"{styles}\\pard\\s1 {rtf_escaped(title)}\\par\n{lines}"),
        "epub": epub({"a.xhtml": page}),
    }
    for kind, content in written.items():
        article = one(folder / f"a.{kind}", content)
        assert (kind, flat([article.title])) == (kind, flat([title]))
        assert (kind, flat(texts(article))) == (kind, flat(sentences))
