"""Web pages as people have them -> articles: structure kept, nothing lost, nothing invented."""

from pathlib import Path

import pytest

from index.model import Article, Skipped
from index.sources import read
from index.sources.blocks.markup import blocks_of

MILL = "The mill on the upper stream ground its last rye in the autumn before the new road came."
WHEEL = "Its wheel was taken to the school, where it turns again whenever the children carry water."
PRICE = "A sack costs nine marks in winter and seven in summer, and the miller takes no eggs for it."
BODY = f"<p>{MILL}</p><p>{WHEEL}</p><p>{PRICE}</p>"


def found(folder: Path, markup: str | bytes, name: str = "saved_page.html") -> list[Article | Skipped]:
    path = folder / name
    path.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    return list(read([path]))


def article(folder: Path, markup: str | bytes) -> Article:
    (only,) = found(folder, markup)
    assert isinstance(only, Article), only
    return only


def texts(of: Article, kind: str = "paragraph") -> list[str]:
    return [paragraph.text for paragraph in of.paragraphs if paragraph.kind == kind]


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def test_a_line_break_of_the_source_is_a_space_whatever_stands_in_the_paragraph(tmp_path: Path) -> None:
    inline = "its <code>last\nrye</code> in <b>autumn</b>,\nand <a href='/r'>the\nroad</a> came"
    body = f"<main><p>The mill ground\n{inline}.</p>"
    read_back = texts(
        article(tmp_path, page(f"{body}<blockquote>Nobody\nbuys flour\nhere now.</blockquote>{BODY}</main>"))
    )
    assert read_back[0] == "The mill ground its last rye in autumn, and the road came."
    assert read_back[1] == "Nobody buys flour here now."


def test_a_line_break_inside_a_script_without_spaces_is_nothing(tmp_path: Path) -> None:
    body = "<main><h1>旧磨坊</h1><p>旧磨坊在新路修成之前的\n秋天磨完了最后一批黑麦。</p><p>水车被搬到学校。</p></main>"
    assert texts(article(tmp_path, page(body)))[0] == "旧磨坊在新路修成之前的秋天磨完了最后一批黑麦。"


@pytest.mark.parametrize("around", ["article", "main", "div class='content'", "div"])
def test_headings_open_what_follows_them(tmp_path: Path, around: str) -> None:
    body = f"<h1>The Mill</h1><p>{MILL}</p><h2>The wheel</h2><p>{WHEEL}</p><h3>Prices</h3><p>{PRICE}</p>"
    mill = article(tmp_path, page(f"<{around}>{body}", "<title>The Mill</title>"))
    assert mill.title == "The Mill"
    assert texts(mill) == [MILL, f"The wheel\n{WHEEL}", f"Prices\n{PRICE}"]


def test_lists_stay_together_with_their_lead_in_and_code_keeps_its_lines(tmp_path: Path) -> None:
    body = (
        f"<p>{MILL}</p><p>Bring to the mill:</p>"
        "<ul><li>a sack<ul><li>of linen</li></ul></li><li><p>nine marks</p></li></ul>"
        "<p>The sign at the door reads:</p><pre>if rye:\n    grind()\n\nelse:\n    wait()</pre>"
    )
    assert texts(article(tmp_path, page(f"<main>{body}<p>{PRICE}</p></main>"))) == [
        MILL,
        "Bring to the mill:\na sack\nof linen\nnine marks",
        "The sign at the door reads:\nif rye:\n    grind()\nelse:\n    wait()",
        PRICE,
    ]


def test_a_long_list_becomes_passages_of_whole_entries(tmp_path: Path) -> None:
    entries = [f"Entry {number}: {MILL} {WHEEL}" for number in range(20)]
    listed = "".join(f"<li>{entry}</li>" for entry in entries)
    assert texts(article(tmp_path, page(f"<main><p>{PRICE}</p><ol>{listed}</ol></main>"))) == [PRICE, *entries]


