"""Mail: each message an article, in the words of its author."""

import base64
import binascii
import random
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read
from tests.damage import flipped
from tests.records import articles, found, texts

EELS = "The eels are counted on the second Sunday of the month."
SKIP = "Nobody counts the small ones."
HEAD = "From: Rosa Lind <rosa@weir.example>\nDate: Tue, 3 Feb 2026 08:15:00 +0100\nMessage-ID: <7@weir.example>\n"
POSTMARK = "From rosa@weir.example Tue Feb  3 07:15:00 2026\n"


def mail(body: str, subject: str = "Counting", **headers: str) -> str:
    stated = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"{HEAD}Subject: {subject}\n{stated}\n{body}"


def one(folder: Path, content: str | bytes, name: str = "a.eml") -> Article:
    (article,) = articles(folder / name, content)
    return article


def multipart(kind: str, *parts: str, boundary: str = "=_7") -> str:
    inside = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return mail(f"A preamble.\n{inside}--{boundary}--\nAn epilogue.\n", Content_Type=f'{kind}; boundary="{boundary}"')


def text_part(text: str, kind: str = "text/plain", *more: str) -> str:
    return "\n".join([f"Content-Type: {kind}; charset=utf-8", *more, "", text])


def test_a_message_is_an_article_with_what_its_header_states(tmp_path: Path) -> None:
    content = mail(
        f"{EELS}\n",
        List_Id="The Weir <weir.lists.example>",
        Archived_At="<https://lists.example/weir/7>",
        Content_Language="en-GB",
    )
    article = one(tmp_path, content)
    assert article == Article(
        "Counting",
        article.paragraphs,
        str(tmp_path / "a.eml"),
        "7@weir.example",
        "The Weir",
        "https://lists.example/weir/7",
        "Rosa Lind",
        "2026-02-03T08:15:00+01:00",
        "en",
    )
    assert texts(article) == [EELS]


def folded(text: str, charset: str) -> str:
    return Header(text, charset, maxlinelen=40).encode()


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (folded("Подсчёт угрей во второе воскресенье февраля", "utf-8"), "Подсчёт угрей во второе воскресенье февраля"),
        (folded("حصر الثعابين في ثاني أحد من الشهر", "windows-1256"), "حصر الثعابين في ثاني أحد من الشهر"),
        ("=?utf-8?B?w5Y=?= =?utf-8?Q?l_und_Aale?=", "Öl und Aale"),
        ("=?utf-8?B?0J/R?= =?utf-8?B?gNGD0LQ=?=", "Пруд"),
        ("=?utf-8*ru?Q?=D0=9F=D1=80=D1=83=D0=B4?= (2)", "Пруд (2)"),
        ("=?iso-8859-1?Q?=93Eels=94_=96_5_=80?=", "“Eels” – 5 €"),
        ("Счёт", "Счёт"),
        ("=?no-such-code?B?RWVscw==?=", "Eels"),
        ("=?utf-8?B?a?=", "=?utf-8?B?a?="),
    ],
)
def test_a_subject_is_read_in_whichever_encoding_its_words_are(tmp_path: Path, subject: str, title: str) -> None:
    assert one(tmp_path, mail(EELS, subject)).title == title


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        ("Rosa Lind <rosa@weir.example>", "Rosa Lind"),
        ('"Lind, Rosa" <rosa@weir.example>', "Lind, Rosa"),
        ("rosa@weir.example", "rosa@weir.example"),
        ("rosa@weir.example (Rosa Lind)", "Rosa Lind"),
        ("=?utf-8?Q?Ros=C3=A1_L=C3=ADnd?= <rosa@weir.example>", "Rosá Línd"),
        ("The Weir", "The Weir"),
        ("nora at coast.example (Nora Brandt)", "Nora Brandt"),
    ],
)
def test_the_sender_is_the_author(tmp_path: Path, sender: str, author: str) -> None:
    assert one(tmp_path, f"From: {sender}\nMessage-ID: <1@a>\nSubject: x\n\n{EELS}").author == author


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("Tue, 3 Feb 2026 08:15:00 +0100 (CET)", "2026-02-03T08:15:00+01:00"),
        ("3 Feb 2026 08:15 GMT", "2026-02-03T08:15:00+00:00"),
        ("Tue, 03 Feb 87 08:15:00 EST", "1987-02-03T08:15:00-05:00"),
        ("Tue, 3 Feb 2026 08:15:00 -0000", "2026-02-03T08:15:00"),
        ("yesterday", None),
    ],
)
def test_the_date_is_that_of_the_header(tmp_path: Path, stated: str, date: str | None) -> None:
    content = (
        f"{POSTMARK}Received: by weir.example; Fri, 1 Jan 2021 00:00:00 +0000\nDate: {stated}\nSubject: x\n\n{EELS}\n"
    )
    assert one(tmp_path, content, "a.mbox").date == date


