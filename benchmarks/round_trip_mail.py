"""What `benchmarks.round_trip` writes by way of mail and the web: mailboxes and web archives."""

from collections.abc import Callable, Mapping, Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from benchmarks.round_trip_formats import FORMATS, Format, Written, mailed, tags

_POSTMARK: Final = "From news@coast.example Mon Jan  1 00:00:00 2029\n"


def _headed(article: Written, message: EmailMessage) -> str:
    message["From"] = "Ana Reyes <ana@coast.example>"
    message["Date"] = mailed(article)
    message["Message-ID"] = f"<{article.id}>"
    # The newer way of the library to fold a header loses spaces.
    subject = Header(article.title, "utf-8", header_name="Subject").encode()
    text = f"Subject: {subject}\n{message.as_bytes().decode('utf-8', 'replace')}".replace("\r\n", "\n")
    return "\n".join(f">{line}" if line.lstrip(">").startswith("From ") else line for line in text.split("\n"))


def _plain(article: Written) -> str:
    message = EmailMessage(SMTP)
    message.set_content("\n\n".join(article.paragraphs), cte="quoted-printable")
    return _headed(article, message)


def _alternative(article: Written) -> str:
    message = EmailMessage(SMTP)
    message.set_content("\n\n".join(article.paragraphs), cte="base64")
    message.add_alternative(tags(article), subtype="html", cte="base64")
    return _headed(article, message)


def _html(article: Written) -> str:
    message = EmailMessage(SMTP)
    message.set_content(tags(article), subtype="html", cte="8bit")
    return _headed(article, message)


def _mailbox(one: Callable[[Written], str]) -> Callable[[Sequence[Written]], str]:
    return lambda articles: "".join(f"{_POSTMARK}{one(article)}\n\n" for article in articles)


def _archive(articles: Sequence[Written]) -> str:
    page = FORMATS["html"].page
    records: list[str] = []
    for article in articles:
        body = page(article) if page else ""
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body.encode())}\r\n\r\n"
        )
        length = len((head + body).encode())
        records.append(
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://coast.example/{article.id}\r\n"
            f"WARC-Date: 2029-01-01T00:00:00Z\r\nContent-Length: {length}\r\n\r\n{head}{body}\r\n\r\n"
        )
    return "".join(records)


MAIL: Final[Mapping[str, Format]] = {
    "mbox": Format(".mbox", table=_mailbox(_plain)),
    "mbox, two alternatives": Format(".mbox", table=_mailbox(_alternative)),
    "mbox, html": Format(".mbox", table=_mailbox(_html), line_end="\r\n"),
    "eml": Format(".eml", page=_plain),
    "warc": Format(".warc", table=_archive),
}