def test_tables_keep_their_rows_cells_and_header(tmp_path: Path) -> None:
    body = (
        f"<p>{MILL}</p><table><thead><tr><th>Grain</th><th>Price</th></tr></thead>"
        "<tr><td>rye</td><td>9 marks</td></tr>"
        "<tr><td>oats</td><td><ul><li>7 marks</li><li>6 in May</li></ul></td></tr></table>"
        "<table><tr><td rowspan='2'>Mon</td><td>8 to 12</td></tr><tr><td>14 to 18</td></tr></table>"
    )
    assert texts(article(tmp_path, page(f"<main>{body}<p>{PRICE}</p></main>"))) == [
        MILL,
        "Grain | Price\nrye | 9 marks\noats | 7 marks 6 in May",
        "Mon | 8 to 12\nMon | 14 to 18",
        PRICE,
    ]


def test_a_table_that_only_lays_out_the_page_is_none(tmp_path: Path) -> None:
    body = (
        f"<table><tr><td class=menu><a href=/>Home</a> <a href=/b>Old</a></td><td><h1>Mill</h1>{BODY}</td></tr></table>"
    )
    mill = article(tmp_path, page(body, "<title>Mill</title>"))
    assert (mill.title, texts(mill)) == ("Mill", [MILL, WHEEL, PRICE])


def test_terms_open_their_meanings_and_short_ones_are_a_list(tmp_path: Path) -> None:
    body = (
        f"<dl><dt>sluice</dt><dd><p>{WHEEL}</p></dd><dt>race</dt><dd>{PRICE}</dd></dl>"
        "<dl><dt>Mon</dt><dd>8 to 12</dd><dt>Tue:</dt><dd>closed</dd></dl>"
    )
    assert texts(article(tmp_path, page(f"<main><p>{MILL}</p>{body}</main>"))) == [
        MILL,
        f"sluice\n{WHEEL}",
        f"race\n{PRICE}",
        "Mon: 8 to 12\nTue: closed",
    ]


def test_captions_are_captions_and_a_detail_is_opened_by_its_summary(tmp_path: Path) -> None:
    figure = "<figure><img src=a.jpg><figcaption>The wheel in the school yard</figcaption></figure>"
    details = f"<details><summary>Why no eggs?</summary><p>{PRICE}</p></details>"
    mill = article(tmp_path, page(f"<main><p>{MILL}</p>{figure}<p>{WHEEL}</p>{details}</main>"))
    assert texts(mill, "caption") == ["The wheel in the school yard"]
    assert texts(mill) == [MILL, WHEEL, f"Why no eggs?\n{PRICE}"]


def test_verse_keeps_its_lines_and_two_breaks_part_paragraphs(tmp_path: Path) -> None:
    body = f"<h1>Song</h1>Round it goes<br>the old wheel<br><br>down it runs<br>the young stream<p>{WHEEL}</p>"
    assert texts(article(tmp_path, page(body, "<title>Song</title>"))) == [
        "Round it goes\nthe old wheel",
        "down it runs\nthe young stream",
        WHEEL,
    ]


def test_what_no_reader_sees_is_no_text(tmp_path: Path) -> None:
    unseen = (
        "<p hidden>one</p><p style='display: none'>two</p><div aria-hidden='true'>three</div><template>four</template>"
        "<noscript>five</noscript><svg><text>six</text></svg><math><mi>seven</mi></math><script>eight</script>"
        "<span class='sr-only'>nine</span><button>ten</button>"
    )
    sign = "<h2>The wheel<a class=headerlink href='#wheel'>¶</a></h2>"
    mark = "<p>Nine marks<sup><a href='#n1'>[1]</a></sup> for 3 m<sup>2</sup> of linen in the market hall.</p>"
    mill = article(tmp_path, page(f"<main><p>{MILL}</p>{unseen}{sign}<p>{WHEEL}</p>{mark}</main>"))
    assert texts(mill) == [MILL, f"The wheel\n{WHEEL}", "Nine marks for 3 m2 of linen in the market hall."]


@pytest.mark.parametrize("piece", ["<embed src='a.swf'>", "<embed src='a.swf'></embed>", "<p><embed src='a.swf'/></p>"])
def test_nothing_behind_a_film_that_is_set_into_a_page_is_lost(piece: str) -> None:
    found = blocks_of(f"<p>The ferry leaves at nine.</p>{piece}<p>It returns at <b>dusk</b>.</p>")
    assert [block.text for block in found] == ["The ferry leaves at nine.", "It returns at dusk."]


