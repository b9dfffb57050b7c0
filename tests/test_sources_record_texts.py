"""The texts of records: plain, in HTML, or kept as the tree of an editor."""

from pathlib import Path

import pytest

from tests.records import GLAZE, KILN, read_record, texts

TREES: list[object] = [
    {
        "time": 1,
        "blocks": [
            {"type": "header", "data": {"text": "Glazes", "level": 2}},
            {"type": "paragraph", "data": {"text": "Ash <b>turns</b> green:"}},
            {
                "type": "list",
                "data": {"style": "unordered", "items": ["in smoke", {"content": "in steam", "items": []}]},
            },
        ],
    },
    {
        "entityMap": {},
        "blocks": [
            {"text": "Glazes", "type": "header-two", "data": {}},
            {"text": "Ash turns green:", "type": "unstyled", "data": {}},
            {"text": "in smoke", "type": "unordered-list-item"},
            {"text": "in steam", "type": "unordered-list-item"},
        ],
    },
    {
        "type": "doc",
        "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Glazes"}]},
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "Ash "}, {"type": "text", "text": "turns green:"}],
            },
            {
                "type": "bulletList",
                "content": [
                    {
                        "type": "listItem",
                        "content": [{"type": "paragraph", "content": [{"type": "text", "text": entry}]}],
                    }
                    for entry in ("in smoke", "in steam")
                ],
            },
        ],
    },
    [
        {"type": "heading-two", "children": [{"text": "Glazes"}]},
        {
            "type": "paragraph",
            "children": [
                {"text": "Ash "},
                {"type": "link", "url": "x", "children": [{"text": "turns"}]},
                {"text": " green:"},
            ],
        },
        {
            "type": "list",
            "children": [
                {"type": "list-item", "children": [{"text": "in smoke"}]},
                {"type": "list-item", "children": [{"text": "in steam"}]},
            ],
        },
    ],
    {
        "root": {
            "type": "root",
            "children": [
                {
                    "type": "heading",
                    "tag": "h2",
                    "children": [{"type": "text", "text": "Glazes", "style": "", "mode": "normal"}],
                },
                {"type": "paragraph", "children": [{"type": "text", "text": "Ash turns green:"}]},
                {
                    "type": "list",
                    "tag": "ul",
                    "children": [
                        {"type": "listitem", "children": [{"type": "text", "text": "in smoke"}]},
                        {"type": "listitem", "children": [{"type": "text", "text": "in steam"}]},
                    ],
                },
            ],
        }
    },
    {
        "nodeType": "document",
        "data": {},
        "content": [
            {"nodeType": "heading-2", "data": {}, "content": [{"nodeType": "text", "value": "Glazes", "data": {}}]},
            {
                "nodeType": "paragraph",
                "data": {},
                "content": [
                    {"nodeType": "text", "value": "Ash ", "data": {}},
                    {
                        "nodeType": "hyperlink",
                        "data": {"uri": "x"},
                        "content": [{"nodeType": "text", "value": "turns", "data": {}}],
                    },
                    {"nodeType": "text", "value": " green:", "data": {}},
                ],
            },
            {
                "nodeType": "unordered-list",
                "data": {},
                "content": [
                    {
                        "nodeType": "list-item",
                        "data": {},
                        "content": [
                            {
                                "nodeType": "paragraph",
                                "data": {},
                                "content": [{"nodeType": "text", "value": entry, "data": {}}],
                            }
                        ],
                    }
                    for entry in ("in smoke", "in steam")
                ],
            },
        ],
    },
    [
        {"_type": "block", "style": "h2", "children": [{"_type": "span", "text": "Glazes"}]},
        {
            "_type": "block",
            "style": "normal",
            "children": [{"_type": "span", "text": "Ash "}, {"_type": "span", "text": "turns green:"}],
        },
        {
            "_type": "block",
            "style": "normal",
            "listItem": "bullet",
            "children": [{"_type": "span", "text": "in smoke"}],
        },
        {
            "_type": "block",
            "style": "normal",
            "listItem": "bullet",
            "children": [{"_type": "span", "text": "in steam"}],
        },
    ],
    {
        "object": "list",
        "results": [
            {
                "type": "heading_2",
                "heading_2": {"rich_text": [{"type": "text", "text": {"content": "Glazes"}, "plain_text": "Glazes"}]},
            },
            {
                "type": "paragraph",
                "paragraph": {
                    "rich_text": [
                        {"type": "text", "plain_text": "Ash "},
                        {"type": "text", "plain_text": "turns green:"},
                    ]
                },
            },
            {
                "type": "bulleted_list_item",
                "bulleted_list_item": {"rich_text": [{"type": "text", "plain_text": "in smoke"}]},
            },
            {
                "type": "bulleted_list_item",
                "bulleted_list_item": {"rich_text": [{"type": "text", "plain_text": "in steam"}]},
            },
        ],
    },
    "<h2>Glazes</h2><p>Ash <b>turns</b>\n green:</p><ul><li>in smoke</li><li><p>in steam</p></li></ul>",
    "&lt;h2&gt;Glazes&lt;/h2&gt;&lt;p&gt;Ash turns green:&lt;/p&gt;"
    "&lt;ul&gt;&lt;li&gt;in smoke&lt;/li&gt;&lt;li&gt;in steam&lt;/li&gt;&lt;/ul&gt;",
]


