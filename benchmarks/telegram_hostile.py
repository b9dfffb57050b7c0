"""One person sends the real `quoth telegram` all they can while another asks; then many send many updates: its memory.

    python -m benchmarks.telegram_hostile [--updates 10000] [--memory 20000] [--webhook]

The hostile person presses buttons, types inline, sends questions full of phrases, commands, edits and reactions, and is
never slowed down by Telegram. The other asks a question every second. Ends with exit code 1 when one of these was
answered after more than two seconds, or when memory grew by more than a tenth and 10 MB over the second half of the
many updates. This process is Telegram (tests/telegram_server), and takes part of the machine.
"""

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from typing import Final

import numpy as np

from benchmarks.telegram_load import QUESTIONS, ROOT, Usage
from tests.telegram_bot import hook_options
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import Sent

HOSTILE, GROUP = 666, -100_666
LONGEST: Final = 2.0
_THINGS: Final = ("bridge", "gangway", "market", "hall", "greenhouse", "planet", "moons", "news")
_PHRASES: Final = " ".join(f'"the {thing} of"' for thing in _THINGS * 5)


@contextlib.asynccontextmanager
async def _program(fake: FakeTelegram, *, webhook: bool) -> AsyncIterator[Usage]:
    """Run the bot in a process of its own, open to everybody, on an index of the sample articles."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "QUOTH_DATA_DIR": folder,
            "QUOTH_TELEGRAM_BASE_URL": fake.base_url,
            "QUOTH_TELEGRAM_TOKEN": fake.token,
            "QUOTH_TELEGRAM_ACCESS": "open",
            "QUOTH_LOG_LEVEL": "ERROR",
        }
        if webhook:
            hook = hook_options()
            environment |= {
                "QUOTH_TELEGRAM_WEBHOOK_URL": hook.url,
                "QUOTH_TELEGRAM_WEBHOOK_SECRET": hook.secret,
                "QUOTH_TELEGRAM_WEBHOOK_LISTEN": f"{hook.host}:{hook.port}",
            }
        quoth = [sys.executable, "-m", "bot.__main__"]
        subprocess.run([*quoth, "index", str(ROOT / "examples")], env=environment, check=True, capture_output=True)
        bot = await asyncio.create_subprocess_exec(*quoth, "telegram", env=environment, stdout=subprocess.PIPE)
        try:
            if bot.stdout is not None:
                await bot.stdout.readline()
            yield Usage(bot.pid)
        finally:
            bot.terminate()
            await bot.wait()


def _attack(fake: FakeTelegram, number: int, answer: Sent, in_group: Sent, two: str) -> None:
    """Do one of the things that a hostile person does."""
    first = fake.world.messages[HOSTILE, answer.reply_to or 0]
    match number % 10:
        case 0:
            fake.press_data(answer, two)
        case 1:
            fake.press_data(in_group, f"1n{number:08}aaaa.forged00", user=HOSTILE)
        case 2:
            fake.inline(HOSTILE, f"{number} {_PHRASES}"[:256])
        case 3:
            fake.say(HOSTILE, f"{_PHRASES[:420]} {number}")
        case 4:
            fake.say(GROUP, f"/ask {_PHRASES[:420]} {number}", user=HOSTILE)
        case 5:
            fake.say(HOSTILE, f"/start p_{number}")
        case 6:
            fake.say(HOSTILE, "/titles " + "bridge " * 100)
        case 7:
            fake.edit(first, f"better {number}")
        case 8:
            fake.react(answer, "👍" if number % 20 == 8 else "👎")
        case _:
            fake.say(HOSTILE, f"/pair {number:08}")


async def hostile(fake: FakeTelegram, usage: Usage, updates: int) -> list[float]:
    """Send the hostile updates in some seconds; return how long each question of others took meanwhile."""
    answer = await fake.say_and_wait(HOSTILE, QUESTIONS[0], timeout=30)
    in_group = await fake.say_and_wait(GROUP, f"/ask {QUESTIONS[0]}", user=HOSTILE, timeout=30)
    two = next(button["callback_data"] for row in answer.raw["reply_markup"]["inline_keyboard"] for button in row)
    waits: list[float] = []
    loop, cpu = asyncio.get_running_loop(), usage.cpu()

    async def attack() -> None:
        for number in range(updates):
            _attack(fake, number, answer, in_group, two)
            if number % 100 == 99:
                await asyncio.sleep(0.1)

    attacking, began = asyncio.create_task(attack()), loop.time()
    asker = 1000
    while not attacking.done() or fake.pending():
        asker, asked = asker + 1, loop.time()
        await fake.say_and_wait(asker, QUESTIONS[asker % len(QUESTIONS)], timeout=120)
        waits.append(loop.time() - asked)
        await asyncio.sleep(max(0.0, 1.0 - waits[-1]))
    await attacking
    spent = loop.time() - began
    to_them = len(fake.sent(HOSTILE)) + len(fake.sent(GROUP))
    print(f"hostile updates     {updates} in {spent:.1f} s, {to_them} messages sent because of them")
    print("others answered     {:.2f} s (median), {:.2f} s (p95), {:.2f} s (longest) of {}".format(
        *np.percentile(waits, (50, 95, 100)), len(waits)))  # fmt: skip
    print(f"CPU of the bot      {usage.cpu() - cpu:.1f} s meanwhile", flush=True)
    return waits


async def many(fake: FakeTelegram, usage: Usage, updates: int) -> list[float]:
    """Send updates of many people; return the resident memory in MB after each twentieth, when it is answered."""
    held: list[float] = []
    typed, said = len(fake.called("answerInlineQuery")), len(fake.called("sendMessage"))

    def are_answered() -> bool:
        return len(fake.called("answerInlineQuery")) >= typed and len(fake.called("sendMessage")) >= said

    for step in range(20):
        for number in range(updates // 20):
            person = 10_000 + step * updates + number
            if number % 2:
                fake.inline(person, f"bridge {number % 7}")
                typed += 1
            else:
                fake.say(person, QUESTIONS[number % len(QUESTIONS)])
                said += 1
            # What waits takes memory of its own, some ten kilobytes each.
            if number % 100 == 99:
                await fake.until(are_answered, timeout=300)
        await fake.until(are_answered, timeout=300)
        # What the server remembers of calls is this process's memory, not the bot's.
        usage.sample()
        held.append(usage.resident[-1])
        print(f"  {(step + 1) * updates // 20:6} updates: {held[-1]:.0f} MB", flush=True)
    return held


async def _run(wanted: argparse.Namespace) -> int:
    slow = grown = False
    async with FakeTelegram(hook_delay=0.1) as fake, _program(fake, webhook=wanted.webhook) as usage:
        if wanted.updates:
            slow = max(await hostile(fake, usage, wanted.updates)) > LONGEST
        if wanted.memory:
            held = await many(fake, usage, wanted.memory)
            grown = held[-1] > 1.1 * held[9] and held[-1] > held[9] + 10
            print(f"memory              {held[0]:.0f} MB soon, {held[9]:.0f} MB half way, {held[-1]:.0f} MB at the end")
    return int(slow or grown)


def main() -> int:
    """Run it once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--memory", type=int, default=20_000)
    parser.add_argument("--webhook", action="store_true")
    return asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