def test_a_page_that_is_hidden_until_its_script_has_run_is_read(tmp_path: Path) -> None:
    assert texts(article(tmp_path, f"<html><body style='visibility:hidden'><main>{BODY}</main></body></html>")) == [
        MILL,
        WHEEL,
        PRICE,
    ]


def test_menus_frames_and_comments_are_left_out_and_told(tmp_path: Path) -> None:
    body = (
        "<header><a href=/>The Valley</a></header><nav><ul><li><a href=/a>Home</a></li></ul></nav>"
        f"<main><div class=breadcrumbs>Home / Mills</div><h1>Mill</h1>{BODY}</main>"
        "<div id=comments><p>I was the miller's boy and it is all true what they write here.</p></div>"
        "<footer>All rights reserved by nobody.</footer>"
    )
    mill = article(tmp_path, page(body, "<title>Mill</title>"))
    assert texts(mill) == [MILL, WHEEL, PRICE]
    assert {(dropped.text, dropped.reason) for dropped in mill.dropped} >= {
        ("Mill", "the headline again"),
        ("Home / Mills", "a menu"),
        ("All rights reserved by nobody.", "the frame of the page"),
    }


def test_several_articles_of_one_page_are_all_kept(tmp_path: Path) -> None:
    posts = "".join(
        f"<article><h2><a href='/{at}'>Post {at}</a></h2><p>{text} {text}</p></article>"
        for at, text in enumerate((MILL, WHEEL, PRICE))
    )
    mill = article(tmp_path, page(f"<div class=posts>{posts}</div>", "<title>Mill blog</title>"))
    assert mill.title == "Mill blog"
    assert texts(mill) == [f"Post {at}\n{text} {text}" for at, text in enumerate((MILL, WHEEL, PRICE))]


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (
            "Sluices - Mill Book",
            "<div class=menu-bar><h1>Mill Book</h1></div><main><h2>Sluices</h2>{}</main>",
            "Sluices",
        ),
        ("Mill Book | Sluices", "<main><h1>Sluices</h1>{}</main>", "Sluices"),
        ("4. Sluices — Mill 3.2 documentation", "<main><h1>4. Sluices<a href='#s'>¶</a></h1>{}</main>", "4. Sluices"),
        ("Mill Book", "<div id=top><h1>Mill Book</h1></div><main><h2>Sluices</h2>{}</main>", "Mill Book"),
        ("Mill Book", "<main><h2>Sluices</h2>{}<h3>Gates</h3>{}</main>", "Sluices - Mill Book"),
        (
            "Mills: Sluices",
            "<div class=headertitle><div class=title>Sluices</div></div><div class=contents>{}</div>",
            "Sluices",
        ),
        ("", "<main><h1>Sluices</h1>{}</main>", "Sluices"),
        ("", "<main>{}</main>", "saved page"),
        ("Sluices", "<main>{}</main>", "Sluices"),
    ],
)
def test_a_title_is_that_of_the_page_and_not_of_its_frame(tmp_path: Path, head: str, body: str, title: str) -> None:
    assert article(tmp_path, page(body.replace("{}", BODY), f"<title>{head}</title>")).title == title


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<script>var s = {'expires': '2031-01-31'}</script>"),
        ("", "<p>Since 2018 the mill has stood still; on 4 May 2018 the last miller left.</p>"),
        ("", "<nav><a href='/2018-05-04/index.html'>2018-05-04</a></nav>"),
        ("", "<footer>Last updated on <time datetime='2023-02-01'>1 Feb 2023</time></footer>"),
        ("", "<header class=top><span class=date>2026-11-27</span></header>"),
        ("", "<div class=meta>Last modified <time datetime='2023-02-01'>1 Feb 2023</time></div>"),
        (
            "",
            "<p><time datetime='2020-01-01'>New Year</time> and <time datetime='2021-05-01'>May</time> are feasts.</p>",
        ),
        ("<meta property='article:modified_time' content='2023-02-01'>", ""),
        ("<meta name='date' content='soon'>", ""),
    ],
)
def test_no_date_is_taken_that_a_page_does_not_state(tmp_path: Path, head: str, body: str) -> None:
    assert article(tmp_path, page(f"<article><h1>Mill</h1>{BODY}</article>{body}", head)).date is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<meta property='article:published_time' content='2024-04-19'>", ""),
        ("<meta name='DC.date' content='2024-04-19'>", ""),
        ("<meta name='date' content='soon'><meta name='pubdate' content='2024-04-19'>", ""),
        ("<script type='application/ld+json'>{'@type':'NewsArticle','datePublished':'2024-04-19'}</script>", ""),
        (
            "<script type='application/ld+json'>"
            "[{'@graph': [{'@type': 'Article', 'datePublished': '2024-04-19'}]}]</script>",
            "",
        ),
        ("<script type='application/ld+json'>broken</script><meta itemprop='datePublished' content='2024-04-19'>", ""),
        ("", "<time datetime='2024-04-19' itemprop='datePublished'>Friday</time>"),
        ("", "<div class=byline>By Ana Reyes, <time datetime='2024-04-19'>Friday</time></div>"),
        ("", "<span class='entry-date'>2024-04-19</span>"),
    ],
)
def test_a_date_is_read_where_a_page_states_it(tmp_path: Path, head: str, body: str) -> None:
    stated = article(tmp_path, page(f"<article><h1>Mill</h1>{body}{BODY}</article>", head.replace("'", '"'))).date
    assert stated == "2024-04-19"


