"""Numbers and health for whoever runs the bot: counted right, over HTTP, without anybody's words."""

import asyncio
import logging
import sys
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.figures import BOUNDS, Histogram
from bot.channels.telegram import serve
from bot.errors import MissingExtraError
from tests.telegram_bot import FAST, Library, hook_options, lamp, options, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Hang, too_many

pytestmark = pytest.mark.slow

ALICE = 7


async def get(port: int, path: str) -> tuple[int, str]:
    address = f"http://127.0.0.1:{port}/{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as got:
        return got.status, await got.text()


def number(text: str, name: str) -> float:
    """The value of one line of Prometheus' text."""
    (line,) = [line for line in text.splitlines() if line.startswith(name + " ")]
    return float(line.rpartition(" ")[2])


@pytest.mark.filterwarnings("ignore:.*retry_after")
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_prometheus_reads_what_happened_and_no_words(tmp_path: Path, webhook: bool) -> None:
    port = hook_options().port
    library = Library()
    async with (
        FakeTelegram() as fake,
        running(fake, tmp_path, library=library, webhook=webhook, metrics=("127.0.0.1", port)),
    ):
        fake.fail("sendMessage", too_many(1), chat=ALICE)
        await fake.say_and_wait(ALICE, "my secret question")
        library.error = ValueError("broken")
        await fake.say_and_wait(ALICE, "another secret")
        library.error = None
        fake.push(message={"message_id": "seven"})
        await fake.until(lambda: not fake.pending())
        await fake.say_and_wait(ALICE, "/help")
        status, text = await get(port, "metrics")
        assert [status, (await get(port, "healthz"))[0], (await get(port, "readyz"))[0]] == [200] * 3
    assert number(text, 'quoth_questions_total{state="answered"}') == 1
    assert number(text, 'quoth_questions_total{state="failed"}') == 1
    assert number(text, 'quoth_telegram_events_total{kind="429"}') == 1
    assert number(text, 'quoth_telegram_events_total{kind="unreadable"}') == 1
    assert number(text, 'quoth_update_seconds_bucket{kind="message",le="+Inf"}') >= 2
    assert number(text, "quoth_search_seconds_count") == 2
    assert number(text, "quoth_updates_waiting") <= 1
    assert number(text, "quoth_poll_age_seconds") < 5
    assert number(text, "quoth_index_generation") == lamp().articles.generation
    assert "secret" not in text


async def test_health_tells_a_supervisor_when_polling_is_late(tmp_path: Path) -> None:
    port = hook_options().port
    async with (
        FakeTelegram() as fake,
        running(fake, tmp_path, pace=replace(FAST, poll=0, unhealthy=1.5), metrics=("127.0.0.1", port)),
    ):
        assert (await get(port, "readyz"))[0] == 200
        fake.fail("getUpdates", Hang(), times=99)
        while (await get(port, "readyz"))[0] == 200:
            await asyncio.sleep(0.05)
        assert (await get(port, "healthz"))[0] == 200


async def test_one_address_may_serve_telegram_and_prometheus(tmp_path: Path) -> None:
    hook = hook_options()
    async with FakeTelegram() as fake, running(fake, tmp_path, webhook=hook, metrics=(hook.host, hook.port)):
        await fake.say_and_wait(ALICE, "Who?")
        assert "quoth_questions_total" in (await get(hook.port, "metrics"))[1]


async def test_without_prometheus_client_the_start_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    async with FakeTelegram() as fake:
        chosen = options(fake, tmp_path, metrics=("127.0.0.1", 0))
        with pytest.raises(MissingExtraError, match=r"run `.+ install .*prometheus-client`"):
            await serve(chosen, Library(), stop=asyncio.Event())
        assert not fake.calls


async def test_at_info_each_question_leaves_a_line_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with FakeTelegram() as fake, running(fake, tmp_path):
        await fake.say_and_wait(ALICE, "my secret question")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bot.channels.telegram")]
    assert any(line.startswith("asked state=answered seconds=0.") for line in lines)
    assert any(line.startswith("done kind=message chat=private seconds=") for line in lines)
    assert "secret" not in caplog.text


@given(st.lists(st.floats(0, 100), max_size=50), st.floats(0.01, 1))
def test_a_share_of_the_durations_lies_below_its_bound(durations: list[float], share: float) -> None:
    histogram = Histogram()
    for seconds in durations:
        histogram.add(seconds)
    bound = histogram.below(share)
    below = sum(seconds <= bound for seconds in durations)
    assert below >= share * len(durations) - 1e-9
    assert (histogram.count, histogram.buckets()[-1]) == (len(durations), ("+Inf", float(len(durations))))
    assert bound in (0.0, *BOUNDS, float("inf"))
