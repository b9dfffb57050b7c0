"""`quoth mcp` in which everything prints: with every answer, into the file descriptor, from a child, and at the end.

A question that begins with "Wait" makes the file `begun`, and is searched once there is a file `go`.
"""

import atexit
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bot.__main__ import main
from bot.answer import Answer, Answerer

_answer = Answerer.answer


def noisy(self: Answerer, question: str, *given: Any) -> Answer:
    """Answer, and print."""
    print("noise of a library")  # noqa: T201
    os.write(1, b"noise of C\n")
    if question.startswith("Wait"):
        Path("begun").touch()
        while not Path("go").exists():
            time.sleep(0.01)
    else:
        subprocess.run([sys.executable, "-S", "-c", "print('noise of a child')"], check=True)
    found = _answer(self, question, *given)
    print(f"noise after {question.split(maxsplit=1)[0]}")  # noqa: T201
    return found


if __name__ == "__main__":
    Answerer.answer = noisy  # type: ignore[method-assign, assignment]
    atexit.register(print, "noise at the end")
    main()