def test_an_address_is_the_canonical_one_on_the_base_of_the_page(tmp_path: Path) -> None:
    head = "<base href='https://valley.example/'><link rel=canonical href='/mill'>"
    assert article(tmp_path, page(BODY, head)).url == "https://valley.example/mill"
    assert article(tmp_path, page(BODY, "<link rel=canonical href='file:///mill.html'>")).url is None


def test_an_author_is_read_from_the_byline(tmp_path: Path) -> None:
    byline = "<div class=byline>By <a rel=author href=/ana>Ana Reyes</a></div>"
    assert article(tmp_path, page(f"<article><h1>Mill</h1>{byline}{BODY}</article>")).author == "Ana Reyes"


def test_remarks_and_openings_of_documentation_are_kept(tmp_path: Path) -> None:
    body = (
        "<div class=head><h1>mill(1)</h1><p>mill - grinds what is poured into it</p></div><div class=content>"
        f"<div class=section><h2>Use</h2><p>{MILL}</p><div class=related-note><p class=admonition-title>Note</p>"
        f"<p>Oats take longer.</p></div><div class=sidebar><p class=title>Rye</p><p>{PRICE} {PRICE}</p></div></div>"
        f"<div class=section><h2>Wheel</h2><p>{WHEEL}</p></div></div>"
    )
    assert texts(article(tmp_path, page(body, "<title>mill(1)</title>"))) == [
        "mill - grinds what is poured into it",
        f"Use\n{MILL}",
        "Note\nOats take longer.",
        f"Rye\n{PRICE} {PRICE}",
        f"Wheel\n{WHEEL}",
    ]


def test_a_page_that_only_sends_its_reader_on_is_told(tmp_path: Path) -> None:
    head = "<meta http-equiv=refresh content='0; url=../mill.html'>"
    (told,) = found(tmp_path, page("<a href='../mill.html'>here</a>", head))
    assert isinstance(told, Skipped)
    assert told.reason == "it only sends its reader on to ../mill.html"


def test_a_page_whose_words_were_mostly_left_out_is_told_with_the_share(tmp_path: Path) -> None:
    aside = f"<aside>{BODY * 2}</aside>"
    told, mill = found(tmp_path, page(f"<main><h1>Mill</h1>{BODY}</main>{aside}<footer>{BODY * 2}</footer>"))
    assert isinstance(told, Skipped)
    assert "80 % of its words were left out" in told.reason
    assert "quoth index --show" in told.reason
    assert isinstance(mill, Article)
    assert texts(mill) == [MILL, WHEEL, PRICE]


