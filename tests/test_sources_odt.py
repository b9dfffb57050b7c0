"""OpenDocument texts: paragraphs with all that lies inside them."""

from pathlib import Path

import pytest

from tests.office import ODF_NAMES, named, odt, one, texts, told

SALT = "The salt is raked at noon."


def p(inside: str, style: str = "") -> str:
    styled = f' text:style-name="{style}"' if style else ""
    return f"<text:p{styled}>{inside}</text:p>"


def body(inside: str, tmp_path: Path, styles: str = "") -> list[str]:
    return texts(one(tmp_path / "a.odt", odt(p("The Pans", "Title") + inside, styles=styles)))


def test_no_word_behind_a_blank_a_tab_or_a_stretch_of_text_is_lost(tmp_path: Path) -> None:
    inside = 'Rake<text:s text:c="3"/>the <text:span>white<text:s/></text:span>salt,<text:tab/>not'
    inside += "<text:line-break/>the grey."
    assert body(p(inside), tmp_path) == ["Rake the white salt, not\nthe grey."]


def test_line_ends_of_the_file_are_blanks(tmp_path: Path) -> None:
    assert body(p("Rake\n  the white\n  salt."), tmp_path) == ["Rake the white salt."]


def test_deletions_comments_prompts_and_hidden_text_are_no_text(tmp_path: Path) -> None:
    styles = (
        '<style:style style:name="X" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    )
    deleted = "<text:tracked-changes><text:changed-region><text:deletion>" + p("Struck out.")
    deleted += "</text:deletion></text:changed-region></text:tracked-changes>"
    inside = "The salt <office:annotation><dc:creator>M.</dc:creator>" + p("Which?") + "</office:annotation>is raked"
    inside += '<text:span text:style-name="X"> by night</text:span><text:change text:change-id="c"/> at noon.'
    hidden = f'<text:section text:display="none">{p("A secret.")}</text:section>' + p("Hidden.", "H")
    prompt = p('<text:placeholder text:placeholder-type="text">&lt;Your name&gt;</text:placeholder>')
    article = one(tmp_path / "a.odt", odt(deleted + p(inside) + hidden + prompt + p(SALT), styles=styles))
    assert texts(article) == [SALT, SALT]
    assert [one.text for one in article.dropped] == ["by night", "Hidden."]


def test_a_note_stands_behind_its_paragraph_and_its_mark_nowhere(tmp_path: Path) -> None:
    note = f"<text:note><text:note-citation>1</text:note-citation><text:note-body>{p('By hand.')}{p('Always.')}"
    note += "</text:note-body></text:note>"
    assert body(p(f"The salt{note} is raked.") + p(SALT), tmp_path) == ["The salt is raked.", "By hand. Always.", SALT]


def test_a_frame_with_text_is_a_paragraph_and_its_picture_has_a_caption(tmp_path: Path) -> None:
    caption = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Caption"/>'
    box = f"<draw:frame><draw:text-box>{p('No salt on Fridays.')}</draw:text-box></draw:frame>"
    figure = f"<draw:frame><draw:text-box>{p('<draw:frame><draw:image/></draw:frame>The pans', 'P1')}"
    figure += "</draw:text-box></draw:frame>"
    shape = f"<draw:custom-shape>{p('Raked here')}</draw:custom-shape>"
    inside = p(f"Rake{box} the salt.") + p(figure) + p(f"{shape}{SALT}")
    article = one(tmp_path / "a.odt", odt(p("The Pans", "Title") + inside, styles=caption))
    assert [(part.kind, part.text) for part in article.paragraphs] == [
        ("paragraph", "Rake the salt."),
        ("paragraph", "No salt on Fridays."),
        ("caption", "The pans"),
        ("paragraph", SALT),
        ("paragraph", "Raked here"),
    ]


def test_lists_stay_in_their_place_with_what_leads_to_them(tmp_path: Path) -> None:
    def item(inside: str) -> str:
        return f"<text:list-item>{inside}</text:list-item>"

    inner = f"<text:list>{item(p('of ash'))}{item(p('of elm'))}</text:list>"
    entries = item(p("a rake") + inner) + item(p("a bucket"))
    inside = (
        '<text:h text:outline-level="2">Tools</text:h>' + p("You need:") + f"<text:list>{entries}</text:list>" + p(SALT)
    )
    assert body(inside, tmp_path) == ["Tools\nYou need:\na rake\nof ash\nof elm\na bucket", SALT]


def test_two_lists_are_two_and_a_numbered_heading_is_a_heading(tmp_path: Path) -> None:
    heading = '<text:list><text:list-item><text:h text:outline-level="1">Tools</text:h></text:list-item></text:list>'
    lists = "".join(
        f"<text:list><text:list-item>{p(name)}</text:list-item></text:list>" for name in ("rakes", "buckets")
    )
    assert body(heading + lists, tmp_path) == ["Tools\nrakes", "buckets"]


def test_a_table_keeps_its_rows_with_a_header(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return "".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in cells).join(
            ("<table:table-row>", "<table:covered-table-cell/></table:table-row>")
        )

    rows = "".join(row(f"Pan {at}", "raked at noon by the eldest of the sisters") for at in range(40))
    head = f"<table:table-header-rows>{row('Pan 1 to 40', 'When')}</table:table-header-rows>"
    found = body(f"<table:table>{head}{rows}</table:table>", tmp_path)
    assert len(found) > 1
    assert all(text.startswith("Pan 1 to 40 | When\nPan ") for text in found)


def test_a_table_of_contents_is_told_not_read(tmp_path: Path) -> None:
    index = (
        f"<text:table-of-content><text:index-body>{p('Tools 3')}{p('Salt 9')}</text:index-body></text:table-of-content>"
    )
    article = one(tmp_path / "a.odt", odt(index + p(SALT)))
    assert texts(article) == [SALT]
    assert [(one.text, one.reason) for one in article.dropped] == [("Tools 3 Salt 9", "a table of contents")]


def test_a_style_made_for_one_paragraph_is_that_which_it_rests_on(tmp_path: Path) -> None:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{above}"/>'
        for name, above in (("P1", "Title"), ("P2", "P3"), ("P3", "Preformatted_20_Text"), ("P4", "P4"))
    )
    article = one(
        tmp_path / "a.odt",
        odt(p("The Pans", "P1") + p("rake()", "P2") + p("  salt()", "P2") + p(SALT, "P4"), styles=styles),
    )
    assert (article.title, texts(article)) == ("The Pans", ["rake()\n  salt()", SALT])


