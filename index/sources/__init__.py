"""Read articles from files and folders: one reader per format, and not one file that can stop the others.

for found in read([Path("news"), Path("essay.md")]):
    ...  # Article(title="Rain at Last", paragraphs=(...), path="/home/ana/news/rain.html", ...)
         # or Skipped(path="/home/ana/news/logo.png", reason="a picture, not an article")
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from index.model import ReadingOptions
from index.sources import asciidoc_file, csv_file, html_file, json_file, markdown_file, org_file, rst_file, text_file
from index.sources.reading import Reader, Reading
from index.sources.walk import absolute, files

__all__ = ["Reading", "files", "read"]

_READERS: Mapping[str, Reader] = {
    **dict.fromkeys((".txt", ".text"), text_file.read),
    **dict.fromkeys((".rst", ".rest"), rst_file.read),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), asciidoc_file.read),
    ".org": org_file.read,
    **dict.fromkeys((".html", ".htm", ".xhtml"), html_file.read),
    **dict.fromkeys(
        (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".qmd", ".rmd"), markdown_file.read
    ),
    ".json": json_file.read,
    **dict.fromkeys((".jsonl", ".ndjson"), json_file.read_lines),
    **dict.fromkeys((".csv", ".tsv"), csv_file.read),
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