@pytest.mark.parametrize("tree", TREES)
def test_the_trees_of_editors_and_html_become_the_same_paragraphs(tmp_path: Path, tree: object) -> None:
    got = read_record(tmp_path, {"title": "Pots", "content": tree})
    assert texts(got) == ["Glazes\nAsh turns green:\nin smoke\nin steam"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"{KILN}\r\n\r\nSee <em>the wheel</em> and <a href='x'>more</a>.\r\n\r\n{GLAZE}",
            [KILN, "See the wheel and more.", GLAZE],
        ),
        (f"{KILN} <b>Hot</b>.\n\n<h2>Glaze</h2>\n\n{GLAZE}\n\n{KILN}", [f"{KILN} Hot.", f"Glaze\n{GLAZE}", KILN]),
        ("&lt;p&gt;Ash &amp;amp; clay.&lt;/p&gt;&lt;p&gt;Smoke.&lt;/p&gt;", ["Ash & clay.", "Smoke."]),
        ("&amp;lt;p&amp;gt;Ash.&amp;lt;/p&amp;gt;", ["Ash."]),
        ("Write &lt;p&gt; for a paragraph.", ["Write <p> for a paragraph."]),
        ("a < b and b > c", ["a < b and b > c"]),
        (
            "<table><tr><th>Glaze</th><th>Heat</th></tr><tr><td>ash</td><td>1240</td></tr></table>",
            ["Glaze | Heat\nash | 1240"],
        ),
        ("<table><tr><td><p>Ash.</p><p>Clay.</p></td></tr></table>", ["Ash.", "Clay."]),
        ("<p>Mix:</p><pre>ash 2\n  clay 1</pre>", ["Mix:\nash 2\n  clay 1"]),
        ("<p>Ash.</p><script>x()</script><style>p{}</style><p>Clay.</p>", ["Ash.", "Clay."]),
        (
            [{"title": "Ash", "text": KILN}, {"heading": "Clay", "paragraphs": [GLAZE]}],
            [f"Ash\n{KILN}", f"Clay\n{GLAZE}"],
        ),
        (
            {"ops": [{"insert": "Ash turns "}, {"insert": "green", "attributes": {"bold": True}}, {"insert": ".\n"}]},
            ["Ash turns green."],
        ),
        (["Ash.", {"text": "Clay."}], ["Ash.", "Clay."]),
        (f"{KILN}\n\nPots sold in:\n\nUSA\nUK\n\n{GLAZE}", [KILN, "Pots sold in:\nUSA", "UK", GLAZE]),
    ],
)
def test_texts_keep_their_structure(tmp_path: Path, text: object, expected: list[str]) -> None:
    got = read_record(tmp_path, {"title": "Pots", "text": text})
    assert "\n".join(texts(got)) == "\n".join(expected)


def test_what_is_left_out_of_a_text_is_told(tmp_path: Path) -> None:
    got = read_record(tmp_path, {"title": "Pots", "text": f"POTS\n\n{KILN}\n\nRead more\n\n{GLAZE}"})
    assert texts(got) == [KILN, GLAZE]
    assert [(dropped.text, dropped.reason) for dropped in got.dropped] == [
        ("POTS", "the title again"),
        ("Read more", "a label of the page"),
    ]


def test_a_heading_that_is_the_title_again_is_left_out(tmp_path: Path) -> None:
    got = read_record(tmp_path, {"title": "Pots", "text": f"<h1>Pots</h1><p>{KILN}</p><h2>Pots</h2><p>{GLAZE}</p>"})
    assert texts(got) == [KILN, f"Pots\n{GLAZE}"]


def test_every_short_line_of_a_text_is_read(tmp_path: Path) -> None:
    got = read_record(
        tmp_path, {"title": "Teams", "text": f"{KILN}\n\nUSA\nUK\n\n12\n9\n\nEmail\nmei@k.example\nPrint\nBox 12"}
    )
    assert set("\n".join(texts(got)).split("\n")) >= {"USA", "UK", "12", "9", "Email", "Print", "Box 12"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Potash <U> and Delft Kilns <DD> fire again", "Potash <U> and Delft Kilns <DD> fire again"),
        ("Copy <file> to <Mark Ovens Ltd>", "Copy <file> to <Mark Ovens Ltd>"),
        ("The <b>kiln</b> of <Li & Sons Ovens>", "The kiln of <Li & Sons Ovens>"),
        ("<p>Fired by <Clay Works Inc>", "Fired by <Clay Works Inc>"),
        ("A <i>green</i> glaze<br>again", "A green glaze again"),
    ],
)
def test_words_in_angle_brackets_that_nothing_closes_are_text(tmp_path: Path, written: str, read: str) -> None:
    found = read_record(tmp_path, {"title": written, "text": f"{written}. {KILN}"})
    assert found.title == read
    assert " ".join(" ".join(texts(found)).split()) == f"{read}. {KILN}"


