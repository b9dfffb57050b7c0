"""What an earlier version wrote is taken over: an index and a bot's memory of commit a990aaa, as that code wrote them.

upgrades/a990aaa.zip holds three articles, the index that `quoth index` made of them in /srv/articles, and the memory of
a bot that was paired with person 7, who asked two questions and found the first answer helpful.
"""

import shutil
import signal
import sqlite3
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.telegram.memory.database import FILE
from bot.channels.telegram.memory.memory import Memory
from bot.errors import ChannelError
from index.store.store import Manifest, Store
from tests.telegram_server.server import FakeTelegram
from tests.telegram_shelf import answering, asked

WHO = "Who designed the tower of the lighthouse?"
# So soon after the bot was asked.
ASKED_AT = 1_795_802_300.0

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    shutil.unpack_archive(Path(__file__).parent / "upgrades" / "a990aaa.zip", tmp_path)
    return tmp_path / "data"


def rewritten(data: Path, **changes: object) -> None:
    """Write another manifest for the generation in use, as whoever built it so would have."""
    place = data / "generations" / "000001" / "manifest.json"
    record = Manifest.from_json(place.read_bytes(), str(place))
    values = {name: getattr(record, name) for name in record.__dataclass_fields__} | changes
    place.write_text(Manifest(**values).to_json())


@pytest.mark.parametrize("gone", [False, True])
def test_a_question_is_answered_and_the_index_before_is_kept_whether_its_sources_are_there_or_not(
    earlier: Path, quoth: Run, *, gone: bool
) -> None:
    assert "articles     3" in quoth("status").stdout
    if not gone:
        rewritten(earlier, sources=(str(earlier.parent / "articles"),))
    answered = quoth("ask", WHO)
    assert answered.returncode == 0
    assert "The tower was designed by Maren Voss." in answered.stdout
    assert "built by another analyzer" in answered.stderr
    assert "building it anew from its sources" in answered.stderr
    assert quoth("ask", WHO).stderr == ""
    kept = quoth("index", "--list").stdout.splitlines()
    assert [line.split()[0] for line in kept] == ["*", "1"]
    assert "generation 1 is in use again" in quoth("index", "--rollback").stdout


@pytest.mark.parametrize("gone", [False, True])
def test_a_service_that_was_upgraded_answers_without_a_further_step_from_sources_that_are_gone_too(
    earlier: Path, start: Callable[..., subprocess.Popen[str]], *, gone: bool
) -> None:
    if not gone:
        rewritten(earlier, sources=(str(earlier.parent / "articles"),))
    with start("serve", "--listen", "127.0.0.1:0") as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        address = next(line.split()[2] for line in lines if line.startswith("Answering at "))
        with urllib.request.urlopen(f"{address}v1/answer?q=Who+designed+the+tower%3F") as reply:  # noqa: S310
            assert b"Maren Voss" in reply.read()
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "building it anew from its sources" in told
    assert ("/srv/articles: it is not there: its 3 articles stay" in told) is gone


async def test_its_bot_knows_its_owner_its_answers_and_its_thumbs(
    earlier: Path, tmp_path: Path, fake: FakeTelegram
) -> None:
    from index import Article, read
    from index.build.build import Options, build

    memory = Memory(earlier, clock=lambda: ASKED_AT)
    assert memory.owners == {7}
    (judged,) = memory.answers.judgements()
    assert judged.question == WHO
    memory.close()
    # They lay in /srv when the bot named them.
    articles = [
        replace(part, path=part.path.replace(str(tmp_path), "/srv"))
        for part in read([tmp_path / "articles"])
        if isinstance(part, Article)
    ]
    build(Store(earlier), articles, [], Options(force=True))
    with answering(earlier) as answerer:
        liked = answerer.articles.open(judged.passage.article)
        assert liked is not None
        assert "Maren Voss" in liked.passages[judged.passage.position].text
        # Telegram counts on from what the earlier bot took.
        fake._next_update = 2000
        async with asked(fake, earlier, answerer, access="paired"):
            assert "Maren Voss" in (await fake.say_and_wait(7, WHO)).text
            assert "Maren Voss" not in (await fake.say_and_wait(8, WHO)).text


def test_an_index_of_a_later_version_is_refused_with_a_sentence(earlier: Path, quoth: Run) -> None:
    rewritten(earlier, analyzer={"version": 99})
    analyzer = quoth("ask", WHO)
    rewritten(earlier, format=99)
    layout = quoth("ask", WHO)
    for refused in (analyzer, layout):
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "later version" in refused.stderr
        assert refused.stderr.endswith(
            "; install that version again, or run `quoth index PATH` to rebuild it with this one\n"
        )
        assert refused.stderr.count("\n") == 1


def test_the_memory_of_a_later_version_is_refused_with_a_sentence(earlier: Path) -> None:
    with sqlite3.connect(earlier / FILE) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(ChannelError, match=r"written by another version \(99, this one writes \d+\)"):
        Memory(earlier, clock=lambda: ASKED_AT)
