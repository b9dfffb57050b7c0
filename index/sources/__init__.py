"""Read articles from files and folders: one reader per format, and not one file that can stop the others.

for found in read([Path("news"), Path("essay.md")]):
    ...  # Article(title="Rain at Last", paragraphs=(...), path="/home/ana/news/rain.html", ...)
         # or Skipped(path="/home/ana/news/logo.png", reason="a picture, not an article")
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from index.model import ReadingOptions
from index.sources.contents import Limits, Reader
from index.sources.files.walk import absolute, files
from index.sources.reading import Reading

__all__ = ["ENDINGS", "Reading", "files", "read"]


def _reader(module: str, name: str = "read", limits: Limits | None = None, *, takes_charset: bool = False) -> Reader:
    """Return what reads one format; one with limits reads in a process of its own."""
    return Reader(f"{__name__}.{module}", name, limits, takes_charset)


# Of a file of many GiB; articles come all the while.
_STREAMED = Limits(per_mebibyte=1)

_READERS: Mapping[str, Reader] = {
    **dict.fromkeys((".txt", ".text"), _reader("text.text_file", takes_charset=True)),
    **dict.fromkeys((".rst", ".rest"), _reader("lightweight.rst_file")),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), _reader("lightweight.asciidoc_file")),
    ".org": _reader("lightweight.org_file"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _reader("html.html_file", takes_charset=True)),
    **dict.fromkeys(
        (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".qmd", ".rmd"),
        _reader("markdown.markdown_file"),
    ),
    ".json": _reader("records.json_file"),
    **dict.fromkeys((".jsonl", ".ndjson"), _reader("records.json_file", "read_lines")),
    **dict.fromkeys((".csv", ".tsv"), _reader("records.csv_file")),
    **dict.fromkeys((".rss", ".atom"), _reader("feeds.feed_file")),
    ".jsonfeed": _reader("feeds.json_feed"),
    ".wxr": _reader("feeds.wordpress"),
    ".telegram": _reader("exports.telegram"),
    ".telegram_page": _reader("exports.telegram_page"),
    ".mediawiki": _reader("exports.mediawiki", limits=_STREAMED),
    **dict.fromkeys((".eml", ".emlx", ".mbox", ".mbx"), _reader("mail.mail_file")),
    ".warc": _reader("archives.warc_file", limits=_STREAMED),
    **dict.fromkeys((".mht", ".mhtml"), _reader("archives.saved_page")),
    ".ipynb": _reader("markdown.notebook_file"),
    **dict.fromkeys((".srt", ".vtt", ".sbv"), _reader("text.subtitle_file")),
    **dict.fromkeys((".docx", ".docm", ".dotx"), _reader("office.docx_file", limits=Limits())),
    **dict.fromkeys((".odt", ".ott"), _reader("office.odt_file", limits=Limits())),
    ".rtf": _reader("office.rtf_file", limits=Limits()),
    ".epub": _reader("office.epub_file", limits=Limits()),
    # It gives up by itself before, and keeps what it has read by then.
    ".pdf": _reader("pdf.pdf_file", limits=Limits(seconds=330.0)),
}
ENDINGS = tuple(_READERS)


def read(
    paths: Path | str | Iterable[Path | str],
    *,
    leaving_out: Path | str | Iterable[Path | str] = (),
    options: ReadingOptions | Mapping[str, ReadingOptions] | None = None,
    away: bool = False,
    settled: Mapping[str, str] | None = None,
) -> Reading:
    """Yield the articles in files and folders (or in one), in sorted order, and what could not be read and why.

    A file is read by its first bytes, and by its name's ending where these say nothing; see `index.sources.formats`.
    Archives are read member by member. Readers of formats that may do harm run in a process of their own, which ends
    with the reading.
    What is `leaving_out` (the folder of the index first, files of settings) is passed over. `options` are for all
    paths, or by path. Where `settled` is given, a rebuild reads of what changed only these files, each by its path, in
    the state of its stamp, and lets go of those whose stamp is ""; see `index.sources.changes`.

    Raises SourceError at the call when a path is not there, unless it may be `away` and is told then, or an option is
    no pattern, and FieldMapError when its names map nothing; after that nothing raises.
    """
    several = [paths] if isinstance(paths, Path | str) else paths
    by_path = options if isinstance(options, Mapping) else {}
    default = options if isinstance(options, ReadingOptions) else ReadingOptions()
    sources = [(absolute(Path(path), away=away), by_path.get(str(path), default)) for path in several]
    passed_over = [leaving_out] if isinstance(leaving_out, Path | str) else leaving_out
    return Reading(sources, _READERS, list(map(Path, passed_over)), settled)
