"""Read articles from files and folders: one reader per format, and not one file that can stop the others.

for found in read([Path("news"), Path("essay.md")]):
    ...  # Article(title="Rain at Last", paragraphs=(...), path="/home/ana/news/rain.html", ...)
         # or Skipped(path="/home/ana/news/logo.png", reason="binary: a PNG picture, not text")
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.model import Article, Skipped
from index.sources import asciidoc_file, csv_file, html_file, json_file, markdown_file, org_file, rst_file, text_file
from index.sources.field_map import NO_MAP, FieldMap
from index.sources.streams import UnusableError
from index.sources.walk import files, os_cause, printable

__all__ = ["FieldMap", "files", "read"]

_Found = Iterator[Article | Skipped]
_READERS: dict[str, Callable[[Path], _Found]] = {
    ".txt": text_file.read,
    ".text": text_file.read,
    ".rst": rst_file.read,
    ".rest": rst_file.read,
    ".adoc": asciidoc_file.read,
    ".asciidoc": asciidoc_file.read,
    ".asc": asciidoc_file.read,
    ".org": org_file.read,
    ".html": html_file.read,
    ".htm": html_file.read,
    ".xhtml": html_file.read,
}
# What these read has fields with names.
_RECORD_READERS: dict[str, Callable[[Path, FieldMap], _Found]] = {
    **dict.fromkeys(
        (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".qmd", ".rmd"), markdown_file.read
    ),
    ".json": json_file.read,
    ".jsonl": json_file.read_lines,
    ".ndjson": json_file.read_lines,
    ".csv": csv_file.read,
    ".tsv": csv_file.read,
}
# Of a file with more broken records than this the rest is only counted.
_MOST_REASONS = 100


def read(
    paths: Path | str | Iterable[Path | str],
    *,
    leaving_out: Path | str | None = None,
    progress: Callable[[Path], None] | None = None,
    field_map: FieldMap = NO_MAP,
) -> Iterator[Article | Skipped]:
    """Yield the articles in files and folders (or in one), in sorted order, and what could not be read and why.

    A file is read by its name's ending (.txt, .md, .rst, .adoc, .org, .html, .json, .jsonl, .csv, .tsv; all also with
    .gz behind), any other as text if it is text. The folder `leaving_out` (where the index lies) is passed over.
    `progress` is called with each file before it is read. `field_map` says which fields of records hold what.
    Raises SourceError at the call when a path is not there; after that nothing raises.
    """
    several = [paths] if isinstance(paths, Path | str) else paths
    return _articles(
        files([Path(path) for path in several], Path(leaving_out) if leaving_out else None), progress, field_map
    )


def _articles(
    found: Iterator[Path | Skipped], progress: Callable[[Path], None] | None, field_map: FieldMap
) -> Iterator[Article | Skipped]:
    for file in found:
        if isinstance(file, Skipped):
            yield file
            continue
        if progress is not None:
            progress(file)
        skipped = 0
        for part in _parts(file, field_map):
            skipped += isinstance(part, Skipped)
            if isinstance(part, Article) or skipped <= _MOST_REASONS:
                yield part
        if skipped > _MOST_REASONS:
            yield Skipped(printable(file), f"{skipped - _MOST_REASONS} more parts of it could not be read")


def _parts(file: Path, field_map: FieldMap) -> Iterator[Article | Skipped]:
    # ".jsonl" for "a.JSONL" and "a.jsonl.gz".
    ending, inner = file.suffix.lower(), Path(file.stem).suffix.lower()
    ending = inner if ending == ".gz" else ending
    record_reader = _RECORD_READERS.get(ending)
    reader = _READERS.get(ending, text_file.read)
    try:
        yield from reader(file) if record_reader is None else record_reader(file, field_map)
    except UnusableError as error:
        yield Skipped(printable(file), str(error))
    except OSError as error:
        yield Skipped(printable(file), os_cause(error))
    except (RecursionError, MemoryError):
        yield Skipped(printable(file), "nested too deep, or too large, to be read")
