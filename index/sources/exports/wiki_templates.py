"""What a template of wikitext leaves in a text, told by its name and its parts, since nobody can call it.

Within a sentence nothing that counts may get lost: the numbers and words that it shows stay. What stands alone is a
box, a note to editors or a bar of links, and goes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

_NUMBER = re.compile(r"[-+−±~]?\s*\d[\d\s.,/+−–×^e]*")
_PARAMETER = re.compile(r"\s*([^\s=<>{}\[\]|][^=<>{}\[\]|]{0,60}?)\s*=(.*)", re.S)
_LONGEST_NAME: Final = 200
_BETWEEN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("-", "–", "to(-)"), "–"),
    **dict.fromkeys(("x", "by", "×", "*", "xx"), " × "),
    **{word: f" {word} " for word in ("to", "and", "or", "+/-", "±", "bis", "à", "a", "до", "и")},
}
_UNITS: Final[Mapping[str, str]] = {
    "sqmi": "sq mi",
    "sqft": "sq ft",
    "km2": "km²",
    "m2": "m²",
    "cm2": "cm²",
    "m3": "m³",
    "km3": "km³",
    "c": "°C",
    "f": "°F",
    "degc": "°C",
    "degf": "°F",
    "acre": "acres",
    "impgal": "gallons",
}
_SIGNS: Final[Mapping[str, str]] = {
    "!": "|",
    "=": "=",
    "nbsp": " ",
    "spaces": " ",
    "space": " ",
    "snd": " – ",
    "spnd": " – ",
    "spaced ndash": " – ",
    "ndash": "–",
    "–": "–",
    "mdash": "—",
    "—": "—",
    "dot": " · ",
    "·": " · ",
    "•": " • ",
    "'": "'",
    "°": "°",
    "br": "\x06",
    "pb": "\n\n",
    "paragraph break": "\n\n",
    "circa": "c. ",
}
_MONEY: Final = frozenset("us$ usd eur gbp £ € ¥ $ a$ c$ hk$ nz$ ca$ au$ jpy inr ₹ rub ₽ cny rmb chf ₩ ₪ r$".split())
_QUOTES: Final = frozenset(
    "quote blockquote cquote quotation bquote rquote zitat цитата cita citazione اقتباس".split()
) | {"citation bloc", "block quote", "quote box", "نقل قول"}
_LANGUAGES = re.compile(r"lang(?:-[a-z]{2,3}(?:-\w+)*|ue|x|uage)?|transl(?:iteration)?|script|polytonic")
_NOTES = re.compile(
    r"(?:sfnp?|sfnm?|efn(?:-\w+)?|refn?|r|rp|ref label|note(?: label|tag)?|harv\w*|cite\b.*|citation.*|cn|fact|cref\d?"
    r"|clarify.*|when|who\??|which|where|why|by whom|whom|dubious.*|verify.*|better source.*|page needed|vague|failed.*"
    r"|dead link|webarchive|ipa.*|respell|pronunciation.*|audio|listen|coord|coor.*|flag ?icon|anchor|visible anchor"
    r"|main|main article|see|see also|further.*|about|for|redirect.*|other uses.*|distinguish.*|hatnote|details|nota"
    r"|short description|use (?:\w+ )+(?:dates|english)|italic title|pp.*|infobox.*|\w+box|automatic taxobox|navbox.*"
    r"|authority control|reflist|notelist|references|refbegin|refend|.*[- ]stub|toc.*|sidebar.*|portal.*|commons.*"
    r"|sister.*|wikt\w*|clear|-|multiple image|update.*|citation needed|fact|original research.*|как|источник.*|нет аи"
    r"|refnec|référence nécessaire|cita requerida|مصدر|مدرک|senza fonte|quelle|требуется источник.*)"
)
_ITS_WORDS: Final = frozenset("lc uc lcfirst ucfirst formatnum plural grammar".split())


@dataclass(slots=True)
class Template:
    """A template as it was written: its name, and its parts with names and without."""

    name: str
    texts: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: list[str]) -> "Template":
        """Return the template that these parts between "|" are."""
        found = cls(" ".join(parts[0][:_LONGEST_NAME].replace("_", " ").split()).removeprefix("Template:"))
        for part in parts[1:]:
            named = _PARAMETER.fullmatch(part)
            if named is None:
                found.texts.append(part.strip())
            elif named[1].isdigit() and int(named[1]) == len(found.texts) + 1:
                found.texts.append(named[2].strip())
            else:
                found.named[named[1].casefold()] = named[2].strip()
        return found


def template_text(parts: list[str], title: str, *, alone: bool) -> str | None:
    """Return what a template leaves, None where it stands alone and nothing is known of it.

    >>> template_text(["convert", "40", "m", "ft"], "", alone=False)
    '40 m'
    """
    found = Template.of(parts)
    name = found.name.casefold()
    if name in ("pagename", "fullpagename"):
        return title
    if name in _SIGNS and not found.texts:
        return _SIGNS[name]
    known = _KNOWN.get(name) or (_last if _LANGUAGES.fullmatch(name) else None)
    if known is not None:
        return known(found)
    if alone and ":" not in name:
        return None
    return "" if _NOTES.fullmatch(name) else _unknown(found)


def _unknown(found: Template) -> str:
    """Return the words of a template that nothing is known of: all, if one is a number, else those shown first."""
    if found.name.startswith("#") or ":" in found.name:
        before, _, value = found.name.partition(":")
        return value.strip() if before.casefold() in _ITS_WORDS else ""
    texts = [text for text in found.texts if text]
    if found.name.casefold() in _MONEY and texts:
        return f"{found.name.upper()}{texts[0]}"
    if "date" in found.name.casefold() and texts and texts[0].isdigit():
        return _day(texts)
    if any(any(map(str.isdigit, text)) for text in texts):
        return " ".join(texts)
    return texts[0] if texts else ""


def _converted(found: Template) -> str:
    """Return a measure as it was stated first: its numbers, up to its unit."""
    out, texts = "", found.texts
    for at, text in enumerate(texts):
        if _NUMBER.fullmatch(text):
            out += text
        elif text.casefold() in _BETWEEN:
            out += _BETWEEN[text.casefold()]
        else:
            out += f" {_UNITS.get(text.casefold(), text)}"
            if len(texts) < at + 3 or not _NUMBER.fullmatch(texts[at + 1]) or _NUMBER.fullmatch(texts[at + 2]):
                break
            # Feet and inches.
            out += " "
    return out.strip()


def _day(texts: list[str]) -> str:
    numbers = [text for text in texts if text.isdigit()][:3]
    return "-".join(f"{int(number):02}" for number in numbers)


def _fraction(found: Template) -> str:
    *whole, above, below = found.texts if len(found.texts) > 1 else ["1", *found.texts, ""][-2:]
    return " ".join([*whole, f"{above}/{below}" if below else above])


def _value(found: Template) -> str:
    unit = found.named.get("u") or found.named.get("ul") or ""
    return " ".join(filter(None, [*found.texts[:1], unit]))


def _since(found: Template) -> str:
    return f"As of {' '.join(found.texts)}"


def _about(found: Template) -> str:
    return f"c. {' – '.join(found.texts)}"


def _first(found: Template) -> str:
    return next(iter(found.texts), "")


def _last(found: Template) -> str:
    return found.texts[-1] if found.texts else ""


def _quoted(found: Template) -> str:
    quoted = found.named.get("text") or found.named.get("quote") or next(iter(found.texts), "")
    return f"\n\n{quoted}\n\n"


_KNOWN: Final[Mapping[str, Callable[[Template], str]]] = {
    **dict.fromkeys("convert cvt conv convertir umrechnen".split(), _converted),
    **dict.fromkeys(("frac", "sfrac", "fraction"), _fraction),
    **dict.fromkeys(("val", "num"), _value),
    "as of": _since,
    **dict.fromkeys(("circa", "c.", "ca."), _about),
    **dict.fromkeys("abbr tooltip ill ruby nowrap nobr small big sup sub nobold".split(), _first),
    **dict.fromkeys(("color", "font color", "colour", "background color"), _last),
    **dict.fromkeys(_QUOTES, _quoted),
}