def test_a_mailbox_is_cut_where_a_message_begins_and_nowhere_else(tmp_path: Path) -> None:
    bodies = [
        f"{EELS}\n\nFrom here on the weir is dry.\nNote: bring a rope.\n\n",
        ">From 8:15 on, rain.\n>>From the north.\n\nFrom the mill at 8:15\nnobody came in 2026.\n\n",
        "From: nobody, it said.\n\n",
    ]
    box = "".join(POSTMARK + mail(body, f"{at}") for at, body in enumerate(bodies))
    found = articles(tmp_path / "a.mbox", box.replace("\n", "\r\n"))
    assert [article.title for article in found] == ["0", "1", "2"]
    assert texts(found[0])[0] == EELS
    assert texts(found[0])[1].startswith("From here on the weir is dry.")
    assert texts(found[1])[0] == "From 8:15 on, rain."
    assert texts(found[2]) == ["From: nobody, it said."]


@pytest.mark.parametrize(
    "postmark",
    [
        "From rosa@weir.example Tue Feb  3 07:15:00 2026",
        "From - Tue Feb 03 07:15:00 2026",
        "From 1853@xxx Tue Feb 03 07:15:00 +0000 2026",
        "From MAILER-DAEMON Tue Feb  3 07:15:00 CET 2026",
        "From rosa@weir.example",
        "From ???@??? Tue Feb 03 07:15:00 2026",
        "From rosa@weir.example 2026-02-03T07:15:00Z",
    ],
)
def test_programs_begin_a_message_in_many_ways(tmp_path: Path, postmark: str) -> None:
    found = articles(tmp_path / "box", f"{postmark}\n{mail(EELS)}\n\n{postmark}\n{mail(SKIP, 'Small')}\n")
    assert [(article.title, texts(article)) for article in found] == [("Counting", [EELS]), ("Small", [SKIP])]


def test_of_alternatives_one_is_read(tmp_path: Path) -> None:
    html = text_part(f"<p>{EELS}</p><p>{SKIP}</p>", "text/html")
    assert texts(one(tmp_path, multipart("multipart/alternative", text_part(f"{EELS}\n\n{SKIP}"), html))) == [
        EELS,
        SKIP,
    ]
    assert texts(one(tmp_path, multipart("multipart/alternative", text_part("See the web."), html))) == [EELS, SKIP]
    assert texts(one(tmp_path, multipart("multipart/alternative", text_part(" "), html))) == [EELS, SKIP]
    related = multipart("multipart/related", html, text_part("QUJD", "image/png", "Content-ID: <1>"), boundary="=_8")
    inner = related.partition("Content-Type")[2].partition("\n\n")
    whole = multipart("multipart/alternative", text_part(EELS), f"Content-Type{inner[0]}\n\n{inner[2]}")
    assert texts(one(tmp_path, whole)) == [EELS]


