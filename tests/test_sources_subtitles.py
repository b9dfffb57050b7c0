"""Subtitles: what is said, in paragraphs that know their time."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model import Article, Skipped
from index.sources import read
from tests.records import articles, found, texts

TALK = """1
00:00:02,000 --> 00:00:04,000
The bakers of the upper town

2
00:00:04,000 --> 00:00:06,500
<font color="yellow">rise at <i>three</i></font>.

3
00:00:07,000 --> 00:00:08,000
{\\an8}There are

4
00:00:08,000 --> 00:00:09,000
12

5
00:00:09,000 --> 00:00:11,000
of them &amp; one cat.

6
00:01:30,250 --> 00:01:33,000
- Who feeds the cat?
- The miller.

7
01:00:00,000 --> 01:00:02,000
[bell rings]
"""


def one(folder: Path, content: str | bytes, name: str = "talk.srt") -> Article:
    (article,) = articles(folder / name, content)
    return article


def timed(article: Article) -> list[tuple[str | None, str]]:
    return [(paragraph.fragment, paragraph.text) for paragraph in article.paragraphs]


@pytest.mark.parametrize(
    "content",
    [TALK.encode(), TALK.replace("\n", "\r\n").encode("utf-8-sig"), TALK.replace("\n\n", "\n \n").encode("utf-16")],
)
def test_cues_are_joined_to_sentences_and_paragraphs(tmp_path: Path, content: bytes) -> None:
    article = one(tmp_path, content)
    assert article.title == "talk"
    assert timed(article) == [
        ("t=2", "The bakers of the upper town rise at three. There are 12 of them & one cat."),
        ("t=90.25", "- Who feeds the cat?"),
        ("t=90.25", "- The miller."),
    ]
    assert [(one.text, one.reason) for one in article.dropped] == [("[bell rings]", "a sound")]


def test_captions_of_subviewer_are_read_and_chevrons_begin_a_turn(tmp_path: Path) -> None:
    content = (
        "0:00:01.000,0:00:03.500\n>> ROSA: The bread[br]is ready,\nand so\n\n0:00:03.500,0:00:06.250\nis the cat.\n"
        ">> Who\nasked?\n\n1:00:06.250,1:00:07.000\n10:30,11:45 is\n0:00:99,0 late.\n"
    )
    for name in ("a.sbv", "a"):
        assert timed(one(tmp_path, content, name)) == [
            ("t=1", "ROSA: The bread is ready, and so is the cat."),
            ("t=3.5", "Who asked?"),
            ("t=3606.25", "10:30,11:45 is 0:00:99,0 late."),
        ]
    vtt = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n&gt;&gt; Who feeds the cat?\n\n00:02.000 --> 00:03.000\n>>> Now the news.\n"
    )
    assert texts(one(tmp_path, vtt, "b.vtt")) == ["Who feeds the cat?", "Now the news."]


def test_remarks_style_sheets_regions_names_and_settings_of_webvtt_leave_nothing(tmp_path: Path) -> None:
    content = """WEBVTT - The Bakers
Kind: captions
Language: de-AT

NOTE
Checked twice,
by two people.

STYLE
::cue { color: red }

REGION
id:left

NOTE
00:01.000 --> 00:03.000 line:85%
<v Rosa>Das <c.loud>Brot</c> ist <00:00:02.000>fertig.</v>

second-2
00:03.000 --> 00:05.000 position:10%,line-left
<v.shy Emil Roth>Wer isst &lt;es&gt;?</v>

