"""`quoth mcp` in which everything prints: with every answer, into the file descriptor, from a child, and at the end."""

import atexit
import os
import subprocess
import sys
from typing import Any

from bot.__main__ import main
from bot.answer import Answer, Answerer

_answer = Answerer.answer


def noisy(self: Answerer, *given: Any) -> Answer:
    """Answer, and print."""
    print("noise of a library")  # noqa: T201
    os.write(1, b"noise of C\n")
    subprocess.run([sys.executable, "-S", "-c", "print('noise of a child')"], check=True)
    return _answer(self, *given)


if __name__ == "__main__":
    Answerer.answer = noisy  # type: ignore[method-assign, assignment]
    atexit.register(print, "noise at the end")
    main()
