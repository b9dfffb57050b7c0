"""Letters of fonts that are no letters elsewhere: Symbol with its Greek and mathematics, and the signs of Wingdings."""

from typing import Final

# From "!" on, and from the euro sign on; "\0" where a sign is only a part of one.
_LOWER = "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_UPPER = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…\0\0↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑\0\0\0\0\0\0\0\0\0\0\0〉∫"
_SYMBOL: Final = {33 + at: sign for at, sign in enumerate(_LOWER)} | {
    160 + at: sign for at, sign in enumerate(_UPPER) if sign != "\0"
}
_WINGDINGS: Final = {
    **{0x4A: "☺", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x9F: "•", 0xA7: "▪", 0xA8: "◻"},
    **{0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
}
# Fonts of symbols are stored at the private characters from here on as well.
_PRIVATE = 0xF000


def symbol(font: str, code: int) -> str:
    """Return the character that a font of symbols shows for a code; "" for a picture that no character is.

    >>> symbol("Symbol", 0xF0B0), symbol("Wingdings", 0xFC), symbol("Arial", 0x2192)
    ('°', '✓', '→')
    """
    at = code - _PRIVATE if _PRIVATE <= code < _PRIVATE + 256 else code
    name = font.casefold()
    if name.startswith("symbol"):
        return _SYMBOL.get(at, "" if at < 33 else chr(code) if code == at > 255 else "")
    if "dings" in name or "webdings" in name:
        return _WINGDINGS.get(at, "") if name == "wingdings" else ""
    return chr(code) if code == at and 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
