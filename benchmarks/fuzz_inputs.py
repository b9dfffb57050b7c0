"""Feed damaged words of strangers, for some minutes, to what takes them: questions, buttons, webhook calls, manifests.

    python -m benchmarks.fuzz_inputs [--minutes 1] [--seed 1] [--targets question,button]

The samples are the questions and dates in the tests, and what this program itself writes. A target may answer, or
refuse in the way that it says, in 2 seconds of CPU; anything else is told. The exit code is 1 when there was any.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.fuzz import DAMAGES
from index import BrokenIndexError, Index, Manifest, read

_ROOT = Path(__file__).parent.parent
_LONGEST = 4000
_MOST_SECONDS = 2.0
_TELL_EVERY = 20.0


@dataclass(frozen=True, slots=True)
class Target:
    """What takes words of strangers: samples of them, what takes them, and how it may refuse."""

    samples: Sequence[bytes]
    take: Callable[[str], object]
    refusals: tuple[type[Exception], ...] = ()


def targets(index: Index) -> Mapping[str, Target]:
    """Return every target, by name."""
    from bot.channels.telegram.messages import callback_data
    from bot.channels.telegram.transport import webhook

    lines = (_ROOT / "tests" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [str(json.loads(line)["question"]).encode() for line in lines]
    dates = (_ROOT / "tests" / "date_phrases.tsv").read_bytes().splitlines()
    filters = [b'"rain at last" -pier after:2024 before:2024-06-30 in:"old mill" source:x', b'in: -- "" after:x']
    seal = callback_data.Seal("123456789:" + "A" * 35)
    presses = [callback_data.Press(op, "b" * size) for op, size in (("n", 8), ("o", 10), ("t", 0))]
    buttons = [seal.write(press, 7).encode() for press in presses]
    update = {
        "update_id": 5,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "a"},
    }
    manifest = index.manifest.to_json().encode()
    return {
        "question": Target([*questions, *dates, *filters], lambda text: index.search(text).hits),
        "button": Target(buttons, lambda text: (seal.read(text, 7), callback_data._parse(text.rpartition(".")[0]))),
        "webhook": Target([json.dumps(update).encode()], lambda text: webhook._parse(text.encode("utf-8", "replace"))),
        "manifest": Target([manifest], lambda text: Manifest.from_json(text, "place"), (BrokenIndexError,)),
    }


def fault(target: Target, text: str) -> str:
    """Return what goes wrong when a target takes a text, "" when nothing does."""
    begun = time.process_time()
    try:
        target.take(text)
    except target.refusals:
        pass
    except Exception as error:  # noqa: BLE001 - what gets through is what is looked for
        return f"raised {type(error).__name__}: {error}"[:200]
    seconds = time.process_time() - begun
    return f"took {seconds:.1f} s" if seconds > _MOST_SECONDS else ""


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description="Feed damaged words of strangers to what takes them.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--targets", default="question,button,webhook,manifest")
    options = parser.parse_args()
    chance, wrong, tried = random.Random(options.seed), 0, 0  # noqa: S311 - damage that can be done again
    with TemporaryDirectory() as folder, Index.build(folder, read(_ROOT / "examples")) as index:
        chosen = {name: target for name, target in targets(index).items() if name in options.targets.split(",")}
        end = time.process_time() + 60 * options.minutes
        told = time.process_time()
        while (now := time.process_time()) < end:
            if now - told > _TELL_EVERY:
                told = now
                print(f"  {tried:,} texts, {wrong} faults, {end - now:.0f} s to go", flush=True)
            name, target = chance.choice(list(chosen.items()))
            raw = chance.choice(target.samples)
            for _ in range(chance.choice((0, 1, 1, 2, 4))):
                raw = chance.choice(DAMAGES)(raw, chance.choice(target.samples), chance)[:_LONGEST]
            text, tried = raw[:_LONGEST].decode("utf-8", "replace"), tried + 1
            if found := fault(target, text):
                wrong += 1
                print(f"{name}: {found}: {text[:200]!r}", flush=True)
    print(f"{tried:,} texts; {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