def test_mail_with_pictures_is_no_page_that_a_browser_saved(tmp_path: Path) -> None:
    picture = "Content-Type: image/png\nContent-ID: <p>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="
    content = multipart("multipart/related", text_part(f"<p>{EELS}<img src='cid:p'>", "text/html"), picture)
    # A mail program may put the kind of a message above all else.
    kind = next(line for line in content.splitlines() if line.startswith("Content-Type: multipart"))
    content = f"{kind}\nMIME-Version: 1.0\n{content.replace(kind, 'X-Mailer: Heron')}"
    assert texts(one(tmp_path, content)) == [EELS]
    saved = content.replace(HEAD, "From: <Saved by Heron>\n")
    assert one(tmp_path, saved, "b.eml").title == "b"


def test_a_message_that_is_only_sent_on_is_an_article(tmp_path: Path) -> None:
    inside = mail(EELS, "Eels")
    content = mail(base64.encodebytes(inside.encode()).decode(), "Fwd: Eels", Content_Type="message/rfc822")
    content = content.replace("Content-Type:", "Content-Transfer-Encoding: base64\nContent-Type:")
    article, told = found(tmp_path / "a.eml", content)
    assert isinstance(article, Article)
    assert (article.title, texts(article)) == ("Eels", [EELS])
    assert told == Skipped(str(tmp_path / "a.eml"), "left out: 1 message that only hold others")


def test_a_file_that_is_packed_into_the_text_is_an_attachment(tmp_path: Path) -> None:
    packed = "\n".join(binascii.b2a_uu(bytes(range(at, at + 45)), backtick=True).decode().strip() for at in (0, 45, 90))
    article, told = found(tmp_path / "a.eml", mail(f"{EELS}\n\nbegin 644 eel.gif\n{packed}\n`\nend\n{SKIP}\n"))
    assert isinstance(article, Article)
    assert texts(article) == [EELS, SKIP]
    assert ("eel.gif", "an attachment") in [(one.text, one.reason) for one in article.dropped]
    assert isinstance(told, Skipped)
    assert told.reason.startswith("left out: 1 attachment")
    verse = "begin 644 nets\nand mend them by the fire"
    assert texts(one(tmp_path, mail(f"{EELS}\n\n{verse}\n")))[1].startswith("begin 644 nets")


def test_attachments_are_told_and_attached_messages_are_articles(tmp_path: Path) -> None:
    csv = text_part("eels;12", "text/csv", 'Content-Disposition: attachment; filename="=?utf-8?Q?=C3=A4als.csv?="')
    inside = f"Content-Type: message/rfc822\n\n{mail(SKIP, 'Small').replace('7@', '8@')}"
    parts = found(tmp_path / "a.eml", multipart("multipart/mixed", text_part(EELS), csv, inside))
    outer, inner, told = parts
    assert isinstance(outer, Article)
    assert isinstance(inner, Article)
    assert (texts(outer), texts(inner)) == ([EELS], [SKIP])
    assert (inner.title, inner.key) == ("Small", "8@weir.example")
    assert [(one.text, one.reason) for one in outer.dropped] == [("äals.csv", "an attachment")]
    assert told == Skipped(
        str(tmp_path / "a.eml"), "left out: 1 attachment; save attachments as files to have them read"
    )


@pytest.mark.parametrize(
    ("above", "quoted"),
    [
        ("On Tue, 3 Feb 2026, Rosa Lind wrote:", "> Who counts?"),
        ("On Tue, Feb 3, 2026 at 8:15 AM Rosa Lind <rosa@weir.example>\nwrote:", "> Who counts?\n>\n>> Who asks?"),
        ("Am 03.02.2026 um 08:15 schrieb Rosa Lind:", ">Wer zählt?"),
        ("3 февраля 2026 г., Роза Линд пишет:", "> Кто считает?"),
        ("Rosa Lind schreef:", "> Wie telt?"),
        ("于2026年2月3日周二 08:15写道：", "> 谁来数？"),
        ("-----Original Message-----", "From: Rosa Lind\nSent: Tuesday\nTo: Emil\n\nWho counts?"),
        ("________________________________", "From: Rosa Lind <rosa@weir.example>\nSent: Tuesday\n\nWho counts?"),
        ("Von: Rosa Lind", "Gesendet: Dienstag, 3. Februar\nAn: Emil\n\nWer zählt?"),
    ],
)
def test_what_is_quoted_of_others_is_told(tmp_path: Path, above: str, quoted: str) -> None:
    article = one(tmp_path, mail(f"{EELS}\n\n{above}\n{quoted}\n", "Re: Counting"))
    assert texts(article) == [EELS]
    assert {one.reason for one in article.dropped} == {"a quotation"}


