"""Pages that a program keeps for its user: saved by a browser with their pictures, exported by Telegram as HTML."""

from pathlib import Path

import pytest

from index.model import Article, Skipped
from tests.records import articles, found, texts

DYE = "The dyer hangs her cloth over the bridge, and the river is blue until noon."
VAT = "The second vat is emptied on Fridays, and nobody may fish below it before Sunday."
BODY = f"<h1>Blue Until Noon</h1><p>{DYE}</p><p>{VAT}</p>"
PAGE = f"<html><head><title>Blue Until Noon</title></head><body>{BODY}</body></html>"
PICTURE = "Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: a.png\n\niVBORw0KGgo=\n"


def saved(page: str, *parts: str, head: str = "") -> str:
    boundary = "----=_Page"
    first = f"Content-Type: text/html\nContent-Location: https://dye.example/blue\n\n{page}\n"
    inside = "".join(f"--{boundary}\n{part}" for part in (first, *parts))
    kind = f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"'
    stated = f"{head}Subject: Blue\nDate: Tue, 3 Feb 2026 08:15:00 +0100\nMIME-Version: 1.0\n{kind}\n\n"
    return f"{stated}{inside}--{boundary}--\n"


@pytest.mark.parametrize("name", ["a.mht", "a.mhtml", "blue"])
def test_a_page_that_a_browser_saved_is_that_page_without_the_day_of_saving(tmp_path: Path, name: str) -> None:
    (article,) = articles(tmp_path / name, saved(PAGE, PICTURE, head="From: <Saved by Blink>\n"))
    assert (article.title, texts(article)) == ("Blue Until Noon", [DYE, VAT])
    assert (article.url, article.date) == ("https://dye.example/blue", None)


def test_a_saved_page_may_be_in_quoted_printable_or_stand_alone(tmp_path: Path) -> None:
    content = PAGE.replace("=", "=3D").replace("cloth", "cl=\noth").replace("blue", "bl=C3=BCe")
    kind = "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable"
    (article,) = articles(
        tmp_path / "a.mht", f'From: "Saved by Internet Explorer 11"\nMIME-Version: 1.0\n{kind}\n\n{content}'
    )
    assert texts(article) == [DYE.replace("blue", "blüe"), VAT]


def test_a_saved_page_without_a_page_is_told(tmp_path: Path) -> None:
    (told,) = found(
        tmp_path / "a.mht", "From: <Saved by Blink>\nSubject: Blue\nMIME-Version: 1.0\nContent-Type: image/png\n\nx"
    )
    assert isinstance(told, Skipped)
    assert told.reason == "no page in it"


def post(number: int, inside: str, writer: str = "Dye Works", day: int = 3) -> str:
    date = f'<div class="pull_right date details" title="{day:02}.02.2026 08:15:00 UTC+01:00">08:15</div>'
    name = f'<div class="from_name">\n{writer}\n</div>' if writer else ""
    picture = '<div class="pull_left userpic_wrap"><div class="userpic"><div class="initials">D</div></div></div>'
    classes = f"message default clearfix{'' if writer else ' joined'}"
    return f'<div class="{classes}" id="message{number}">{picture}<div class="body">{date}{name}{inside}</div></div>'


def exported(*posts: str) -> str:
    head = '<div class="page_header"><div class="content"><div class="text bold">\nDye Works\n</div></div></div>'
    service = '<div class="message service" id="message-1"><div class="body details">3 February 2026</div></div>'
    return (
        '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"/>\n<title>Exported Data</title></head>\n<body>'
        f'<div class="page_wrap">{head}<div class="history">{service}{"".join(posts)}</div></div>'
        "</body></html>"
    )


def text(inside: str) -> str:
    return f'<div class="text">\n{inside}\n</div>'


def test_each_post_of_a_channel_on_a_page_of_telegram_is_an_article(tmp_path: Path) -> None:
    weir = '<div class="from_name">The Weir <span class="details">1.2</span></div>'
    taken_over = f'<div class="forwarded body">{weir}{text(VAT)}</div>'
    poll = '<div class="question bold">Which blue?</div><div class="answer">- Light</div>'
    poll = f'<div class="media_wrap"><div class="media_poll">{poll}</div></div>'
    page = exported(
        post(2, text(f"<strong>Blue</strong><br><br>{DYE}")), post(3, taken_over, "", 4), post(4, poll, day=5)
    )
    *posts, told = found(tmp_path / "messages.html", page)
    read = [
        (one.title, one.key, one.source, one.author, one.date, texts(one)) for one in posts if isinstance(one, Article)
    ]
    assert read == [
        ("Blue", "2", "Dye Works", None, "2026-02-03T08:15:00+01:00", [DYE]),
        (
            "The second vat is emptied on Fridays, and…",
            "3",
            "Dye Works",
            "The Weir",
            "2026-02-04T08:15:00+01:00",
            [VAT],
        ),
        ("Which blue?", "4", "Dye Works", None, "2026-02-05T08:15:00+01:00", ["Which blue?\nLight"]),
    ]
    assert isinstance(told, Skipped)
    assert told.reason == "left out: 1 service message"


def test_a_page_on_which_others_write_is_no_channel_and_is_read_when_it_is_named(tmp_path: Path) -> None:
    page = exported(post(2, text(DYE)), post(3, text(VAT), "Nora"))
    (told,) = found(tmp_path / "messages.html", page)
    assert isinstance(told, Skipped)
    assert "--map chat=NAME" in told.reason
    named = found(tmp_path / "messages.html", page, "chat=Dye Works")
    assert [texts(one) for one in named if isinstance(one, Article)] == [[DYE], [VAT]]
