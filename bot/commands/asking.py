"""Answer one question on the command line, or a batch of them from a file or a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from bot.printing import counted, err, out_json

if TYPE_CHECKING:
    from bot.answer import Answer, Answerer

FailOn = Literal["nothing", "closest"]

NOTHING, BAD_INPUT, CLOSEST = 1, 4, 6


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked, and how answers are printed: the options of `quoth ask`."""

    k: int | None = None
    exact: bool = False
    explain: bool = False
    everything: bool = False
    as_json: bool = False
    fail_on: FailOn = "nothing"


def one(answerer: "Answerer", question: str, how: Asking) -> int:
    """Print the answer to a question; "-" reads it from standard input. Return the exit code."""
    from bot.render import guesses

    answer = _answer(answerer, sys.stdin.read() if question == "-" else question, how)
    if how.as_json:
        from bot.schema import to_json

        out_json(to_json(answer, explain=how.explain))
    else:
        from bot.channels.layout import stdout_console
        from bot.channels.terminal import terminal

        hint = "--all searches everything." if guesses(answer) else ""
        terminal(answer, stdout_console(), explain=how.explain, hint=hint)
    if answer.state == "closest" and how.fail_on == "closest":
        return CLOSEST
    return NOTHING if answer.state == "nothing" else 0


def batch(answerer: "Answerer", file: str, how: Asking) -> int:
    """Answer questions in JSON Lines with JSON Lines, one for one and in order. Return the exit code.

    A line is `{"question": "...", "id": ...}`; the id, a string or a whole number, may be left out, and comes back with
    the answer. A line that cannot be read is answered with its number and what is wrong. Empty lines are passed over.
    All are answered from one generation, whatever is built meanwhile.
    """
    import json

    from bot.commands.progress import Pace
    from bot.schema import to_json

    answerer = answerer.pinned()
    unread = lines = read = 0
    size, pace = 0 if file == "-" else Path(file).stat().st_size, Pace(beside_output=True)
    with _lines(file) as given:
        for number, line in enumerate(given, 1):
            read += len(line.encode("utf-8", "replace"))
            if not line.strip():
                continue
            pace(partial(_answering, lines), min(read, size), size)
            lines += 1
            try:
                question, name = _question(line)
            except ValueError as error:
                unread += 1
                row = json.dumps({"id": None, "line": number, "error": str(error)}, ensure_ascii=False)
            else:
                row = to_json(_answer(answerer, question, how), explain=how.explain, name=name, indent=None)
            # What reads them may wait for each; in one piece, so that a kill leaves whole lines.
            out_json(row, flush=True)
    if unread:
        hold = "holds no question; its row says why" if unread == 1 else "hold no question; their rows say why"
        err(f"quoth: {unread:,} of {counted(lines, 'line')} {hold}")
    return BAD_INPUT if unread else 0


def _answering(done: int) -> str:
    return f"answering: {counted(done, 'question')}"


def schema() -> int:
    """Print the JSON Schema of an answer. Return the exit code."""
    from bot.schema import json_schema

    out_json(json_schema())
    return 0


def _answer(answerer: "Answerer", question: str, how: Asking) -> "Answer":
    from bot.answer import AskOptions
    from bot.render import guesses

    answer = answerer.answer(question, how.k, AskOptions(how.exact, explain=how.explain))
    if how.everything and (keys := guesses(answer)):
        return answerer.answer(question, how.k, AskOptions(how.exact, keys, how.explain))
    return answer


@contextmanager
def _lines(file: str) -> Iterator[TextIO]:
    if file == "-":
        yield sys.stdin
        return
    # Bytes that are no text make a line that is no JSON, and no end.
    with Path(file).open(encoding="utf-8-sig", errors="replace") as opened:
        yield opened


def _question(line: str) -> tuple[str, str | int | None]:
    """Return the question in a line of JSON, and its id. Raises ValueError, in words, where there is none."""
    import json

    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(record, dict) or not isinstance(record.get("question"), str):
        raise ValueError('not an object with a "question" of text')
    name = record.get("id")
    if name is not None and (isinstance(name, bool) or not isinstance(name, str | int)):
        raise ValueError('the "id" is neither a text nor a whole number')
    return record["question"], name
