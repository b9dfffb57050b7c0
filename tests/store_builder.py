"""Builds of tiny generations, in a process that a test kills: `python -m tests.store_builder DATA_DIR SCRIPT`.

The script says what is done with the names of this module.
"""

import os  # noqa: F401 - for scripts
import resource  # noqa: F401
import signal  # noqa: F401
import sys
import textwrap
from pathlib import Path

import numpy as np

from index.errors import StorageError  # noqa: F401
from index.model import ArticleCard
from index.store.store import Manifest, Store
from index.store.texts_writer import TextsWriter

store = Store(Path(sys.argv[1] if len(sys.argv) > 1 else ""))
texts = 1000


def build(size: int = 1000) -> int:
    """Publish a generation that says its number everywhere, and return the number."""
    with store.building() as staging:
        title = f"Edition {staging.number}"
        card = ArticleCard(0, "00000000000a", title, "/notes/a.txt", None, None, None, None, "en", 0, 1)
        with TextsWriter(staging.path / "articles.sqlite") as writer:
            writer.extend([(card, "c0")], [(0, 0, 1, 1, "paragraph", title + "." * texts, 0)])
        staging.save("docs", np.full(size, staging.number, np.uint32))
        return staging.publish(Manifest("2031-05-04T10:22:07+00:00", "0.1.0", {}, {"articles": 1}))


if __name__ == "__main__":
    exec(textwrap.dedent(sys.argv[2]))  # noqa: S102 - a script of our tests