def test_answers_between_quotations_are_read(tmp_path: Path) -> None:
    body = f"Ana wrote:\n> Who counts?\n\n{EELS}\n\n> And the small ones?\n{SKIP}\n"
    assert texts(one(tmp_path, mail(body))) == [EELS, SKIP]


def test_signatures_and_footers_are_told_and_what_only_looks_like_one_stays(tmp_path: Path) -> None:
    footer = "_______________________________________________\nWeir mailing list\nhttps://lists.example/weir\n"
    article = one(tmp_path, mail(f"{EELS}\n\n-- \nRosa Lind\nThe Weir\n\n{footer}"))
    assert texts(article) == [EELS]
    assert [one.reason for one in article.dropped] == ["a signature"]
    article = one(tmp_path, mail(f"{EELS}\n\n{footer}"))
    assert (texts(article), [one.reason for one in article.dropped]) == ([EELS], ["a footer"])
    sent_on = f"-- \nRosa\n\n---------- Forwarded message ---------\n{SKIP}\n"
    assert SKIP in texts(one(tmp_path, mail(f"{EELS}\n\n{sent_on}")))
    assert texts(one(tmp_path, mail(f"{EELS} See section 4:\n\n{SKIP}\n"))) == [f"{EELS} See section 4:\n{SKIP}"]


def test_a_signed_message_is_read_without_the_marks(tmp_path: Path) -> None:
    signed = (
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{EELS}\n-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END\n"
    )
    assert texts(one(tmp_path, mail(signed))) == [EELS]


def test_flowed_lines_are_one_paragraph(tmp_path: Path) -> None:
    body = "The eels are counted \non the second \nSunday.\n\n From here, \nnobody.\n-- \nRosa\n"
    article = one(tmp_path, mail(body, Content_Type="text/plain; format=flowed"))
    assert texts(article) == ["The eels are counted on the second Sunday.", "From here, nobody."]
    article = one(
        tmp_path, mail("鰻を数 \nえる。\n", Content_Type="text/plain; format=flowed; delsp=yes; charset=utf-8")
    )
    assert texts(article) == ["鰻を数える。"]


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (
            f"<div>{EELS}</div><div class='gmail_quote'>On Monday Ana wrote:<blockquote>Who?</blockquote></div>",
            "a quotation",
        ),
        (f"<p>{EELS}</p><div>Am 3.2.2026 schrieb Ana:</div><blockquote type='cite'>Wer?</blockquote>", "a quotation"),
        (f"<p>{EELS}</p><div id='divRplyFwdMsg'>From: Ana</div><div>Who counts?</div>", "a quotation"),
        (f"<p>{EELS}</p><div class='gmail_signature'>Rosa</div>", "a signature"),
        (f"<span style='display:none'>In this mail</span><p>{EELS}</p>", "hidden"),
    ],
)
def test_replies_signatures_and_hidden_words_of_html_are_told(tmp_path: Path, markup: str, reason: str) -> None:
    article = one(tmp_path, mail(f"<style>p {{}}</style><title>x</title>{markup}", Content_Type="text/html"))
    assert texts(article) == [EELS]
    assert reason in {one.reason for one in article.dropped}


def test_a_signature_in_html_is_told_and_two_dashes_in_a_text_are_none(tmp_path: Path) -> None:
    signature = "-- <br>Rosa Lind<div>Keeper of the weir<br>Lock Street 4</div>"
    article = one(tmp_path, mail(f"<div>{EELS}<br><br>{signature}</div>", Content_Type="text/html"))
    assert texts(article) == [EELS]
    assert [one.reason for one in article.dropped] == ["a signature"]
    more = "".join(f"<p>{SKIP} {at}</p>" for at in range(12))
    article = one(tmp_path, mail(f"<p>{EELS}</p><p>--</p>{more}", Content_Type="text/html"))
    assert len(texts(article)) >= 13