@pytest.mark.parametrize("label", ["undefined", "no-such-charset", "utf-7", "base64", "idna"])
def test_an_odd_charset_label_stops_nothing(tmp_path: Path, label: str) -> None:
    body = "Le café du moulin ouvre en été, dit la lettre de la mairie aux habitants de la vallée."
    markup = page(f"<p>{body}</p>", f"<meta charset={label}>").encode("latin-1")
    assert texts(article(tmp_path, markup)) == [body]


def test_a_page_written_from_right_to_left_is_read_in_order(tmp_path: Path) -> None:
    first, second = "طحنت الطاحونة آخر الجاودار في الخريف قبل الطريق.", "نقلت العجلة إلى المدرسة حيث يدور بها الأطفال."
    head = "<html lang=ar dir=rtl><title>الطاحونة - كتاب</title>"
    body = f"{head}<body><main><h1>الطاحونة</h1><p>{first}</p><p>{second}</p>"
    mill = article(tmp_path, body)
    assert (mill.title, mill.language, texts(mill)) == ("الطاحونة", "ar", [first, second])


@pytest.mark.parametrize(
    ("site", "own"),
    [
        ("Mills of the Upper Stream", "<h1>Mills of the Upper Stream</h1><main><h1>{}</h1>"),
        ("Mills of the Upper Stream", "<main><h1>Mills of the Upper Stream</h1><h2>{}</h2>"),
        ("Mills", "<main><h1>{}</h1><h2>Mills</h2>"),
        ("Mühlen am Oberlauf", "<header><h1>{}</h1></header><main>"),
        ("上游的磨坊", "<h1>上游的磨坊</h1><main><h2>{}</h2>"),
        ("طواحين المجرى الأعلى", "<div><h1>طواحين المجرى الأعلى</h1></div><div><h1>{}</h1>"),
    ],
)
def test_a_title_that_pages_of_a_folder_share_is_that_of_their_site(tmp_path: Path, site: str, own: str) -> None:
    for name in ("Wheels", "Sacks", "Weirs"):
        body = f"{own.format(name)}<p>{name} are kept here.</p>{BODY}"
        (tmp_path / f"{name}.html").write_text(page(body, f"<title>{site}</title>"), encoding="utf-8")
    articles = [one for one in read([tmp_path]) if isinstance(one, Article)]
    assert [one.title for one in articles] == ["Sacks", "Weirs", "Wheels"]
    assert not any(site in text for one in articles for text in texts(one) if len(site) > len("Mills"))


def test_a_page_shares_no_title_with_a_link_to_it(tmp_path: Path) -> None:
    own = f"<main><h1>Mills of the Upper Stream</h1><h2>Wheels</h2>{BODY}</main>"
    (tmp_path / "wheels.html").write_text(page(own, "<title>Mills of the Upper Stream</title>"))
    (tmp_path / "wheels_again.html").symlink_to("wheels.html")
    [article] = read([tmp_path])
    assert isinstance(article, Article)
    assert article.title == "Mills of the Upper Stream"


def test_a_shared_title_stays_where_no_heading_is_the_pages_own(tmp_path: Path) -> None:
    parts = f"<h2>Wheels</h2><p>{WHEEL}</p><h2>Sacks</h2><p>{PRICE}</p>"
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text(page(f"<main><p>{MILL}</p>{parts}</main>", "<title>Mills</title>"))
    assert [one.title for one in read([tmp_path]) if isinstance(one, Article)] == ["Mills", "Mills"]


def test_the_same_article_twice_in_a_folder_keeps_its_title(tmp_path: Path) -> None:
    for name in ("mill.html", "mill_print.html"):
        (tmp_path / name).write_text(page(f"<main><h1>The Mill</h1>{BODY}</main>", "<title>The Mill</title>"))
    assert [one.title for one in read([tmp_path]) if isinstance(one, Article)] == ["The Mill", "The Mill"]


@pytest.mark.parametrize(
    "heading",
    [
        "<p><strong>Prices</strong></p>",
        "<p><b>Prices</b>&nbsp;</p>",
        '<div role="heading" aria-level="3">Prices</div>',
        '<div class="accordion"><button aria-expanded="false">What does a sack cost?</button></div>',
        '<h3><button aria-expanded="true" class="accordion-button">Prices</button></h3>',
    ],
)
def test_what_looks_like_a_heading_opens_what_follows_it(tmp_path: Path, heading: str) -> None:
    mill = article(tmp_path, page(f"<main><h1>The Mill</h1><p>{MILL}</p>{heading}<p>{PRICE}</p></main>"))
    opened = "What does a sack cost?" if "cost" in heading else "Prices"
    assert texts(mill) == [MILL, f"{opened}\n{PRICE}"]


