"""Read subtitles (.srt, .vtt, .sbv): what is said, in sentences and paragraphs that know their time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from index.model import Article, Dropped, Paragraph, Skipped
from index.sources.blocks.blocks import told
from index.sources.blocks.layout import count_words, ends_a_sentence, normalise
from index.sources.blocks.wrapping import joined_lines
from index.sources.encodings.encoding import read_text
from index.sources.fields import file_names
from index.sources.fields.field_map import NO_MAP, FieldMap
from index.sources.fields.records import article, language_tag
from index.sources.files.streams import UnusableError
from index.sources.files.walk import printable
from index.sources.text.cues import Cue, subtitles

# Nobody speaks for so many seconds: a pause between sentences, and one that ends a paragraph anyhow.
_PAUSE, _LONG_PAUSE = 2.0, 5.0
# A paragraph of so many words ends with its sentence; one of many more, in captions without full stops, with its cue.
_WORDS, _MOST_WORDS = 60, 100
# Of captions that a machine makes while it listens most cues repeat the line above.
_REPEATING: Final = 0.3
_REPEATED_LINES: Final = 4


def read(path: Path, _: FieldMap = NO_MAP) -> Iterator[Article | Skipped]:
    """Yield the one article of a file of subtitles; `fragment` of a paragraph is the time of its first cue."""
    found = subtitles(normalise(read_text(path)))
    cues = _once(found.cues)
    paragraphs = list(_paragraphs(cues))
    if not paragraphs:
        raise UnusableError("no words in it")
    dropped = [Dropped(sound, "a sound") for sound in found.sounds]
    fields = {"language": language_tag(found.language)}
    yield article(found.title or file_names.title(path), paragraphs, printable(path), "", fields, told(dropped))


def _once(cues: Sequence[Cue]) -> list[Cue]:
    """Return cues without the lines that those of a machine repeat; a refrain of others stays."""
    again = sum(1 for before, cue in pairwise(cues) if _repeated(before.lines, cue.lines) or _grown(before, cue))
    if again <= _REPEATING * len(cues) or again < 2:
        return list(cues)
    kept: list[Cue] = []
    for before, cue in zip([None, *cues], cues, strict=False):
        if before is not None and kept and _grown(before, cue):
            kept[-1] = replace(kept[-1], lines=(*kept[-1].lines[:-1], cue.lines[0]))
            new = cue.lines[1:]
        else:
            new = cue.lines[_repeated(before.lines, cue.lines) if before is not None else 0 :]
        if new:
            kept.append(replace(cue, lines=new))
    return kept


def _repeated(before: Sequence[str], lines: Sequence[str]) -> int:
    """Return how many lines at the top of a cue are the last ones of the cue before."""
    sizes = range(min(len(before), len(lines), _REPEATED_LINES), 0, -1)
    return next((size for size in sizes if before[-size:] == lines[:size]), 0)


def _grown(before: Cue, cue: Cue) -> bool:
    """Return whether a cue shows the last line of the one before with more words behind it."""
    return cue.lines[0] != before.lines[-1] and f"{cue.lines[0]} ".startswith(f"{before.lines[-1]} ")


def _paragraphs(cues: Iterable[Cue]) -> Iterator[Paragraph]:
    lines: list[str] = []
    begun = ended = 0.0
    words = 0
    for cue in cues:
        if lines and (cue.turn or _is_over(lines[-1], cue.start - ended, words)):
            yield _paragraph(lines, begun)
            lines = []
        if not lines:
            begun, words = cue.start, 0
        lines += cue.lines
        words += sum(map(count_words, cue.lines))
        ended = cue.end
    if lines:
        yield _paragraph(lines, begun)


def _is_over(last: str, pause: float, words: int) -> bool:
    if ends_a_sentence(last):
        return pause >= _PAUSE or words >= _WORDS
    return pause >= _LONG_PAUSE or words >= _MOST_WORDS


def _paragraph(lines: Sequence[str], begun: float) -> Paragraph:
    return Paragraph(joined_lines(lines), fragment=f"t={begun:.3f}".rstrip("0").rstrip("."))
