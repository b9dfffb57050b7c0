"""Draw what the console shows as a picture: `python -m benchmarks.terminal_picture > docs/answer.svg`.

A test holds the picture to what is shipped.
"""

import io
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from bot import Answerer
from bot.channels.terminal import terminal
from index import Index, read

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
QUESTIONS: Final = ("How wide is the gangway over the brigde?", "Who moored the zeppelin?")
_WIDTH: Final = 92


def picture(answerer: Answerer) -> str:
    """Return an SVG of the questions at the prompt and what is printed below each, 92 columns wide."""
    console = Console(
        record=True, force_terminal=True, width=_WIDTH, file=io.StringIO(), highlight=False, markup=False, emoji=False,
        color_system="truecolor",
    )  # fmt: skip
    for question in QUESTIONS:
        console.print(Text.assemble(("quoth> ", "bold"), question))
        terminal(answerer.answer(question), console)
        console.print()
    return console.export_svg(title="quoth demo", theme=MONOKAI, unique_id="answer")


def main() -> None:
    """Print the picture of the sample articles."""
    os.chdir(EXAMPLES.parent)
    with TemporaryDirectory() as folder:
        Index.build(folder, read([EXAMPLES])).close()
        with Answerer.open(folder) as answerer:
            sys.stdout.write(picture(answerer))


if __name__ == "__main__":
    main()
