"""What Telegram Desktop exports: a post is an article, and nobody's private chat is read unasked."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, ReadingOptions, Skipped
from index.sources import read
from index.sources.encodings.json_values import JsonReader
from index.sources.exports.mended_json import MendedJson
from tests.records import found, texts

DYE = "The dyer hangs her cloth over the bridge, and the river is blue until noon."


def post(number: int, text: Any = "", **more: Any) -> dict[str, Any]:
    stated = {"id": number, "type": "message", "date": f"2026-02-03T08:{number:02}:00", "from": "Dye Works"}
    return stated | {"date_unixtime": str(1770099300 + 60 * number), "text": text} | more


def channel(*messages: Any, kind: str = "public_channel", name: str = "Dye Works", number: int = 77) -> dict[str, Any]:
    return {"name": name, "type": kind, "id": number, "messages": list(messages)}


def account(*chats: dict[str, Any]) -> dict[str, Any]:
    personal = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1},
        "contacts": {"list": []},
    }
    return personal | {"chats": {"about": "All chats", "list": list(chats)}, "left_chats": {"list": []}}


def export(tmp_path: Path, content: dict[str, Any], names: str = "") -> list[Article | Skipped]:
    return found(tmp_path / "result.json", json.dumps(content, ensure_ascii=False, indent=1), names)


def by_title(parts: list[Article | Skipped]) -> dict[str, list[str]]:
    return {part.title: texts(part) for part in parts if isinstance(part, Article)}


def reasons(parts: list[Article | Skipped]) -> list[str]:
    return [part.reason for part in parts if isinstance(part, Skipped)]


def test_a_post_is_an_article_with_its_link_and_what_says_nothing_is_counted(tmp_path: Path) -> None:
    bold = [
        {"type": "bold", "text": "Blue is back."},
        "\n\nAsk at the ",
        {"type": "text_link", "text": "vat", "href": "x"},
    ]
    parts = export(
        tmp_path,
        channel(
            post(1, action="create_channel") | {"type": "service"},
            post(2, [*bold, ", or ", {"type": "mention", "text": "@dye"}, ". ", {"type": "hashtag", "text": "#blue"}]),
            post(3, f"Woad in March\n{DYE}", edited="2026-03-05T10:00:00", author="Ide Weld"),
            post(4, f"{DYE} Nobody fishes.", forwarded_from="Bridge Radio"),
            post(5, "", photo="p.jpg"),
            post(6, [{"type": "link", "text": "https://dye.example/vat"}]),
            post(7, "", media_type="sticker", sticker_emoji="⚓"),
            post(
                8,
                [
                    "It is ",
                    {"type": "spoiler", "text": "the miller"},
                    " ",
                    {"type": "custom_emoji", "text": "🎂", "document_id": "d"},
                ],
            ),
            {"id": 9, "type": "unsupported"},
        ),
    )
    assert by_title(parts) == {
        "Blue is back.": ["Ask at the vat, or @dye. #blue"],
        "Woad in March": [DYE],
        DYE[:-1]: [f"{DYE} Nobody fishes."],
        "It is the miller 🎂": ["It is the miller 🎂"],
    }
    second, third, fourth, _ = (part for part in parts if isinstance(part, Article))
    assert (second.url, second.date, second.source) == ("https://t.me/c/77/2", "2026-02-03T08:02:00", "Dye Works")
    assert (second.author, third.author, fourth.author) == (None, "Ide Weld", "Bridge Radio")
    assert reasons(parts) == ["left out: 1 service message, 3 posts without words, 1 unsupported message"]


def test_pictures_of_one_second_are_one_album_and_a_poll_is_its_words(tmp_path: Path) -> None:
    same = {"date": "2026-02-04T07:30:00", "date_unixtime": "1770183000"}
    poll = {
        "question": "Shall it be green?",
        "answers": [{"text": "Yes", "voters": 9}, {"text": "Never", "voters": 22}],
    }
    parts = export(
        tmp_path,
        channel(
            post(1, "", photo="a.jpg", **same),
            post(2, DYE, photo="b.jpg", **same),
            post(3, "", photo="c.jpg", **same),
            post(4, "Two words of one second", **same),
            post(5, "", poll=poll),
        ),
    )
    articles = [part for part in parts if isinstance(part, Article)]
    assert [(article.key, texts(article)) for article in articles] == [
        ("2", [DYE]),
        ("4", ["Two words of one second"]),
        ("5", ["Shall it be green?\nYes\nNever"]),
    ]


def test_the_owner_may_say_under_which_name_a_channel_is_published(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(channel(post(4, DYE))), encoding="utf-8")
    (article,) = read(path, options=ReadingOptions(base_url="https://t.me/dyeworks"))
    (other,) = read(path, options=ReadingOptions(base_url="https://dye.example/"))
    assert isinstance(article, Article)
    assert isinstance(other, Article)
    assert (article.url, other.url) == ("https://t.me/dyeworks/4", "https://t.me/c/77/4")


def test_a_packed_export_keeps_the_links_of_its_channel(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("export/result.json", json.dumps(channel(post(4, DYE))))
    (article,) = read(tmp_path / "export.zip", options=ReadingOptions(base_url="https://t.me/dyeworks"))
    assert isinstance(article, Article)
    assert (article.url, article.path) == ("https://t.me/dyeworks/4", f"{tmp_path}/export.zip/export/result.json")


def test_of_an_account_only_channels_are_read_and_chats_that_are_named(tmp_path: Path) -> None:
    whole = account(
        channel(post(1, DYE)),
        channel(
            post(1, "My secret is in the blue vat.", **{"from": "Ana"}), kind="personal_chat", name="Ana", number=5
        ),
        channel(post(1, "Saved and secret."), kind="saved_messages", name="", number=6),
        channel(post(2, "We meet at the bridge at noon."), kind="private_supergroup", name="Weavers", number=8),
    )
    parts = export(tmp_path, whole)
    assert [part.key for part in parts if isinstance(part, Article)] == ["77/1"]
    assert reasons(parts) == ["left out: 2 private chats, 1 group; a chat is read if you name it: --map chat=NAME"]
    named = [part for part in export(tmp_path, whole, "chat=ana,chat=8") if isinstance(part, Article)]
    assert [(part.source, part.author, part.url) for part in named] == [
        ("Dye Works", None, "https://t.me/c/77/1"),
        ("Ana", "Ana", None),
        ("Weavers", "Dye Works", "https://t.me/c/8/2"),
    ]


def test_an_export_of_a_private_chat_is_told_with_what_to_do(tmp_path: Path) -> None:
    parts = export(tmp_path, channel(post(1, DYE), kind="personal_chat", name="Ana"))
    assert reasons(parts) == ["left out: 1 private chat; a chat is read if you name it: --map chat=NAME"]
    assert len(parts) == 1


@pytest.mark.parametrize(
    ("written", "came_out"),
    [
        (r"Tides in May\n\x0CHigh at four.\x0c Low at ten.", ["High at four.", "Low at ten."]),
        (r"Choir practice\nUnder C:\\x0Chart, \\\x41 there.", [r"Under C:\x0Chart, \A there."]),
        (r"Found here\u2028One \x00glove, \q left.", [r"One glove, \q left."]),
        ("Quite bare\\n\x01It has a bare \x0b control.", ["It has a bare control."]),
    ],
)
def test_escapes_that_are_none_are_mended(tmp_path: Path, written: str, came_out: list[str]) -> None:
    raw = json.dumps(channel(post(1, "@"), post(2, DYE))).replace('"@"', f'"{written}"')
    first, second = found(tmp_path / "result.json", raw)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (texts(first), texts(second)) == (came_out, [DYE])


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet='\\x0Cn"u1 ', max_size=40), st.integers(1, 7))
def test_wherever_a_text_is_cut_into_pieces_it_is_mended_the_same(text: str, size: int) -> None:
    class Pieces:
        def __init__(self) -> None:
            self.at = 0

        def read(self, _: int, /) -> str:
            self.at += size
            return text[self.at - size : self.at]

    mended, whole = MendedJson(Pieces()), MendedJson(Pieces())
    pieces = "".join(iter(lambda: mended.read(1), ""))
    size = 1000
    assert pieces == "".join(iter(lambda: whole.read(1), ""))


@given(st.text())
def test_json_that_is_right_is_not_changed(text: str) -> None:
    class Whole:
        rest = json.dumps(text)

        def read(self, _: int, /) -> str:
            rest, self.rest = self.rest, ""
            return rest

    assert JsonReader(MendedJson(Whole())).value() == text


def test_an_export_that_ends_too_early_gives_its_whole_posts_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = json.dumps(channel(*(post(at, f"{DYE} {at}.") for at in range(9))), indent=1)
    for at in range(2, 10):
        cut = whole[: len(whole) * at // 10]
        parts = found(tmp_path / "result.json", cut)
        articles = [part for part in parts if isinstance(part, Article)]
        assert len(articles) in (cut.count("\n  }"), cut.count("\n  }") + 1)
        assert reasons(parts) == ["it ends too early, in the midst of a post; export it again"]


def test_a_post_of_one_word_without_end_is_read(tmp_path: Path) -> None:
    word = "dye" * 40_000
    [article] = export(tmp_path, channel(post(1, word), post(2, f"ask@dyer.example {'@a' * 9}")))[:1]
    assert isinstance(article, Article)
    assert article.paragraphs[0].text == word
