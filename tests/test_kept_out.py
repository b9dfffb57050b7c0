"""Settings, keys and tokens are never articles, however they come among them."""

import base64
import os
import random
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from index import Article, Skipped, read

Run = Callable[..., subprocess.CompletedProcess[str]]

TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcQ"  # noqa: S105 - made up
LAMP = "The lamplighter of Saltmere keeps a spare wick under the third step of the tower."
BODY = base64.b64encode(random.Random(7).randbytes(480)).decode()  # noqa: S311 - no key at all
LINES = "\n".join(BODY[at : at + 64] for at in range(0, len(BODY), 64))


def private_key(kind: str, headers: str = "") -> str:
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{headers}{LINES}\n-----END {kind}PRIVATE KEY-----\n"


def outcome(*paths: Path) -> tuple[list[Article], list[str]]:
    found = list(read(paths))
    return [one for one in found if isinstance(one, Article)], [one.reason for one in found if isinstance(one, Skipped)]


def test_nothing_that_the_settings_are_made_of_becomes_an_article(tmp_path: Path, quoth: Run) -> None:
    here = tmp_path / "here"
    (here / "lamps.md").write_text(f"# Lamps\n\n{LAMP}\n")
    (here / "quoth.toml").write_text("passages = 2\n")
    for name, text in (
        ("words", 'ferry = ["a boat called the Marigold"]\n'),
        ("token", TOKEN),
        ("hook", "moonlight-over-the-harbour"),
    ):
        (here / name).write_text(text)
        (here / name).chmod(0o600)
    os.link(here / "hook", here / "letter.txt")
    variables = {
        "QUOTH_ALIASES": str(here / "words"),
        "QUOTH_TELEGRAM_TOKEN_FILE": str(here / "token"),
        "QUOTH_TELEGRAM_WEBHOOK_SECRET_FILE": str(here / "hook"),
    }
    built = quoth("index", ".", "token", "quoth.toml", "--include", "*", **variables)
    assert built.stdout.startswith("1 article, ")
    assert "4 skipped files" in built.stdout
    assert built.stderr.count("settings of quoth, not an article") == 1, "all for one reason"
    listed = quoth("articles", **variables)
    assert [line.partition("  ")[2] for line in listed.stdout.splitlines()] == ["Lamps"]
    told = "".join(
        quoth("ask", question, **variables).stdout for question in ("token", "the boat Marigold", "moonlight")
    )
    assert not [word for word in (TOKEN, "Marigold.", "over-the-harbour") if word in told]


@pytest.mark.parametrize("name", ["quoth.toml", "id_ed25519", "ID_RSA", ".netrc", ".git-credentials"])
def test_a_file_that_can_only_hold_secrets_is_left_out_even_where_it_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"{LAMP}\n")
    assert outcome(tmp_path / name)[0] == []


@pytest.mark.parametrize("name", ["token", "token.txt", "bot.md", "bot.rst", "bot.html", "bot.adoc", "bot.org"])
@pytest.mark.parametrize("text", [TOKEN, f"TELEGRAM_TOKEN={TOKEN}\n", f'token = "{TOKEN}"\n'])
def test_a_text_of_nothing_but_a_token_is_told_without_it(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(f"<p>{text}</p>" if name.endswith(".html") else text)
    articles, reasons = outcome(tmp_path)
    assert articles == []
    assert [reason for reason in reasons if "token of a bot" in reason]
    assert TOKEN not in str(reasons)


def test_of_an_article_that_mentions_a_token_the_rest_is_read(tmp_path: Path) -> None:
    guide = f"# A bot of one's own\n\n{LAMP}\n\nSet QUOTH_TELEGRAM_TOKEN to {TOKEN} and start it.\n\nThen say hello.\n"
    (tmp_path / "guide.md").write_text(guide)
    (article,), (reason,) = outcome(tmp_path)
    assert [piece.text for piece in article.paragraphs] == [LAMP, "Then say hello."]
    assert reason == "what looks like the token of a bot, left out with its paragraphs (1)"


@pytest.mark.parametrize(
    "text",
    [
        "It begins at 20261127:and-then-a-long-slug-of-words-follows-without-end here.",
        "A token looks like 123456:ABC-DEF, and 10:30-11:45 is when the office is open.",
        "See https://news.example/archive/1234567:the-lamplighter-of-saltmere-keeps-a-wick",
        "A key begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----.",
    ],
)
def test_what_only_resembles_a_secret_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "note.txt").write_text(f"A note\n\n{text}\n\n{LAMP}\n")
    (article,), reasons = outcome(tmp_path)
    assert text in "\n".join(piece.text for piece in article.paragraphs)
    assert reasons == []


@pytest.mark.parametrize("name", ["key", "key.txt", "notes.md", "notes.html", "key.json"])
@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_a_private_key_is_told_and_left_out(tmp_path: Path, name: str, kind: str) -> None:
    key = private_key(kind, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F2A\n\n" if kind == "RSA " else "")
    forms = {".html": f"<h1>Notes</h1><p>{LAMP}</p><pre>{key}</pre>", ".md": f"# Notes\n\n{LAMP}\n\n```\n{key}```\n"}
    escaped = key.replace("\n", "\\n")
    forms[".json"] = f'{{"title": "Account", "text": "{LAMP}\\n\\n{escaped}"}}'
    (tmp_path / name).write_text(forms.get(Path(name).suffix, key))
    articles, reasons = outcome(tmp_path)
    assert articles == []
    # By what it holds, or by the line that it begins with.
    assert [reason for reason in reasons if "private key" in reason or "a key, certificate" in reason]
    assert BODY[:40] not in str(reasons)


def test_secrets_in_archives_and_records_are_found_as_well(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("lamps.md", f"# Lamps\n\n{LAMP}\n")
        archive.writestr("quoth.toml", "passages = 2\n")
        archive.writestr("keys/id_rsa", private_key("OPENSSH "))
        archive.writestr("keys/copy.txt", private_key("OPENSSH "))
        archive.writestr("bot.txt", TOKEN)
    (tmp_path / "rows.csv").write_text(f"title,text,author\nLamps,{LAMP},{TOKEN}\nWick,{LAMP},Ana\n")
    articles, reasons = outcome(tmp_path)
    assert [article.title for article in articles] == ["Lamps", "Wick"]
    assert len(reasons) == 5
    assert TOKEN not in str((articles, reasons))
