"""Read articles from files and folders: one reader per format, and not one file that can stop the others.

for found in read([Path("news"), Path("essay.md")]):
    ...  # Article(title="Rain at Last", paragraphs=(...), path="/home/ana/news/rain.html", ...)
         # or Skipped(path="/home/ana/news/logo.png", reason="a picture, not an article")
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from index.model import Article, ReadingOptions, Skipped
from index.sources.fields.field_map import FieldMap
from index.sources.files.walk import absolute, files
from index.sources.reading import Reader, Reading

__all__ = ["Reading", "files", "read"]


def _reader(module: str, name: str = "read") -> Reader:
    """Return what reads one format.

    A reader is imported when the first file of its format is met: all together take longer than many a folder.
    """

    def reader(path: Path, field_map: FieldMap) -> Iterator[Article | Skipped]:
        function = getattr(import_module(f"{__name__}.{module}"), name)
        return cast(Iterator[Article | Skipped], function(path, field_map))

    return reader


_READERS: Mapping[str, Reader] = {
    **dict.fromkeys((".txt", ".text"), _reader("text.text_file")),
    **dict.fromkeys((".rst", ".rest"), _reader("lightweight.rst_file")),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), _reader("lightweight.asciidoc_file")),
    ".org": _reader("lightweight.org_file"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _reader("html.html_file")),
    **dict.fromkeys(
        (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".qmd", ".rmd"),
        _reader("markdown.markdown_file"),
    ),
    ".json": _reader("records.json_file"),
    **dict.fromkeys((".jsonl", ".ndjson"), _reader("records.json_file", "read_lines")),
    **dict.fromkeys((".csv", ".tsv"), _reader("records.csv_file")),
    ".pdf": _reader("pdf.pdf_file"),
}


def read(
    paths: Path | str | Iterable[Path | str],
    *,
    leaving_out: Path | str | None = None,
    options: ReadingOptions | Mapping[str, ReadingOptions] | None = None,
) -> Reading:
    """Yield the articles in files and folders (or in one), in sorted order, and what could not be read and why.

    A file is read by its name's ending (all also with .gz behind) and its first bytes; see `index.sources.formats`.
    The folder `leaving_out` (where the index lies) is passed over. `options` are for all paths, or by path.
    Raises SourceError at the call when a path is not there, or an option is no pattern, and FieldMapError when its
    names map nothing; after that nothing raises.
    """
    several = [paths] if isinstance(paths, Path | str) else paths
    by_path = options if isinstance(options, Mapping) else {}
    default = options if isinstance(options, ReadingOptions) else ReadingOptions()
    sources = [(absolute(Path(path)), by_path.get(str(path), default)) for path in several]
    return Reading(sources, _READERS, Path(leaving_out) if leaving_out else None)
