"""Documents of Word: what stands there when every change is accepted, wrapped in whatever it is."""

from pathlib import Path

import pytest

from tests.office import NAMES, STYLES, docx, named, one, paragraph, row, run, style, texts, told

KILN = "The kiln is lit at dawn."


def body(inside: str, tmp_path: Path, styles: str = STYLES, **more: str) -> list[str]:
    return texts(one(tmp_path / "a.docx", docx(paragraph("The Kiln", "T") + inside, styles=styles, parts=more)))


def notes(kind: str, *entries: str) -> str:
    apart = f'<w:{kind} w:type="separator" w:id="0">{paragraph("----")}</w:{kind}>'
    told = "".join(f'<w:{kind} w:id="{at}">{paragraph(text)}</w:{kind}>' for at, text in enumerate(entries, 2))
    return f"<w:{kind}s {named(NAMES)}>{apart}{told}</w:{kind}s>"


def test_insertions_and_what_was_moved_here_are_text_deletions_and_comments_are_not(tmp_path: Path) -> None:
    inside = (
        run("The potters come at ")
        + f'<w:del w:id="1"><w:r><w:delText>eight</w:delText></w:r></w:del><w:ins w:id="2">{run("nine")}</w:ins>'
        + '<w:commentRangeStart w:id="0"/>'
        + run(" and stay ")
        + f'<w:moveTo w:id="3">{run("until noon")}</w:moveTo><w:r><w:commentReference w:id="0"/></w:r>'
        + run(".")
        + f'<w:moveFrom w:id="4">{run(" Until noon.")}</w:moveFrom>'
    )
    comments = f'<w:comments {named(NAMES)}><w:comment w:id="0">{paragraph("Are they?")}</w:comment></w:comments>'
    assert body(paragraph(inside), tmp_path, comments=comments) == ["The potters come at nine and stay until noon."]


def test_a_paragraph_whose_end_is_struck_out_goes_on_in_the_next(tmp_path: Path) -> None:
    struck = paragraph("The clay is ", properties='<w:rPr><w:del w:id="1"/></w:rPr>')
    gone = paragraph(
        '<w:del w:id="1"><w:r><w:delText>Nobody knows.</w:delText></w:r></w:del>',
        properties='<w:rPr><w:del w:id="2"/></w:rPr>',
    )
    assert body(struck + paragraph("red.") + gone + paragraph(KILN), tmp_path) == ["The clay is red.", KILN]


def test_a_row_and_a_cell_that_are_struck_out_are_no_text(tmp_path: Path) -> None:
    struck = '<w:tc><w:tcPr><w:cellDel w:id="2"/></w:tcPr><w:p><w:r><w:t>lost</w:t></w:r></w:p></w:tc></w:tr>'
    table = row("Pot", "Price") + row("Jar", "9", properties='<w:del w:id="1"/>') + row("Cup", "4")[:-7] + struck
    assert body(f"<w:tbl>{table}</w:tbl>", tmp_path) == ["Pot | Price\nCup | 4"]


@pytest.mark.parametrize(
    "wrapped",
    [
        f'<w:hyperlink r:id="r1">{run("the mill")}</w:hyperlink>',
        f'<w:smartTag w:element="place">{run("the mill")}</w:smartTag>',
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run('the mill')}</w:sdtContent></w:sdt>",
        f'<w:fldSimple w:instr=" REF mill ">{run("the mill")}</w:fldSimple>',
        f'<w:customXml w:element="place">{run("the mill")}</w:customXml>',
        f"<w:dir w:val='ltr'>{run('the mill')}</w:dir>",
        f"<w:ins w:id='1'><w:hyperlink r:id='r1'>{run('the mill')}</w:hyperlink></w:ins>",
        f"<w:r><w:ruby><w:rt>{run('MOLE')}</w:rt><w:rubyBase>{run('the mill')}</w:rubyBase></w:ruby></w:r>",
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "http://mill.example" </w:instrText>'
        "</w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("the mill")}<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    ],
)
def test_text_is_read_in_its_place_whatever_wraps_it(tmp_path: Path, wrapped: str) -> None:
    inside = run("Ask at ") + wrapped + run(" for clay.")
    assert body(paragraph(inside), tmp_path) == ["Ask at the mill for clay."]


