"""What links of wikitext leave in a text: their words, the captions of pictures; nothing of categories."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

# Signs of a language before a title; what begins with another prefix of two or three letters is a link to a project.
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}|simple)(?:-[a-z]{2,6}){0,2}")
_PROJECTS: Final = frozenset("doi rfc irc arxiv wmf oclc isbn iso wikt".split())
_SIZE = re.compile(r"(?:\d+x?\d*|x\d+)\s*\S{0,3}")
_NAMED = re.compile(r"(?:upright|link|alt|lang|class|page|border|thumb|start|end|[^\W\d_]{2,12})\s*=.*", re.S)
# How pictures are set; with another word than "thumb" in most languages.
_OPTIONS: Final = frozenset(
    (
        "thumb thumbnail frame framed frameless border left right center centre none upright baseline sub super top"
        " text-top middle bottom text-bottom miniatur mini gerahmt rahmenlos rand links rechts zentriert ohne hochkant"
        " vignette redresse gauche droite centré néant cadre sans_cadre miniatura miniaturadeimagen miniaturadeimagem"
        " izquierda derecha centro no derecho esquerda direita nenhum sinistra destra nessuno verticale мини миниатюра"
        " слева справа центр без обрамить граница мініатюра праворуч ліворуч تصغير يمين يسار مركز وسط بلا إطار"
        " بندانگشتی چپ راست وسط هیچ قاب 缩略图 縮圖 缩略圖 左 右 居中 无 無 サムネイル 中央"
        " なし küçükresim sol sağ orta"
        " jmpl kiri kanan pus pusat ka al ללא ממוזער ימין שמאל מרכז mały lewo prawo centruj kleingeklapt gecentreerd"
        " miniatyr vänster höger nhỏ giữa phải trái trái không 섬네일 왼쪽 오른쪽 가운데 없음"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Wiki:
    """What a dump says of its wiki; the names of namespaces in small letters, by which of them they are."""

    name: str | None = None
    base: str = ""
    language: str | None = None
    namespaces: tuple[tuple[str, int], ...] = (("file", 6), ("image", 6), ("category", 14))

    def namespace(self, title: str) -> int:
        """Return the number of the namespace that a title names, 0 where it names none."""
        prefix, colon, _ = title.partition(":")
        name = prefix.strip().replace("_", " ").casefold()
        return next((number for known, number in self.namespaces if known == name), 0) if colon else 0

    def address(self, title: str) -> str | None:
        """Return the address of a page.

        >>> Wiki(base="https://wiki.example/wiki/Main_Page").address("Widow Light")
        'https://wiki.example/wiki/Widow_Light'
        """
        folder = self.base[: max(self.base.rfind("/"), self.base.rfind("title=") + 5) + 1]
        if "://" not in folder or not title:
            return None
        return folder + quote(title.replace(" ", "_"), safe="/:@!$*(),;~'")


def link_text(parts: list[str], wiki: Wiki) -> tuple[str, bool]:
    """Return what a link leaves of its parts, and whether that is the caption of a picture."""
    target = parts[0].strip()
    shown = target.startswith(":")
    target = target.lstrip(": ")
    number = wiki.namespace(target)
    if not shown and number in (6, -2):
        return _caption(parts[1:]), True
    if not shown and (number == 14 or _is_language(target)):
        return "", False
    if len(parts) > 1:
        words = "|".join(parts[1:])
        # "[[Quay (street)|]]" is shown as "Quay".
        return words or re.sub(r"\s*\([^()]*\)$", "", target.rpartition(":")[2]), False
    return target.rpartition(":")[2] if number == 14 else target, False


def _is_language(target: str) -> bool:
    prefix, colon, rest = target.partition(":")
    return bool(colon and rest) and prefix not in _PROJECTS and _LANGUAGE.fullmatch(prefix) is not None


def _caption(options: list[str]) -> str:
    """Return the caption among the options of a picture: the last that is none."""
    last = options[-1].strip() if options else ""
    word = last.casefold().replace(" ", "_")
    if not last or word in _OPTIONS or _SIZE.fullmatch(last) or _NAMED.fullmatch(last):
        return ""
    return last
