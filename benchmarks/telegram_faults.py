"""What Telegram may do to a call, done to the channel over HTTP: answers lost in silence, doubled, or out of order.

    python -m benchmarks.telegram_faults [--questions 2500] [--share 0.05] [--long] [--only polling|webhook]

First a matrix: each fault hits the answer to the first of three questions, then the edit of an answer, in a private
chat, a group and a topic; then the polls, while questions are asked. Then a storm: of all sends, edits and polls a
share suffers any of the faults. An answer counts as lost in silence where neither it nor "If you see no answer ..."
came. A second of Telegram's takes a millisecond here, but between polls, whose waits are python-telegram-bot's own:
`--long` waits out 35 and 209 s. Ends with exit code 1 when something was lost, doubled or out of order.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bot.catalogue import Catalogue
from tests.telegram_bot import FAST, SENTENCE, running
from tests.telegram_server.server import FakeTelegram
from tests.telegram_server.wire import (
    JSON,
    Arguments,
    CloseSocket,
    DeliverThen,
    DeliverThenHang,
    Fault,
    Hang,
    Sent,
    Status,
    refusal,
    too_many,
)

SAY: Final = Catalogue("en").text
LOOK: Final = SAY("no_receipt")
TOPIC: Final = 5
PAGE: Final = "<html>Bad Gateway</html>"
PACE: Final = replace(FAST, second=0.001, read=1.0, poll=0)
_UNSURE: Final[dict[str, Status | CloseSocket]] = {
    "502": Status(502, PAGE),
    "500": refusal(500, "Internal Server Error"),
    "504": Status(504, PAGE),
    "closed socket": CloseSocket(),
}
BROKEN_OFF: Final[dict[str, Fault]] = {
    **_UNSURE,
    "hung socket": Hang(),
    **{f"{name}, arrived": DeliverThen(fault) for name, fault in _UNSURE.items()},
    "hung socket, arrived": DeliverThenHang(),
}
WAITED: Final[dict[str, Fault]] = {f"429 of {seconds} s": too_many(seconds) for seconds in (1, 35, 209)}
REFUSED: Final[dict[str, Fault]] = {
    text: refusal(400, f"Bad Request: {text}")
    for text in ("message thread not found", "message to be replied not found")
}
FAULTS: Final = BROKEN_OFF | WAITED | REFUSED
PLACES: Final = ("private", "group", "topic")
_STUMBLING: Final = ("sendmessage", "editmessagetext", "getupdates")


@dataclass(slots=True)
class Tally:
    """What became of `asked` questions: `told` are those whose answer may be missing, and who asked knows."""

    asked: int = 0
    answered: int = 0
    told: int = 0
    lost: int = 0
    doubled: int = 0
    unordered: int = 0

    def add(self, other: "Tally") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __str__(self) -> str:
        return (
            f"{self.asked:6} asked {self.answered:6} answered {self.told:5} told {self.lost:4} lost in silence "
            f"{self.doubled:4} doubled {self.unordered:4} out of order"
        )

    @property
    def bad(self) -> bool:
        return bool(self.lost or self.doubled or self.unordered)


@dataclass(slots=True)
class Place:
    """A chat, or a topic of one, and what was asked there."""

    chat: int
    thread: int | None = None
    asked: list[JSON] = field(default_factory=list)

    def ask(self, fake: FakeTelegram, question: str) -> None:
        text = question if self.chat > 0 else f"/ask {question}"
        self.asked.append(fake.say(self.chat, text, thread=self.thread))

    def tally(self, fake: FakeTelegram) -> Tally:
        """An answer without a place to reply to (that was refused) counts for the first question without one."""
        numbers = [message["message_id"] for message in self.asked]
        sent = [(message.reply_to, SENTENCE in message.text) for message in fake.sent(self.chat)]
        answers = Counter(reply for reply, is_answer in sent if is_answer)
        told = {reply for reply, is_answer in sent if not is_answer}
        missing = [number for number in numbers if number not in answers]
        loose = answers.pop(None, 0)
        silent = [number for number in missing if number not in told]
        replies = [reply for reply, _ in sent if reply is not None]
        return Tally(
            len(numbers),
            len(answers) + min(loose, len(silent)),
            len(told),
            max(0, len(silent) - loose),
            sum(count - 1 for count in answers.values()) + max(0, loose - len(silent)),
            int(replies != sorted(replies)),
        )


class Stumbling(FakeTelegram):
    """A Telegram that does to a `share` of its calls what it may."""

    share = 0.0

    def __init__(self, *, hook_delay: float) -> None:
        super().__init__(hook_delay=hook_delay)
        self.chance = random.Random(1)  # noqa: S311 - a benchmark
        self.hit: Counter[str] = Counter()

    def _planned(self, method: str, arguments: Arguments) -> Fault | None:
        if method in _STUMBLING and self.chance.random() < self.share:
            self.hit[method] += 1
            return self.chance.choice(
                [fault for name, fault in (BROKEN_OFF | WAITED).items() if self._fits(method, name)]
            )
        return super()._planned(method, arguments)

    def _fits(self, method: str, name: str) -> bool:
        return method != "getupdates" or not name.startswith("429")


async def _settled(fake: FakeTelegram, seconds: float = 3.0) -> None:
    """Wait until nothing was sent or changed for so long, and nothing waits to be fetched."""
    loop, quiet, before = asyncio.get_running_loop(), 0.0, -1
    end = loop.time() + 900
    while quiet < seconds and loop.time() < end:
        await asyncio.sleep(0.1)
        now = sum(call.method != "getupdates" for call in fake.calls)
        quiet = quiet + 0.1 if now == before and not fake.pending() else 0.0
        before = now


def _places(number: int) -> list[Place]:
    return [Place(number), Place(-1000 - number), Place(-2000 - number, TOPIC)]


async def matrix(method: str, faults: dict[str, Fault], *, webhook: bool) -> dict[tuple[str, str], Tally]:
    """Let every fault hit one call of `method` in each kind of place; return what became of its questions."""
    with tempfile.TemporaryDirectory() as folder:
        async with FakeTelegram(hook_delay=0.05) as fake, running(fake, Path(folder), pace=PACE, webhook=webhook):
            made = {name: _places(number) for number, name in enumerate(faults, start=1)}
            for name, places in made.items():
                for place in places:
                    fake.fail(method, faults[name], chat=place.chat)
            everywhere = [place for places in made.values() for place in places]
            if method == "sendMessage":
                for question in ("first", "second", "third"):
                    for place in everywhere:
                        place.ask(fake, question)
                await _settled(fake)
                return _by_place(made, [place.tally(fake) for place in everywhere])
            for place in everywhere:
                place.ask(fake, "first")
            await fake.wait_sent(len(everywhere), timeout=120)
            for place in everywhere:
                message = place.asked[0]
                fake.edit(message, message["text"].replace("first", "better"))
            await _settled(fake)
            return _by_place(made, [_edited(fake, place) for place in everywhere])


def _edited(fake: FakeTelegram, place: Place) -> Tally:
    """An edit is there once: in the message that was to be changed, or in a new one."""
    return _edit([fake.now(sent) for sent in fake.sent(place.chat)])


def _edit(shown: Collection[Sent]) -> Tally:
    fresh = sum(SAY("after_edit") in sent.text for sent in shown)
    told = sum(sent.text == LOOK for sent in shown)
    return Tally(1, min(fresh, 1), told, int(not fresh and not told), max(0, fresh - 1), 0)


def _by_place(made: dict[str, list[Place]], tallies: Sequence[Tally]) -> dict[tuple[str, str], Tally]:
    return dict(zip([(name, place) for name in made for place in PLACES], tallies, strict=True))


async def polls(fault: Fault) -> Tally:
    """Let a fault hit two polls while questions are asked."""
    with tempfile.TemporaryDirectory() as folder:
        async with FakeTelegram() as fake, running(fake, Path(folder), pace=replace(PACE, read=0.5)):
            places = _places(1)
            fake.fail("getUpdates", fault, times=2)
            for question in ("first", "second", "third"):
                for place in places:
                    place.ask(fake, question)
            await fake.wait_sent(9, timeout=500)
            await _settled(fake, 0.5)
            total = Tally()
            for place in places:
                total.add(place.tally(fake))
            return total


async def storm(questions: int, share: float, *, webhook: bool) -> tuple[Tally, Tally, Counter[str]]:
    """Ask in many places while a share of all calls goes wrong; return what became of answers, edits, and calls."""
    with tempfile.TemporaryDirectory() as folder:
        fake = Stumbling(hook_delay=0.05)
        async with fake, running(fake, Path(folder), pace=PACE, webhook=webhook):
            fake.share = share
            places = [place for number in range(1, 51) for place in _places(number)]
            for number in range(questions):
                places[number % len(places)].ask(fake, f"question {number}")
                if number % 50 == 0:
                    await asyncio.sleep(0.05)
            await _settled(fake, 6.0)
            answers, edits = Tally(), Tally()
            for place in places:
                answers.add(place.tally(fake))
            before = {place.chat: len(fake.sent(place.chat)) for place in places}
            for place in places:
                message = place.asked[0]
                fake.edit(message, f"{message['text']} better")
            await _settled(fake, 6.0)
            for place in places:
                first = [sent for sent in fake.sent(place.chat) if sent.reply_to == place.asked[0]["message_id"]]
                later = fake.sent(place.chat)[before[place.chat] :]
                fresh = sum(
                    SAY("after_edit") in fake.now(sent).text for sent in {s.id: s for s in first + later}.values()
                )
                told = sum(sent.text == LOOK for sent in first + later)
                edits.add(Tally(1, min(fresh, 1), told, int(not fresh and not told), max(0, fresh - 1), 0))
            return answers, edits, fake.hit


def _print(title: str, found: dict[tuple[str, str], Tally]) -> Tally:
    total = Tally()
    print(f"\n{title}")
    for (name, place), tally in found.items():
        total.add(tally)
        if tally.bad:
            print(f"  {name}, {place}: {tally}")
    for name in dict.fromkeys(name for name, _ in found):
        row = Tally()
        for (other, _), tally in found.items():
            if other == name:
                row.add(tally)
        print(f"  {name:32} {row}")
    print(f"  {'all':32} {total}", flush=True)
    return total


async def _run(wanted: argparse.Namespace) -> int:
    total = Tally()
    for way in ("polling", "webhook") if wanted.only is None else (wanted.only,):
        webhook = way == "webhook"
        for method in ("sendMessage", "editMessageText"):
            total.add(_print(f"{method}, by {way}", await matrix(method, FAULTS, webhook=webhook)))
        if not webhook:
            waits = WAITED if wanted.long else {"429 of 1 s": WAITED["429 of 1 s"]}
            broken = BROKEN_OFF | waits
            found = await asyncio.gather(*map(polls, broken.values()))
            total.add(_print("getUpdates", {(name, ""): tally for name, tally in zip(broken, found, strict=True)}))
        answers, edits, hit = await storm(wanted.questions, wanted.share, webhook=webhook)
        print(f"\nstorm, by {way}: {wanted.share:.0%} of all calls, {dict(hit)} of them hit")
        print(f"  {'answers':32} {answers}\n  {'edits':32} {edits}", flush=True)
        total.add(answers)
        total.add(edits)
    print(f"\n{'all together':34} {total}")
    return int(total.bad)


def main() -> int:
    """Run it once and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=2500)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", choices=("polling", "webhook"))
    warnings.filterwarnings("ignore", message=".*retry_after")
    return asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