def test_a_field_inside_the_code_of_another_is_no_text(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = f"{mark('begin')}<w:r><w:instrText> IF </w:instrText></w:r>{mark('begin')}<w:r>"
    code += f"<w:instrText> MERGEFIELD x </w:instrText></w:r>{mark('separate')}{run('«x»')}{mark('end')}"
    code += '<w:r><w:instrText> = "" "none" </w:instrText></w:r>'
    inside = run("There are ") + code + mark("separate") + run("six jars") + mark("end") + run(" left.")
    assert body(paragraph(inside), tmp_path) == ["There are six jars left."]


def test_a_field_without_an_end_does_not_swallow_the_rest(tmp_path: Path) -> None:
    opened = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    assert body(paragraph(opened + run("Fire.")) + paragraph(KILN), tmp_path) == ["Fire.", KILN]


def test_characters_that_are_elements_are_characters(tmp_path: Path) -> None:
    inside = (
        "<w:r><w:t>south</w:t><w:noBreakHyphen/><w:t>west, </w:t><w:t>pot</w:t><w:softHyphen/><w:t>ters, 900 </w:t>"
        '<w:sym w:font="Symbol" w:char="F0B0"/><w:t>C, </w:t><w:sym w:font="Wingdings" w:char="F0FC"/><w:tab/>'
        "<w:t>lid</w:t><w:br/><w:t>and jar</w:t></w:r>"
    )
    assert body(paragraph(inside), tmp_path) == ["south-west, potters, 900 °C, ✓ lid\nand jar"]


def test_a_fraction_keeps_its_two_numbers_apart(tmp_path: Path) -> None:
    half = "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    assert body(paragraph(run("Add ") + half + run(" a bucket.")), tmp_path) == ["Add 1/2 a bucket."]


def test_hidden_text_prompts_and_contents_are_told_not_read(tmp_path: Path) -> None:
    styles = STYLES + style("P", "Placeholder Text") + style("V", "Secret", "<w:rPr><w:vanish/></w:rPr>")
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{paragraph('Tap here')}</w:sdtContent></w:sdt>"
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    contents = f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{paragraph('What is in it')}</w:sdtContent></w:sdt>"
    hidden = run(KILN) + run(" Not yet.", "<w:vanish/>") + run(" Shown.", '<w:vanish w:val="0"/>')
    inside = paragraph("Firing\t3", "C1") + prompt + contents + paragraph(hidden) + paragraph("Sealed.", "V")
    article = one(tmp_path / "a.docx", docx(paragraph("The Kiln", "T") + inside, styles=styles))
    assert texts(article) == [f"{KILN} Shown."]
    assert [(one.text, one.reason) for one in article.dropped] == [
        ("Firing 3", "a table of contents"),
        ("Tap here", "a prompt of the template"),
        ("What is in it", "a table of contents"),
        ("Not yet.", "hidden text"),
        ("Sealed.", "hidden text"),
    ]


def test_a_table_of_contents_in_styles_of_its_own_is_known_by_its_field(tmp_path: Path) -> None:
    def line(inside: str) -> str:
        return paragraph(inside)

    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
    begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    contents = line(begin + run("Firing 3")) + line(run("Cooling 9")) + line(run("Selling 12") + end)
    assert body(contents + paragraph(KILN), tmp_path) == [KILN]


@pytest.mark.parametrize("copies", ["both", "the new one", "the old one"])
def test_a_text_box_is_one_paragraph_of_its_own(tmp_path: Path, copies: str) -> None:
    inner = f"<w:txbxContent>{paragraph('Mind the steam.')}</w:txbxContent>"
    new = (
        f'<mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></w:drawing></mc:Choice>'
    )
    old = f"<mc:Fallback><w:pict><v:shape><v:textbox>{inner}</v:textbox></v:shape></w:pict></mc:Fallback>"
    forms = {"both": new + old, "the new one": new, "the old one": old}[copies]
    drawn = f"<w:r><mc:AlternateContent>{forms}</mc:AlternateContent></w:r>"
    assert body(paragraph(run("The kiln ") + drawn + run("is hot.")), tmp_path) == [
        "The kiln is hot.",
        "Mind the steam.",
    ]


def test_notes_stand_behind_their_paragraph_once(tmp_path: Path) -> None:
    marked = run("Forty jars") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run(" were fired")
    again = (
        '<w:r><w:endnoteReference w:id="2"/></w:r>' + run(" at once.") + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    )
    starred = (
        run("None broke") + '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="3"/><w:t>*</w:t></w:r>' + run(".")
    )
    inside = paragraph(marked + again) + paragraph(starred)
    feet, ends = notes("footnote", "Counted twice.", "Nearly."), notes("endnote", "In one day.")
    found = body(inside, tmp_path, footnotes=feet, endnotes=ends)
    assert found == ["Forty jars were fired at once.", "Counted twice.", "In one day.", "None broke.", "Nearly."]


def test_a_note_of_a_heading_or_a_lead_in_does_not_part_it_from_what_follows(tmp_path: Path) -> None:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    heading = paragraph(run("Prices") + mark.format(2), "H1")
    lead = paragraph(run("They are:") + mark.format(3))
    entry = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    inside = heading + lead + paragraph("a jar, 4", properties=entry) + paragraph("a cup, 2", properties=entry)
    found = body(inside + paragraph(KILN), tmp_path, footnotes=notes("footnote", "In crowns.", "This year."))
    assert found == ["Prices\nThey are:\na jar, 4\na cup, 2", "In crowns.", "This year.", KILN]


def test_a_table_keeps_its_rows_and_the_cells_of_a_table_in_a_cell(tmp_path: Path) -> None:
    inner = f"{paragraph('Glazes')}<w:tbl>{row('ash:', '7 crowns')}</w:tbl>{paragraph('')}"
    table = row("Ware", "Price") + row("Jar", "9 crowns") + f"<w:tr><w:tc>{inner}</w:tc></w:tr>"
    assert body(f"<w:tbl>{table}</w:tbl>", tmp_path) == ["Ware | Price\nJar | 9 crowns\nGlazes ash: 7 crowns"]


def test_a_long_table_repeats_its_header(tmp_path: Path) -> None:
    rows = "".join(row(f"Jar {at}", "fired twice in the old kiln by the river") for at in range(40))
    found = body(f"<w:tbl>{row('Ware', 'Notes') + rows}</w:tbl>", tmp_path)
    assert len(found) > 1
    assert all(text.startswith("Ware | Notes\n") for text in found)


def test_a_table_that_only_lays_out_the_page_is_its_paragraphs(tmp_path: Path) -> None:
    left = paragraph("Firing", "H1") + paragraph(KILN * 10)
    found = body(f"<w:tbl>{row(left, paragraph('The clay is dug by the river. ' * 10))}</w:tbl>", tmp_path)
    assert found == [f"Firing\n{KILN * 10}", ("The clay is dug by the river. " * 10).strip()]


def test_headings_are_known_by_the_name_of_their_style_or_their_outline_level(tmp_path: Path) -> None:
    german = style("berschrift1", "heading 1") + style("Own", "My own", '<w:basedOn w:val="berschrift1"/>')
    level = style("L", "Kapitel", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>') + style("T", "Title")
    inside = "".join(paragraph(f"Part {name}", name) + paragraph(KILN) for name in ("berschrift1", "Own", "L"))
    inside += paragraph("Part 4", properties='<w:outlineLvl w:val="2"/>') + paragraph(KILN)
    found = body(inside, tmp_path, styles=german + level)
    assert found == [f"Part {name}\n{KILN}" for name in ("berschrift1", "Own", "L", "4")]


def test_heads_and_feet_of_pages_are_no_text(tmp_path: Path) -> None:
    head = f"<w:hdr {named(NAMES)}>{paragraph('DRAFT')}</w:hdr>"
    assert body(paragraph(KILN), tmp_path, header=head, footer=head.replace("hdr", "ftr")) == [KILN]


def test_a_caption_of_a_table_opens_it_and_one_of_a_picture_is_a_caption(tmp_path: Path) -> None:
    styles = STYLES + style("Cap", "caption")
    table = f"<w:tbl>{row('Ware', 'Price') + row('Jar', '9')}</w:tbl>"
    inside = paragraph("A jar", "Cap") + paragraph(KILN) + paragraph("Prices of wares", "Cap") + table
    article = one(tmp_path / "a.docx", docx(paragraph("The Kiln", "T") + inside, styles=styles))
    assert [(part.kind, part.text) for part in article.paragraphs] == [
        ("caption", "A jar"),
        ("paragraph", KILN),
        ("paragraph", "Prices of wares\nWare | Price\nJar | 9"),
    ]


@pytest.mark.parametrize(
    ("inside", "core", "title"),
    [
        (paragraph("The Kiln", "T"), "<dc:title>Something else</dc:title>", "The Kiln"),
        (paragraph("The", "T") + paragraph("Kiln", "T"), "", "The Kiln"),
        (paragraph("Firing", "H1"), "<dc:title>The Kiln</dc:title>", "The Kiln"),
        (paragraph("The Kiln"), "<dc:title>The Kiln</dc:title>", "The Kiln"),
        (paragraph("Firing", "H1"), "<dc:title>Microsoft Word - kiln.docx</dc:title>", "Firing"),
        (paragraph("Firing", "H2"), "<dc:title>Untitled</dc:title>", "Firing"),
        (paragraph("Potters' Union") + paragraph("Firing", "H1"), "<dc:title>Документ1</dc:title>", "Firing"),
        (paragraph(run("How a kiln is lit.", "<w:b/>")), "", "How a kiln is lit."),
        (paragraph(run("How a kiln is lit.", '<w:sz w:val="40"/>')), "", "How a kiln is lit."),
        (paragraph("How a Kiln Is Lit"), "", "How a Kiln Is Lit"),
        (paragraph("A kiln is lit with ash and birch."), "", "kiln notes"),
    ],
)
def test_the_title_is_that_of_the_text_or_of_the_file_unless_a_program_wrote_it(
    tmp_path: Path, inside: str, core: str, title: str
) -> None:
    article = one(tmp_path / "kiln_notes.docx", docx(inside + paragraph(KILN), styles=STYLES, core=core))
    assert article.title == title
    assert not any(text.startswith(f"{title}\n") or text == title for text in texts(article))


def test_the_day_a_file_was_made_and_the_name_a_program_left_state_nothing(tmp_path: Path) -> None:
    core = "<dc:creator>python-docx</dc:creator><dcterms:created>2013-12-23T23:15:00Z</dcterms:created>"
    article = one(tmp_path / "a.docx", docx(paragraph(KILN), core=core))
    assert (article.author, article.date) == (None, None)
    core = "<dc:creator>Ines Corvane</dc:creator><dc:language>sv-SE</dc:language>"
    article = one(tmp_path / "a.docx", docx(paragraph(KILN), core=core))
    assert (article.author, article.language) == ("Ines Corvane", "sv")


def test_author_and_date_are_those_in_the_styles_of_that_name(tmp_path: Path) -> None:
    styles = STYLES + style("A", "Author") + style("D", "Date")
    inside = (
        paragraph("The Kiln", "T") + paragraph("Ines Corvane", "A") + paragraph("3 May 2021", "D") + paragraph(KILN)
    )
    article = one(tmp_path / "a.docx", docx(inside, styles=styles, core="<dc:creator>admin</dc:creator>"))
    assert (article.author, article.date, texts(article)) == ("Ines Corvane", "2021-05-03", [KILN])
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE \\@ </w:instrText></w:r>'
    begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    today = paragraph(begin + run("3 May 2021") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>', "D")
    assert one(tmp_path / "b.docx", docx(today + paragraph(KILN), styles=styles)).date is None


def test_a_strict_document_is_read_like_any_other(tmp_path: Path) -> None:
    import io
    import zipfile

    from tests.office import packed

    with zipfile.ZipFile(io.BytesIO(docx(paragraph("The Kiln", "T") + paragraph(KILN), styles=STYLES))) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    for name in ("word/document.xml", "word/styles.xml"):
        members[name] = bytes(members[name]).replace(NAMES["w"].encode(), strict)  # type: ignore[arg-type]
    article = one(tmp_path / "a.docx", packed(members))
    assert (article.title, texts(article)) == ("The Kiln", [KILN])


def test_a_document_that_only_wraps_another_file_is_told(tmp_path: Path) -> None:
    assert "another format" in told(tmp_path / "a.docx", docx('<w:altChunk r:id="r1"/>'))


def test_an_empty_document_is_told(tmp_path: Path) -> None:
    assert told(tmp_path / "a.docx", docx(paragraph(""))) == "no text in it"