def test_a_tag_that_a_summary_cuts_off_is_no_word(tmp_path: Path) -> None:
    assert texts(read_record(tmp_path, {"title": "Ash", "text": f"<p>{KILN}</p><p>Ash <em>turns"}))[1] == "Ash turns"


def test_tables_that_editors_write_with_paragraphs_in_their_cells_keep_their_rows(tmp_path: Path) -> None:
    rows = [("Glaze", "Heat"), ("ash", "1,260"), ("salt", "1,300")]
    cells = ["".join(f"<td><p>{cell}</p></td>" for cell in row) for row in rows]
    table = "<table>" + "".join(f"<tr>{row}</tr>" for row in cells).replace("td>", "th>", 4) + "</table>"
    article = read_record(tmp_path, {"title": "Heat", "text": f"<p>{KILN}</p>{table}"})
    assert texts(article)[-1] == "Glaze | Heat\nash | 1,260\nsalt | 1,300"


def test_elements_that_html_does_not_know_cut_no_sentence_and_join_no_words(tmp_path: Path) -> None:
    within = "<p>Clay from <st1:place>Raku</st1:place> was <acronym>LOI</acronym> tested.</p>"
    fields = "<entry><kiln>Noborigama</kiln><clay>Shigaraki</clay></entry>"
    article = read_record(tmp_path, {"title": "Clay", "text": f"{within}<div>{fields}</div>"})
    assert texts(article) == ["Clay from Raku was LOI tested.", "Noborigama\nShigaraki"]


def test_terms_of_a_list_stand_with_their_meanings(tmp_path: Path) -> None:
    terms = "<dl><dt>Slip</dt><dd>clay in water</dd><dt>Saggar</dt><dd>a box of fire clay</dd></dl>"
    article = read_record(tmp_path, {"title": "Words", "text": f"<p>{KILN}</p>{terms}"})
    assert texts(article)[-1] == "Slip: clay in water\nSaggar: a box of fire clay"


def test_markdown_in_a_record_is_read_as_that(tmp_path: Path) -> None:
    body = f"## Glazes\n\n{GLAZE}\n\n- **ash**\n- [clay](https://kiln.example/clay)\n\n> {KILN}\n"
    assert texts(read_record(tmp_path, {"title": "Notes", "body": body})) == [f"Glazes\n{GLAZE}", "ash\nclay", KILN]


def test_shortcodes_of_wordpress_in_a_record_are_no_text(tmp_path: Path) -> None:
    body = f'{KILN} [gallery ids="1,2"]\n\n[caption id="a"]<img src="a.png"> The green cups[/caption]\n\n{GLAZE} [sic]'
    article = read_record(tmp_path, {"title": "Notes", "body": body})
    assert [(one.text, one.kind) for one in article.paragraphs] == [
        (KILN, "paragraph"),
        ("The green cups", "caption"),
        (f"{GLAZE} [sic]", "paragraph"),
    ]


def test_a_post_of_wordpress_that_only_its_editor_sees_is_read(tmp_path: Path) -> None:
    content = {"raw": f"<!-- wp:paragraph -->\n<p>{KILN}</p>\n<!-- /wp:paragraph -->", "protected": False}
    article = read_record(tmp_path, {"id": 7, "title": {"raw": "The Kiln &amp; Its Keeper"}, "content": content})
    assert (article.title, texts(article)) == ("The Kiln & Its Keeper", [KILN])


def test_bbcode_in_a_record_is_read_as_that(tmp_path: Path) -> None:
    body = (
        f"[b]Glazes[/b]\n{GLAZE}\n\n[quote=Nora]{KILN}[/quote]\n[img]a.png[/img]"
        "[list]\n[*]ash\n[*][url=/clay]clay[/url] < 5\n[/list]\n[code]fire --up[/code]"
    )
    assert texts(read_record(tmp_path, {"title": "Notes", "body": body})) == [
        f"Glazes\n{GLAZE}",
        KILN,
        "ash\nclay < 5",
        "fire --up",
    ]


@pytest.mark.parametrize(
    "text",
    [f"{KILN} * No cups.", f"It is [sic] so.\n\n{KILN}", f"f(x) = a[i](x) is no link.\n\n{KILN}", "#1 of 3: the cups."],
)
def test_a_text_that_only_looks_marked_up_stays_as_it_is(tmp_path: Path, text: str) -> None:
    assert "\n\n".join(texts(read_record(tmp_path, {"title": "Notes", "body": text}))) == text