def test_a_message_without_a_subject_is_called_after_its_first_words(tmp_path: Path) -> None:
    for subject in ("", "(no subject)"):
        article = one(tmp_path, mail(f"The eel is in the mill. {EELS} {SKIP}", subject))
        assert article.title == "The eel is in the mill."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (mail(""), "left out: 1 empty message"),
        (mail("> Who counts?\n"), "left out: 1 message of quotations alone"),
        (
            multipart("multipart/encrypted", text_part("Version: 1", "application/pgp-encrypted")),
            "left out: 1 encrypted message",
        ),
        (mail(EELS, X_Mozilla_Status="0009"), "left out: 1 deleted message"),
        (mail(EELS, X_Gmail_Labels="Trash,Opened"), "left out: 1 deleted message"),
    ],
)
def test_messages_without_words_of_their_own_are_counted(tmp_path: Path, content: str, reason: str) -> None:
    assert found(tmp_path / "a.eml", content) == [Skipped(str(tmp_path / "a.eml"), reason)]
    _, told = found(tmp_path / "a.mbox", f"{POSTMARK}{content}\n{POSTMARK}{mail(SKIP)}")
    assert told == Skipped(str(tmp_path / "a.mbox"), reason)


@pytest.mark.parametrize("name", ["a", "a.txt", "a.mbox"])
def test_mail_is_known_by_its_header_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    assert one(tmp_path, mail(EELS, MIME_Version="1.0").replace("\n", "\r\n"), name).title == "Counting"
    assert one(tmp_path, f"From ana@b.example Fri Apr 19\n{mail(EELS)}", name).title == "Counting"


def test_mail_of_apple_is_read(tmp_path: Path) -> None:
    content = mail(EELS).encode()
    plist = b'<?xml version="1.0"?><plist></plist>\n'
    assert texts(one(tmp_path, b"%d\n" % len(content) + content + plist, "7.emlx")) == [EELS]


@pytest.mark.slow
def test_nothing_in_a_message_is_a_fault(tmp_path: Path) -> None:
    """Cut at every tenth, with bits turned over, and nested without end."""
    good = multipart("multipart/mixed", text_part(EELS), text_part(f"<p>{SKIP}</p>", "text/html"))
    whole = (POSTMARK + good).encode()
    chance = random.Random(7)  # noqa: S311 - no secret
    for at in range(1, 10):
        (tmp_path / f"cut{at}.mbox").write_bytes(whole[: len(whole) * at // 10])
        (tmp_path / f"flipped{at}.mbox").write_bytes(flipped(whole, chance, 20))
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(10_000))
    (tmp_path / "nested.eml").write_text(HEAD + nested + f"\n{EELS}\n")
    same = "Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 10_000
    (tmp_path / "same.eml").write_text(HEAD + same)
    inside = "Content-Type: message/rfc822\n\n" * 10_000
    (tmp_path / "inside.eml").write_text(HEAD + inside)
    told = [part for part in read([tmp_path]) if isinstance(part, Skipped)]
    assert not [part for part in told if "fault" in part.reason]
    assert "its parts are nested more than 20 deep" in {part.reason for part in told}


WORDS = st.text(st.characters(categories=["L", "N"], max_codepoint=0xFFFF), min_size=2, max_size=9)
LINE = st.lists(WORDS, min_size=2, max_size=9).map(" ".join)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    subject=LINE,
    lines=st.lists(LINE, min_size=1, max_size=4),
    encoding=st.sampled_from(("base64", "quoted-printable", "8bit")),
    html=st.booleans(),
)
def test_what_the_library_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, subject: str, lines: list[str], encoding: str, html: bool
) -> None:
    message = EmailMessage(SMTP)
    message["Subject"], message["From"], message["Message-ID"] = "-", "Ana <a@b.example>", "<1@b.example>"
    lines = [f"{line}." for line in lines]
    message.set_content("\n\n".join(lines), cte=encoding)
    if html:
        message.add_alternative("".join(f"<p>{line}</p>" for line in lines), subtype="html", cte=encoding)
    path = tmp_path_factory.mktemp("law") / "a.eml"
    # The library's newer way to fold a header loses spaces.
    stated = Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n").encode()
    path.write_bytes(message.as_bytes().replace(b"Subject: -", b"Subject: " + stated))
    (article,) = read([path])
    assert isinstance(article, Article)
    assert (article.title, texts(article)) == (normalize("NFC", subject), [normalize("NFC", line) for line in lines])


