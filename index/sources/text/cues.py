"""The cues of subtitles in SubRip, WebVTT and SubViewer: when each is shown, and its lines of plain words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import chain, pairwise
from typing import Final

from index.sources.blocks.layout import one_line

_TIME: Final = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES: Final = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?=[ \t]|$)")
# Of SubViewer, as YouTube writes it, always to the thousandth and on a line of its own.
_EXACT: Final = r"(\d{1,3}):(\d\d):(\d\d)\.(\d{3})"
_PAIR: Final = re.compile(rf"{_EXACT},{_EXACT}[ \t]*")
_ASIDE: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?=[ \t]|$)")
_SPEAKER: Final = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]{1,200})>")
_RUBY: Final = re.compile(r"<rt(?:\.[^\s<>]*)?>[^<>]*(?:</rt>)?")
_TAG: Final = re.compile(
    r"</?(?:[bicuv]|lang|ruby|rt|s|em|strong|font|span|br|p|div)(?:[ \t.][^<>]{0,500})?/?>|<[\d:.,]{5,15}>", re.I
)
# Of the formats that SubRip was made of: places and looks.
_BRACES: Final = re.compile(r"\{(?:\\|[a-zA-Z]:)[^{}]{0,500}\}")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
# A dash, or a name in capitals: "ANA: Who pays?"
_VOICE_LINE: Final = re.compile(r"[-–—‐]\s?(?=[^\s\d-])|[^\W\d_a-z][^\W\da-z:]*(?:[ .'’-][^\W\da-z:]+){0,4}:\s(?=\S)")
# How television marks that somebody else speaks, or that another matter begins.
_TURNS = re.compile(r" (?=>>)")
_CHEVRONS: Final = re.compile(r">{2,3}\s*")
_TITLED: Final = re.compile(r"WEBVTT[ \t]+[-–—][ \t]+(\S.{0,300})")
_SOUND: Final = re.compile(r"[-–—\s]*(?:[\[【][^\[\]【】]*[\]】][\s♪♫]*)+|[♪♫\s]+")


@dataclass(frozen=True, slots=True)
class Cue:
    """The lines that are shown from one second of a recording to another.

    `turn`: somebody else begins to speak, or may.
    """

    start: float
    end: float
    lines: tuple[str, ...]
    turn: bool = False


@dataclass(frozen=True, slots=True)
class Subtitles:
    """The cues of a file in their order, what its head states, and the sounds that it tells of."""

    title: str
    language: str
    cues: list[Cue]
    sounds: list[str]


def subtitles(text: str) -> Subtitles:
    r"""Return the subtitles in the text of a file.

    >>> [cue] = subtitles("1\n00:01:02,500 --> 00:01:04,000\nThe tide <i>comes</i> in.\n").cues
    >>> cue.start, cue.lines
    (62.5, ('The tide comes in.',))
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    title = language = ""
    if lines[0].startswith("WEBVTT"):
        end = next((at for at, line in enumerate(lines) if not line.strip() or _TIMES.match(line)), len(lines))
        titled = _TITLED.fullmatch(lines[0])
        title = one_line(titled[1]) if titled else ""
        named = (line.partition(":") for line in lines[1:end])
        language = next((value.strip() for name, _, value in named if name.strip().lower() == "language"), "")
        lines = _without_asides(lines[end:])
    cues: list[Cue] = []
    sounds: list[str] = []
    for start, shown in _timed(lines):
        cues += _spoken(start, shown, sounds)
    return Subtitles(title, language, cues, sounds)


def _without_asides(lines: Sequence[str]) -> list[str]:
    """Return the lines of WebVTT without its remarks, style sheets and regions; a cue may be called as these are."""
    kept: list[str] = []
    aside = False
    for at, line in enumerate(lines):
        if not line.strip():
            aside = False
        elif _ASIDE.match(line) and (not at or not lines[at - 1].strip()):
            aside = at + 1 == len(lines) or not _TIMES.match(lines[at + 1])
        if not aside or _TIMES.match(line):
            aside = False
            kept.append(line)
    return kept


def _timed(lines: Sequence[str]) -> Iterator[tuple[tuple[float, float], list[str]]]:
    """Yield the times of each cue with the lines below them, without the number or name of the next cue."""
    places = [at for at, line in enumerate(lines) if _times(line)]
    for at, following in pairwise([*places, len(lines)]):
        shown = list(lines[at + 1 : following])
        if following < len(lines) and shown and shown[-1].strip():
            alone = len(shown) > 1 and not shown[-2].strip()
            if alone or shown[-1].strip().isdecimal():
                shown.pop()
        if times := _times(lines[at]):
            parts = times.groups()
            yield (_seconds(parts[:4]), _seconds(parts[4:])), shown


def _times(line: str) -> re.Match[str] | None:
    """Return the times that a line states, from which and to which a cue is shown."""
    if "-->" in line:
        return _TIMES.match(line)
    return _PAIR.fullmatch(line) if line[:1].isdecimal() else None


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = parts
    whole = 3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds or 0)
    return whole + int((thousandths or "").ljust(3, "0")) / 1000


def _spoken(times: tuple[float, float], shown: Sequence[str], sounds: list[str]) -> Iterator[Cue]:
    """Yield what is said in a cue, a cue for each who speaks."""
    found: list[str] = []
    turn = False
    for line in chain.from_iterable(_TURNS.split(one) if " >>" in one else [one] for one in shown):
        speaker = _SPEAKER.search(line)
        words = _plain(line)
        if not words:
            continue
        if _SOUND.fullmatch(words):
            sounds.append(words)
            continue
        chevrons = _CHEVRONS.match(words)
        words = words[chevrons.end() :] if chevrons else words
        if speaker or chevrons or _VOICE_LINE.match(words):
            if found:
                yield Cue(*times, tuple(found), turn)
            found, turn = [], True
        if words:
            found.append(f"{_plain(speaker[1])}: {words}" if speaker else words)
    if found:
        yield Cue(*times, tuple(found), turn)


def _plain(line: str) -> str:
    """Return a line without tags, and with the characters that others stand for."""
    if "<" in line:
        line = _TAG.sub("", _RUBY.sub("", line))
    if "{" in line:
        line = _BRACES.sub("", line)
    if "&" in line:
        line = _ENTITY.sub(lambda entity: unescape(entity[0]), line)
    return one_line(line.replace("\\N", " ").replace("\\h", " ").replace("[br]", " "))