def test_the_author_is_who_began_it_and_no_date_is_that_of_the_file(tmp_path: Path) -> None:
    meta = "<dc:title>The Pans</dc:title><meta:initial-creator>Berthe Salt</meta:initial-creator>"
    meta += "<dc:creator>M.</dc:creator>"
    meta += "<dc:date>2024-01-09T10:00:00</dc:date><meta:creation-date>2024-01-08T10:00:00</meta:creation-date>"
    article = one(tmp_path / "a.odt", odt(p(SALT), meta=f"{meta}<dc:language>fr-CA</dc:language>"))
    assert (article.title, article.author, article.date, article.language) == ("The Pans", "Berthe Salt", None, "fr")


def test_a_date_in_the_style_of_dates_is_that_of_the_article(tmp_path: Path) -> None:
    article = one(tmp_path / "a.odt", odt(p("The Pans", "Title") + p("9 January 2024", "Date") + p(SALT)))
    assert (article.date, texts(article)) == ("2024-01-09", [SALT])
    today = p("<text:date>9 January 2024</text:date>", "Date")
    assert one(tmp_path / "a.odt", odt(p("The Pans", "Title") + today + p(SALT))).date is None


@pytest.mark.parametrize(
    "members",
    [
        {"META-INF/manifest.xml": f"<manifest:manifest {named(ODF_NAMES)}><manifest:file-entry "
         'manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'},
        {"encrypted-package": "\0\1\2"},
    ],
)  # fmt: skip
def test_a_password_is_told(tmp_path: Path, members: dict[str, str]) -> None:
    assert "password" in told(tmp_path / "a.odt", odt(p(SALT), members=members))


def test_a_sheet_under_the_name_of_a_text_is_told(tmp_path: Path) -> None:
    content = f"<office:document-content {named(ODF_NAMES)}><office:body><office:spreadsheet/></office:body>"
    content += "</office:document-content>"
    assert "another kind" in told(tmp_path / "a.odt", odt("", members={"content.xml": content}))
