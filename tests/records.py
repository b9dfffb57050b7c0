"""Two short articles about pots, and what reading a file of records gives: for the tests of the formats of records."""

import json
from pathlib import Path

from index.model import Article, ReadingOptions, Skipped
from index.sources import read

KILN = "The kiln is lit at dawn, and the potters keep the fire until the cups are done."
GLAZE = "A glaze of ash and clay turns green where the smoke touches it."
NOTE = {"title": "The Kiln Is Lit", "text": KILN}
SECOND = {"title": "A Green Glaze", "text": GLAZE}


def found(path: Path, content: object, names: str = "") -> list[Article | Skipped]:
    path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
    return list(read(path, options=ReadingOptions(names=names)))


def articles(path: Path, content: object, names: str = "") -> list[Article]:
    parts = found(path, content, names)
    assert all(isinstance(part, Article) for part in parts), parts
    return [part for part in parts if isinstance(part, Article)]


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def read_record(tmp_path: Path, record: object) -> Article:
    (article,) = articles(tmp_path / "a.json", json.dumps(record))
    return article
