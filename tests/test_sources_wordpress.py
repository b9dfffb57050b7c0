"""Exports of WordPress: what is published for all to read, in the old editor's way and the new one's."""

from pathlib import Path

import pytest

from index.model import Article, Skipped
from tests.records import found, texts

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>The Rope Blog</title><link>https://rope.example</link><language>nl-NL</language>
<wp:author><wp:author_login>hanne</wp:author_login>
<wp:author_display_name>Hanne Touw</wp:author_display_name></wp:author>
"""
ROPE = "A rope of hemp is longer when it is dry, and shorter when anybody measures it."


def item(content: str, *, kind: str = "post", status: str = "publish", locked_by: str = "", more: str = "") -> str:
    return (
        f"<item><title><![CDATA[The Rope]]></title><link>https://rope.example/rope/</link><dc:creator>hanne</dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded>An excerpt.</excerpt:encoded>"
        f"<wp:post_id>7</wp:post_id><wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>"
        f"<wp:post_password>{locked_by}</wp:post_password><category domain='post_tag'>hemp</category>"
        f"<wp:comment><wp:comment_content>First!</wp:comment_content></wp:comment>{more}</item>"
    )


def export(tmp_path: Path, *items: str) -> list[Article | Skipped]:
    return found(tmp_path / "export.xml", f"{HEAD}{''.join(items)}</channel></rss>")


def paragraphs(tmp_path: Path, content: str) -> list[str]:
    (article,) = export(tmp_path, item(content))
    assert isinstance(article, Article)
    return texts(article)


def test_posts_and_pages_that_are_published_are_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    *articles, told = export(
        tmp_path,
        item(ROPE),
        item(ROPE, kind="page"),
        item("secret", status="draft"),
        item("secret", status="draft"),
        item("secret", status="private"),
        item("secret", locked_by="knot"),
        item("secret", status="trash"),
        item("secret", status="future"),
        item("", kind="attachment", status="inherit"),
        item("secret", kind="revision", status="inherit"),
        item("", kind="nav_menu_item"),
        item("secret", kind="wp_block"),
    )
    assert [texts(article) for article in articles if isinstance(article, Article)] == [[ROPE], [ROPE]]
    assert isinstance(told, Skipped)
    assert told.reason == (
        "left out: 2 drafts, 1 private, 1 behind a password, 1 in the trash, 1 scheduled, 1 attachment, 1 revision,"
        " 1 menu item, 1 of the type wp_block"
    )


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        (("2025-07-01 00:40:00", "2025-06-30 22:40:00"), "2025-07-01T00:40:00+02:00"),
        (("2025-07-01 00:40:00", "2025-07-01 04:10:00"), "2025-07-01T00:40:00-03:30"),
        (("2025-07-01 00:40:00", "0000-00-00 00:00:00"), "2025-07-01T00:40:00"),
        (("0000-00-00 00:00:00", "2025-06-30 22:40:00"), "2025-06-30T22:40:00+00:00"),
        (("0000-00-00 00:00:00", "0000-00-00 00:00:00"), None),
    ],
)
def test_the_day_is_the_one_that_the_blog_shows(tmp_path: Path, dates: tuple[str, str], date: str | None) -> None:
    stated = f"<wp:post_date>{dates[0]}</wp:post_date><wp:post_date_gmt>{dates[1]}</wp:post_date_gmt>"
    (article,) = export(tmp_path, item(ROPE, more=f"{stated}<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>"))
    assert isinstance(article, Article)
    assert (article.date, article.author, article.source) == (date, "Hanne Touw", "The Rope Blog")
    assert (article.url, article.key, article.language) == ("https://rope.example/rope/", "7", "nl")


def test_blocks_of_the_new_editor_leave_their_text(tmp_path: Path) -> None:
    content = """<!-- wp:paragraph {"dropCap":true} -->
<p class="has-drop-cap">Hemp first.</p>
<!-- /wp:paragraph -->

<!-- wp:image {"id":41} --><figure><img src="h.jpg"/><figcaption>Hemp, wet</figcaption></figure><!-- /wp:image -->
<!-- wp:heading --><h2>Tar</h2><!-- /wp:heading -->
<!-- wp:list --><ul><!-- wp:list-item --><li>pine tar</li><!-- /wp:list-item --><li>birch tar</li></ul><!-- /wp:list -->
<!-- wp:paragraph --><p>The end is ]]]]><![CDATA[> in chalk.</p><!-- /wp:paragraph -->
<!-- wp:latest-posts {"postsToShow":3} /-->"""
    assert paragraphs(tmp_path, content) == [
        "Hemp first.",
        "Hemp, wet",
        "Tar\npine tar\nbirch tar",
        "The end is ]]> in chalk.",
    ]


def test_blank_lines_part_the_paragraphs_of_the_old_editor(tmp_path: Path) -> None:
    content = f"{ROPE}\nNobody knows why.\n\n<p align=center>***Knots***</p>\n\nThe rest"
    content += "\n\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\n\n<pre>one\n  two</pre>"
    content += "\n\n<!--more-->Last of all, the <em>splice</em>."
    assert paragraphs(tmp_path, content.replace("***Knots***", "Knots are tied twice.")) == [
        f"{ROPE}\nNobody knows why.",
        "Knots are tied twice.",
        "The rest",
        "a\nb",
        "one\n  two",
        "Last of all, the splice.",
    ]


@pytest.mark.parametrize(
    ("content", "came_out"),
    [
        ('Hemp [sic] is [1] dry.\n\n[gallery ids="1,2"]', ["Hemp [sic] is [1] dry."]),
        ("Hemp.\n\n[embed]https://v.example/x[/embed]\n\n[gallery]", ["Hemp."]),
        ('[caption id="a"]<img src="h.jpg" /> A rope, asleep[/caption]\n\nHemp.', ["A rope, asleep", "Hemp."]),
        ('[caption id="a" caption="A rope, awake"]<img src="h.jpg" />[/caption]\n\nHemp.', ["A rope, awake", "Hemp."]),
        ("[dropcap]H[/dropcap]emp is [b]dry[/b].", ["Hemp is dry."]),
        ("Write [[gallery]] for pictures.", ["Write [gallery] for pictures."]),
        ('[contact-form-7 id="4" title="Ask"]\n\nHemp.', ["Hemp."]),
        ("[et_pb_section][et_pb_text a=1]Hemp.[/et_pb_text][/et_pb_section]", ["Hemp."]),
    ],
)
def test_shortcodes_leave_the_text_that_is_theirs(tmp_path: Path, content: str, came_out: list[str]) -> None:
    assert paragraphs(tmp_path, content) == came_out


@pytest.mark.parametrize("piece", ["[", "[a ", '[a "', "[a]", "[[a", "<pre>", "[caption]", "\n\n<p", "<!--"])
def test_a_post_of_nothing_but_openings_is_read_all_the_same(tmp_path: Path, piece: str) -> None:
    parts = export(tmp_path, item(piece * 20_000 + "\n\n" + ROPE), item(ROPE))
    assert isinstance(parts[-1], Article)
    assert texts(parts[-1]) == [ROPE]
    assert len(parts) == 2