01:00:03.000 --> 01:00:05.000
<ruby>漢<rt>kan</rt></ruby>字
"""
    article = one(tmp_path, content, "bakers.vtt")
    assert (article.title, article.language) == ("The Bakers", "de")
    assert timed(article) == [
        ("t=1", "Rosa: Das Brot ist fertig."),
        ("t=3", "Emil Roth: Wer isst <es>?"),
        ("t=3603", "漢字"),
    ]


def machine(*lines: str) -> str:
    """Captions as a machine writes them: each cue shows the line before and the new one, then both once more."""
    cues = ["WEBVTT\nKind: captions\n"]
    before = " "
    for number, line in enumerate(lines):
        marked = line.replace(" ", f"<00:00:{2 * number:02}.500><c> ")
        cues.append(f"00:00:{2 * number:02}.000 --> 00:00:{2 * number + 1:02}.990 align:start\n{before}\n{marked}\n")
        cues.append(f"00:00:{2 * number + 1:02}.990 --> 00:00:{2 * number + 2:02}.000 align:start\n{line}\n \n")
        before = line
    return "\n".join(cues)


def test_lines_that_a_machine_repeats_stand_once(tmp_path: Path) -> None:
    lines = ("the flour comes up the hill", "on a mule that is older", "than the road", "and the road is long")
    assert texts(one(tmp_path, machine(*lines), "mule.vtt")) == [" ".join(lines)]
    growing = "\n".join(
        f"{at}\n00:00:0{at},000 --> 00:00:0{at + 1},000\n{' '.join('the mule is old'.split()[:at])}\n"
        for at in range(1, 5)
    )
    assert texts(one(tmp_path, growing)) == ["the mule is old"]


def test_a_refrain_stays(tmp_path: Path) -> None:
    said = ("Row the boat.", "Row the boat.", "It leaks.", "It is old.", "Bail it.", "Sing.", "Land.")
    content = "\n".join(f"{at}\n00:00:0{at},000 --> 00:00:0{at},900\n{line}\n" for at, line in enumerate(said, 1))
    assert texts(one(tmp_path, content)) == [" ".join(said)]


def test_a_pause_or_a_full_paragraph_ends_a_paragraph(tmp_path: Path) -> None:
    def cue(at: int, text: str) -> str:
        return f"{at}\n00:{at // 60:02}:{at % 60:02},000 --> 00:{at // 60:02}:{at % 60:02},900\n{text}\n\n"

    apart = cue(1, "It rains.") + cue(2, "It snows.") + cue(5, "It hails.") + cue(6, "and") + cue(9, "rains on.")
    assert texts(one(tmp_path, apart)) == ["It rains. It snows.", "It hails. and rains on."]
    long = "".join(cue(at, f"{at} words of nobody who ever ends a sentence here") for at in range(30))
    assert [len(text.split()) for text in texts(one(tmp_path, long))] == [100, 100, 100]
    sentences = "".join(cue(at, f"{at} words of somebody who does end a sentence here.") for at in range(12))
    assert [len(text.split()) for text in texts(one(tmp_path, sentences))] == [60, 60]


def test_lines_are_joined_as_their_language_writes(tmp_path: Path) -> None:
    content = (
        "1\n00:00:01,000 --> 00:00:02,000\n面包师傅凌晨\n三点起床。\n\n2\n00:00:02,000 --> 00:00:03,000\n猫也是。\n"
    )
    assert texts(one(tmp_path, content)) == ["面包师傅凌晨三点起床。猫也是。"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("WEBVTT\n\nNOTE only a remark\n", "no words in it"),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n", "no words in it"),
        ("1\n00:00:01,000 --> 00:00:02,000\n♪♪\n", "no words in it"),
    ],
)
def test_what_says_nothing_is_told(tmp_path: Path, content: str, reason: str) -> None:
    assert found(tmp_path / "a.srt", content) == [Skipped(str(tmp_path / "a.srt"), reason)]


def test_a_file_is_read_as_subtitles_whatever_it_is_called(tmp_path: Path) -> None:
    assert timed(one(tmp_path, TALK, "talk.txt"))[0][0] == "t=2"
    assert timed(one(tmp_path, "WEBVTT\n\n00:05.000 --> 00:06.000\nIt rains.\n", "talk.srt")) == [("t=5", "It rains.")]


def clock(thousandths: int, sign: str) -> str:
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{sign}{rest:03}"


WORD = st.text(st.characters(categories=["Ll"], max_codepoint=0x24F), min_size=1, max_size=8)
# Where most cues say again what stood above, a machine made them, and it is read once.
SENTENCES = st.lists(
    st.lists(WORD, min_size=2, max_size=12, unique=True).map(" ".join), min_size=1, max_size=8, unique=True
)


@pytest.mark.slow
@settings(max_examples=30)
@given(sentences=SENTENCES, ending=st.sampled_from(("srt", "vtt", "sbv")), cut=st.integers(1, 5))
def test_what_is_said_comes_back_whatever_the_cues(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str], ending: str, cut: int
) -> None:
    """Every sentence is cut into cues of some words, with ten seconds of silence behind it."""
    sign, between = {"srt": (",", " --> "), "vtt": (".", " --> "), "sbv": (".", ",")}[ending]
    written, at, begins = "WEBVTT\n\n" if ending == "vtt" else "", 0, []
    for sentence in sentences:
        words = f"{sentence}.".split()
        begins.append(at)
        for start in range(0, len(words), cut):
            number = f"{at // 1000 + 1}\n" if ending == "srt" else ""
            times = f"{clock(at, sign)}{between}{clock(at + 1500, sign)}"
            written += f"{number}{times}\n{' '.join(words[start : start + cut])}\n\n"
            at += 1500
        at += 10_000
    path = tmp_path_factory.mktemp("law") / f"a.{ending}"
    path.write_text(written)
    (article,) = read([path])
    assert isinstance(article, Article)
    from unicodedata import normalize

    assert texts(article) == [f"{normalize('NFC', sentence)}." for sentence in sentences]
    assert [float((part.fragment or "")[2:]) * 1000 for part in article.paragraphs] == begins


def test_names_in_capitals_tell_who_speaks(tmp_path: Path) -> None:
    cue = "1\n00:00:01,000 --> 00:00:04,000\nROSA: Who counts?\nTHE MILLER: I do.\n"
    assert [text for _, text in timed(one(tmp_path, cue))] == ["ROSA: Who counts?", "THE MILLER: I do."]