def test_comments_nested_in_a_sender_without_end_leave_the_other_messages(tmp_path: Path) -> None:
    box = f"{POSTMARK}From: {'(' * 4000}\nSubject: Nets\n\n{EELS}\n\n{POSTMARK}{mail(SKIP)}"
    assert [one.title for one in articles(tmp_path / "a.mbox", box)] == ["Nets", "Counting"]


@pytest.mark.parametrize("device", ["Sent from my iPhone", "Von meinem iPhone gesendet", "Отправлено с iPhone"])
def test_what_a_telephone_writes_below_a_message_is_no_text(tmp_path: Path, device: str) -> None:
    article = one(tmp_path, mail(f"{EELS}\n\n{device}\n\n> Who counts them?\n"))
    assert texts(article) == [EELS]
    assert any(dropped.text.startswith(device) for dropped in article.dropped)


def test_what_outlook_answers_is_no_text_of_the_message(tmp_path: Path) -> None:
    head = "<p><b>From:</b> Tam &lt;t@coast.example&gt;<br><b>Sent:</b> Friday<br><b>Subject:</b> Tar</p>"
    body = f"<html><body><p>The tar is here.</p>{head}<p>Where is the tar?</p></body></html>"
    mail = f"From: Nora <n@coast.example>\nSubject: RE: Tar\nMessage-ID: <1@c>\nContent-Type: text/html\n\n{body}\n"
    assert texts(one(tmp_path, mail)) == ["The tar is here."]


@pytest.mark.parametrize(
    ("subject", "head"),
    [
        (
            "Nets",
            "---------- Forwarded message ---------\nFrom: Tam <t@coast.example>\nDate: Mon, Feb 2, 2026\nTo: Rosa",
        ),
        (
            "Nets",
            "Begin forwarded message:\n\nFrom: Tam <t@coast.example>\nSubject: Nets\nDate: 2 February 2026\nTo: Rosa",
        ),
        ("FW: Nets", "From: Tam <t@coast.example>\nSent: Monday, February 2, 2026\nTo: Rosa\nSubject: Nets"),
        ("WG: Netze", "Von: Tam <t@coast.example>\nGesendet: Montag, 2. Februar 2026\nAn: Rosa\nBetreff: Netze"),
    ],
)
def test_what_is_sent_on_is_text_and_the_lines_above_it_are_none(tmp_path: Path, subject: str, head: str) -> None:
    assert texts(one(tmp_path, mail(f"{SKIP}\n\n{head}\n\n{EELS}\n", subject))) == [SKIP, EELS]
    markup = "".join(f"<div>{line.replace('<', '&lt;') or '<br>'}</div>" for line in head.split("\n"))
    body = f"<html><body><div>{SKIP}</div>{markup}<div><br></div><div>{EELS}</div></body></html>"
    assert texts(one(tmp_path, mail(body, subject, Content_Type="text/html"))) == [SKIP, EELS]


def test_a_mail_that_was_saved_as_a_text_is_a_mail(tmp_path: Path) -> None:
    head = "From:\tRosa Lind <rosa@weir.example>\nSent:\tTuesday, February 3, 2026 8:15 AM\nTo:\tTam\nSubject:\tEels\n"
    article = one(tmp_path, f"{head}\n{EELS}\n", "eels.txt")
    assert (article.title, article.author, texts(article)) == ("Eels", "Rosa Lind", [EELS])
    assert article.date is not None
    assert article.date.startswith("2026-02-03")
