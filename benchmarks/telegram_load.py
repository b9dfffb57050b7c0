"""Many people ask the real `quoth telegram` at once, over HTTP: nothing lost, nothing twice, in order, and how fast.

    python -m benchmarks.telegram_load [--chats 200] [--each 10] [--webhook]

The bot is a process of its own, on an index of the sample articles; this process is Telegram (tests/telegram_server).
The bot's calls say when they began: whether a limit was overrun is then the bot's doing, and not that of a Telegram
that was kept from the processor, and reads at once what was sent one after another.
All questions are there at once, which is more than Telegram lets any bot answer: 30 messages a second in all. So the
time of an answer is mostly its place in the queue; what the bot itself needs is the CPU per answer. Meanwhile buttons
under the first answer are pressed. Ends with exit code 1 when a question was lost or answered twice,
an order broken, or one of Telegram's limits overrun.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.telegram_bot import hook_options
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent

ROOT = Path(__file__).parents[1]
QUESTIONS = (
    "How wide is the gangway over the bridge?",
    "When does the bridge close?",
    "Who reads the news in the market hall?",
    "What grows in the greenhouse?",
    "Which planet has the most moons?",
)
_TICKS = os.sysconf("SC_CLK_TCK")
STAMPED = """
import sys, time, httpx
plain = httpx.AsyncHTTPTransport.handle_async_request
async def stamped(transport, request):
    request.headers["X-Began"] = repr(time.monotonic())
    return await plain(transport, request)
httpx.AsyncHTTPTransport.handle_async_request = stamped
sys.argv[0] = "quoth"
from bot.__main__ import main
main()
"""


@dataclass(slots=True)
class Usage:
    """What the bot's process used, from /proc: seconds of CPU, and its resident memory in MB each time it was asked."""

    pid: int
    resident: list[float] = field(default_factory=list)

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def sample(self) -> None:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        self.resident.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def main() -> int:
    """Run the load once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--webhook", action="store_true")
    return asyncio.run(_run(parser.parse_args()))


async def _run(wanted: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with FakeTelegram(hook_delay=0.1) as fake:
            environment = os.environ | {
                "QUOTH_DATA_DIR": folder,
                "QUOTH_TELEGRAM_BASE_URL": fake.base_url,
                "QUOTH_TELEGRAM_TOKEN": fake.token,
                "QUOTH_TELEGRAM_ACCESS": "open",
            }
            if wanted.webhook:
                hook = hook_options()
                environment |= {
                    "QUOTH_TELEGRAM_WEBHOOK_URL": hook.url,
                    "QUOTH_TELEGRAM_WEBHOOK_SECRET": hook.secret,
                    "QUOTH_TELEGRAM_WEBHOOK_LISTEN": f"{hook.host}:{hook.port}",
                }
            quoth = [sys.executable, "-m", "bot.__main__"]
            subprocess.run([*quoth, "index", str(ROOT / "examples")], env=environment, check=True, capture_output=True)
            stamped = [sys.executable, "-c", STAMPED, "telegram"]
            bot = await asyncio.create_subprocess_exec(*stamped, env=environment, stdout=subprocess.PIPE)
            if bot.stdout is not None:
                await bot.stdout.readline()
            try:
                return await _load(fake, Usage(bot.pid), wanted)
            finally:
                bot.terminate()
                await bot.wait()


async def _load(fake: FakeTelegram, usage: Usage, wanted: argparse.Namespace) -> int:
    first = await fake.say_and_wait(wanted.chats + 1, QUESTIONS[0], timeout=30)
    await fake.press_and_wait(first, "… More")
    first = await fake.wait_edit(first)
    began, cpu, total = _now(), usage.cpu(), wanted.chats * wanted.each
    asked: dict[int, list[int]] = {chat: [] for chat in range(1, wanted.chats + 1)}
    for number in range(wanted.each):
        for chat, messages in asked.items():
            messages.append(fake.say(chat, QUESTIONS[(chat + number) % len(QUESTIONS)])["message_id"])
    pressing = asyncio.create_task(_press(fake, first))
    quiet = 0
    while len(fake.sent()) <= total and quiet < 60:
        usage.sample()
        before = len(fake.sent())
        await asyncio.sleep(0.5)
        quiet = quiet + 1 if len(fake.sent()) == before else 0
    used = usage.cpu() - cpu
    usage.sample()
    pressing.cancel()
    await asyncio.sleep(1)
    moments = [call.at - began for call in fake.called("sendMessage") if call.status == 200][1:]
    limits = fake.broken_limits()
    replies = {chat: [sent.reply_to for sent in fake.sent(chat)] for chat in asked}
    lost = sum(len(set(messages) - set(replies[chat])) for chat, messages in asked.items())
    twice = sum(len(found) - len(set(found)) for found in replies.values())
    order = sum(found != sorted(found, key=lambda number: number or 0) for found in replies.values())
    refused = sum("Too many questions" in sent.text for sent in fake.sent())
    waits = sorted(_waits(fake))
    print(f"questions           {total} from {wanted.chats} chats, all there at once")
    print(f"lost, twice         {lost}, {twice}; chats out of order: {order}; turned away as a flood: {refused}")
    print(f"limits overrun      {'; '.join(limits) or 'none'}")
    print(f"answers/s           {len(moments) / max(moments):.1f} (Telegram lets a bot send 30)")
    print("answered after      p50 {:.1f} s, p95 {:.1f} s, p99 {:.1f} s".format(*np.percentile(moments, (50, 95, 99))))
    print("buttons answered    p50 {:.0f} ms, p95 {:.0f} ms".format(*1000 * np.percentile(waits, (50, 95))), end="")
    print(f", {len(waits)} of {len(fake.pressed)} pressed meanwhile")
    print(f"CPU per answer      {1000 * used / len(moments):.1f} ms")
    tenth = max(1, len(usage.resident) // 10)
    held = np.mean(usage.resident[tenth : 2 * tenth + 1]), np.mean(usage.resident[-tenth:]), max(usage.resident)
    print("memory              {:.0f} MB soon, {:.0f} MB at the end, {:.0f} MB at most".format(*held))
    return int(bool(lost or twice or order or limits or len(waits) < len(fake.pressed)))


async def _press(fake: FakeTelegram, first: Sent) -> None:
    """Press a button under the very first answer, every two seconds."""
    while True:
        await asyncio.sleep(2)
        fake.press(first, "Helpful")


def _waits(fake: FakeTelegram) -> list[float]:
    """Return the seconds from each press to its answer."""
    answered = {call.arguments["callback_query_id"]: call.at for call in fake.called("answerCallbackQuery")}
    return [answered[query] - at for query, at in fake.pressed.items() if query in answered]


def _now() -> float:
    return asyncio.get_running_loop().time()


if __name__ == "__main__":
    sys.exit(main())
