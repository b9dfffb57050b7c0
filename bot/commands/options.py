"""The options that several commands have."""

from pathlib import Path
from typing import Annotated

from typer import Option

DataDir = Annotated[
    Path | None, Option("--data-dir", metavar="DIR", help="Folder of the index (default: setting data_dir).")
]
Count = Annotated[int | None, Option("-k", min=1, max=50, metavar="N", help="Show at most N passages per answer.")]
EngineOption = Annotated[str | None, Option("--engine", metavar="NAME", help="auto (fast) or rank-bm25 (slow).")]
AsJson = Annotated[bool, Option("--json", help="Print JSON.")]
Explain = Annotated[bool, Option("--explain", help="Show how each word and feature affects the score.")]
Exact = Annotated[bool, Option("--exact", help="Search for the words as written: no corrections, no aliases.")]