def test_what_word_writes_as_a_page_has_its_title_and_lists(tmp_path: Path) -> None:
    entry = "<p class=MsoListParagraph><![if !supportLists]><span>·<span>&nbsp;&nbsp; </span></span><![endif]>{}</p>"
    body = (
        f"<p class=MsoTitle>The Mill</p><p>{MILL}</p>{entry.format('a sack')}{entry.format('clean rye')}<p>{PRICE}</p>"
    )
    mill = article(tmp_path, page(f"<div class=WordSection1>{body}</div>"))
    assert (mill.title, texts(mill)) == ("The Mill", [MILL, "· a sack\n· clean rye", PRICE])


def test_cells_of_links_beside_the_text_of_a_page_of_tables_are_a_menu(tmp_path: Path) -> None:
    menu = "<td><a href=/>Home</a><br><a href=/a>Archive</a></td>"
    cells = f"<table><tr>{menu}<td>{MILL}<br><br>{WHEEL}<br><br>{PRICE}</td></tr><tr><td>The mill</td></tr></table>"
    mill = article(tmp_path, page(cells, "<title>The Mill</title>"))
    assert texts(mill)[:3] == [MILL, WHEEL, PRICE]
    assert ("Home Archive", "a menu") in [(one.text.replace("\n", " "), one.reason) for one in mill.dropped]


@pytest.mark.slow
def test_who_wrote_a_page_and_when_is_no_passage_of_it(tmp_path: Path) -> None:
    when = (
        "<span class='posted-on'>Posted on <time datetime='2021-05-04'>4 May 2021</time></span><span>by Ivo Kask</span>"
    )
    mill = article(tmp_path, page(f"<article><h1>The Mill</h1><div>{when}</div>{BODY}</article>"))
    assert (mill.date, texts(mill)) == ("2021-05-04", [MILL, WHEEL, PRICE])


def test_a_note_in_the_text_loses_the_numbers_that_lead_to_it(tmp_path: Path) -> None:
    note = '<p><a name="n1"></a><a href="#b1">[1]</a> Counted by the miller.</p>'
    mill = article(tmp_path, page(f'<h1>The Mill</h1><p>{MILL}<a href="#n1">[1]</a></p><p>{WHEEL}</p>{note}'))
    assert texts(mill) == [MILL, WHEEL, "Counted by the miller."]


def test_words_between_the_paragraphs_of_a_page_are_text(tmp_path: Path) -> None:
    assert texts(article(tmp_path, page(f"{MILL}\n<p>\n{WHEEL}\n<p>\n{PRICE}"))) == [MILL, WHEEL, PRICE]


def test_a_headline_that_is_not_marked_as_one_is_left_out_of_the_text(tmp_path: Path) -> None:
    read_back = article(
        tmp_path, page(f"<div>The Mill</div><div>{MILL}</div><div>{WHEEL}</div>", "<title>The Mill</title>")
    )
    assert (read_back.title, texts(read_back)) == ("The Mill", [MILL, WHEEL])


def test_what_project_gutenberg_puts_around_a_book_is_no_text(tmp_path: Path) -> None:
    above = (
        "<section class='pg-boilerplate'><h2>The Project Gutenberg eBook of The Mill</h2><div>This ebook is free.</div>"
    )
    mark = "<div><span>*** {} OF THE PROJECT GUTENBERG EBOOK THE MILL ***</span></div>"
    below = (
        "<div>Updated editions will replace the previous one.</div><h2>THE FULL LICENSE</h2><p>Please read this.</p>"
    )
    body = f"{above}{mark.format('START')}</section><h1>The Mill</h1>{BODY}{mark.format('END')}{below}"
    assert texts(article(tmp_path, page(body, "<title>The Mill | Project Gutenberg</title>"))) == [MILL, WHEEL, PRICE]
