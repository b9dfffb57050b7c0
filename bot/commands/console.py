"""Run `quoth console`."""

import sys
from typing import TYPE_CHECKING

from bot.commands import parts, watching

if TYPE_CHECKING:
    from config.settings import Settings


def run(settings: "Settings", *, k: int | None, explain: bool, exact: bool) -> int:
    """Answer question after question. Raises what opening the index does."""
    import asyncio

    from bot.channels.console import run_console

    history = settings.data_dir / "console_history" if sys.stdin.isatty() else None
    with parts.ready(settings, lives_long=True) as answerer:
        console = run_console(
            answerer,
            k=k or settings.passages,
            explain=explain,
            exact=exact,
            history=history,
            beside=watching.beside(settings),
        )
        return asyncio.run(console)
