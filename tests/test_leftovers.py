"""Titles and authors that programs write into files are none; those that only begin like them are kept."""

import pytest

from index.sources.fields.leftovers import stated_author, stated_title

LEFT = [
    *("Microsoft Word - weir_v3.docx", "Microsoft Word", "Microsoft PowerPoint - Tolls", "untitled", "Untitled-1"),
    *("Untitled document", "Unbenannt 1", "Document1", "Document (2)", "New Document", "Book1", "Presentation1"),
    *("Slide 1", "Page 3", "Layout 1", "scan", "Scan0001", "Scan_20200304_1201", "Scanned Document"),
    *("Scanned from a Copier on the Second Floor", "CamScanner 04-12-2020", "print", "Print Preview", "Printing"),
    *("IMG_2043", "image001", "/home/ann/weirs.dvi", "C:\\Users\\ann\\weirs", "file:///C|/weirs", "\\\\mill\\shared x"),
    *("https://weir.example/tolls", "weir_v3.indd", "(anonymous)", "title", "test", "12345", "بدون عنوان", "无标题1"),
]
KEPT = [
    *("Scandinavian Fleets", "Scanning the Horizon", "Scan Statistics in Practice", "Printing in the Age of Steam"),
    *("Printmakers of the North", "AC/DC Motors at the Lock", "TCP/IP for Millers", "Black/White: A Study of Swans"),
    *("Untitled Poems of a Lock Keeper", "Document Theory", "Page One", "Book of Hours", "Slides and Ladders"),
    *("Microsoft Office in Village Schools", "Title Deeds of the Weir", "Testing the Waters", "Anonymous Letters"),
    *("Image of the City", "Layout of Type", "Report 2020", "1984 and After", "$\\alpha$-Decay at the Mill"),
]


@pytest.mark.parametrize("title", LEFT)
def test_what_a_program_wrote_is_no_title(title: str) -> None:
    assert stated_title(title) == ""


@pytest.mark.parametrize("title", KEPT)
def test_a_title_that_only_begins_like_a_leftover_is_one(title: str) -> None:
    assert stated_title(title) == title


@pytest.mark.parametrize("author", ["user", "User2", "LaTeX with hyperref", "(anonymous)", "python-docx", "Acrobat 9"])
def test_accounts_and_programs_are_no_authors(author: str) -> None:
    assert stated_author(author) is None


@pytest.mark.parametrize("author", ["Ann Homer", "Tess Admiral", "Dell Harrow", "Paola Utenti"])
def test_people_whose_names_begin_like_those_of_accounts_are_authors(author: str) -> None:
    assert stated_author(author) == author
