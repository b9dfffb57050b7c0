"""What a document states of itself that can be used: many titles and authors are leftovers of programs."""

import re
from collections.abc import Sequence

from index.sources.blocks.layout import normal_line
from index.sources.pdf.pieces import Look, Piece

_LEFTOVER = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel|office)\b|untitled|unbenannt|sans titre|sin t[ií]tulo|без имени|无标题|"
    r"بدون عنوان|document\d*$|\(?unspecified|\(?anonymous|slide \d|powerpoint|presentation\d*$|title$|print(?:ing)?\b|"
    r"layout \d|book\d*$|doc\d*$|page \d|scan|image\d|img_)",
    re.I,
)
_FILE_NAME = re.compile(
    r"[^\s/\\]*[/\\].*|.*\.(?:docx?|dvi|tex|pdf|indd|qxd|pptx?|xlsx?|odt|rtf|txt|html?|md|ps|pages|fm|p65)\W*", re.I
)
_PROGRAMS = re.compile(
    r"(?:user|users|owner|admin|administrator|author|root|windows user|microsoft|unknown|default|pc|home|acer|dell|hp|"
    r"lenovo|asus|\(?anonymous\)?|\(?unspecified\)?|none|test|guest|utente|usuario|benutzer|utilisateur|пользователь|"
    r"reportlab|latex.*|tex|pdftex.*|acrobat.*|adobe.*|python-docx|pandoc|openoffice.*|libreoffice.*|weasyprint.*|"
    r"wkhtmltopdf.*|ghostscript.*|quark.*|word)\.?",
    re.I,
)
_LARGER = 1.12
_LONGEST = 300
_TITLE_WORDS = 40


def stated_title(value: str, beginning: str) -> str | None:
    """Return the title that a document states of itself, None where it is a leftover of the program that made it.

    One word alone is only believed where the document begins with it: `beginning` is its first text, case-folded.

    >>> stated_title("Microsoft Word - draft.docx", ""), stated_title("x", "lamp oil"), stated_title("On Eels", "")
    (None, None, 'On Eels')
    """
    title = normal_line(value)[:_LONGEST]
    if sum(map(str.isalpha, title)) < 2 or _LEFTOVER.match(title) or _FILE_NAME.fullmatch(title) or "\ufffd" in title:
        return None
    if title.casefold() in beginning:
        return title
    known_word = title.count(" ") or any("\u3000" < sign < "\uffa0" for sign in title)
    return title if known_word and "_" not in title else None


def stated_author(value: str) -> str | None:
    """Return the author that a document states, None for names of programs and accounts.

    >>> stated_author("user"), stated_author("Ana Reyes")
    (None, 'Ana Reyes')
    """
    author = normal_line(value)[:_LONGEST]
    if _PROGRAMS.fullmatch(author) or sum(map(str.isalpha, author)) < 2 or "://" in author or "\ufffd" in author:
        return None
    return author


def largest(pieces: Sequence[Piece], look: Look) -> Piece | None:
    """Return the piece of the first page that stands out most: the largest heading, else a bold one at the top."""
    first = [
        piece
        for piece in pieces
        if piece.page == pieces[0].page
        and piece.kind in ("heading", "paragraph", "entry")
        and sum(map(str.isalpha, piece.text)) > 1
        and sum(len(line.text.split()) for line in piece.lines) <= _TITLE_WORDS
    ]
    if not first:
        return None
    most = max(piece.lines[0].size for piece in first)
    others = [piece.lines[0].size for piece in pieces if piece is not first[0]]
    if most >= _LARGER * look.size or (others and first[0].lines[0].size >= _LARGER * max(others)):
        return next(piece for piece in first if piece.lines[0].size > 0.98 * most)
    return first[0] if first[0].kind == "heading" and first[0] is pieces[0] else None
