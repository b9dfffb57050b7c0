"""The options that several commands have, and the kinds of values that options take."""

from pathlib import Path
from typing import Final

import click

# Whether a file is there and may be read is told where it is opened.
FILE: Final = click.Path(readable=False, path_type=Path)
"""A file or folder; the shell completes its name."""

data_dir = click.option("--data-dir", type=FILE, metavar="DIR", help="Folder of the index (default: setting data_dir).")
count = click.option("-k", type=click.IntRange(1, 50), metavar="N", help="Show at most N passages per answer.")
engine = click.option("--engine", metavar="NAME", help="auto (fast) or rank-bm25 (slow).")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
explain = click.option("--explain", is_flag=True, help="Show how each word and feature affects the score.")
exact = click.option("--exact", is_flag=True, help="Search for the words as written: no corrections, no aliases.")
without_token = click.option(
    "--without-token", is_flag=True, help="Answer everybody who reaches an address of other machines too."
)
