"""Run `quoth demo`: ask the sample articles, in an index of their own that goes when it ends."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.commands import asking, parts
from bot.printing import out

# Of the samples: one that is answered, one whose answer stands in a table, and one that no article answers.
QUESTIONS: Final = (
    "How wide is the gangway over the bridge?",
    "What does a ferry ticket cost?",
    "Who moored the zeppelin?",
)


def run(question: str, k: int | None) -> int:
    """Answer `question`, or question after question where it is "". Return the exit code of the console or of `ask`."""
    from index import Options, Store, build_index, read

    # The samples have no vectors, and are few.
    settings = replace(parts.settings(), meaning=None)
    with TemporaryDirectory(prefix="quoth-demo-") as folder:
        options = Options(parts.parameters(settings), built_by=parts.version())
        build_index(Store(Path(folder)), read([_samples()]), [str(_samples())], options)
        with parts.answerer(settings, Path(folder)) as answerer:
            if question:
                return asking.one(answerer, question, asking.Asking(k))
            if sys.stdin.isatty() and sys.stdout.isatty():
                out("These are sample articles; your own index, if you have one, stays as it is. Try one of these:")
                for one in QUESTIONS:
                    out(f"  {one}")
            from bot.channels.console import run_console

            return asyncio.run(run_console(answerer, k=k or settings.passages))


def _samples() -> Path:
    """Return the folder of the sample articles: in the package where it was installed, in a checkout `examples`."""
    package = Path(__file__).parents[1]
    installed = package / "samples"
    return installed if installed.is_dir() else package.parent / "examples"
