"""The blocks of the scripts in Unicode: one table, from which every class of letters is put together.

Blocks are those of the Unicode standard's Scripts.txt, as far as living scripts of news text have to be told apart; a
name stands for code points that all users of the table treat alike, so no code point has two.
"""

from types import MappingProxyType
from typing import Final

# Half of them are no letters; whoever counts letters asks Python which are.
BLOCKS: Final = MappingProxyType(
    {
        "latin": ((0x0041, 0x024F), (0x1E00, 0x1EFF)),
        "greek": ((0x0370, 0x03FF), (0x1F00, 0x1FFF)),
        "cyrillic": ((0x0400, 0x052F),),
        "armenian": ((0x0530, 0x058F),),
        "hebrew": ((0x0590, 0x05FF),),
        "arabic": ((0x0600, 0x077F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
        "devanagari": ((0x0900, 0x097F),),
        "bengali": ((0x0980, 0x09FF),),
        "tamil": ((0x0B80, 0x0BFF),),
        "telugu": ((0x0C00, 0x0C7F),),
        "thai": ((0x0E00, 0x0E7F),),
        "lao": ((0x0E80, 0x0EFF),),
        "burmese": ((0x1000, 0x109F),),
        "georgian": ((0x10A0, 0x10FF),),
        "hangul": ((0x1100, 0x11FF), (0xAC00, 0xD7AF)),
        "khmer": ((0x1780, 0x17FF),),
        "cjk stops": ((0x3000, 0x3004),),
        # Repeat or close a Han character, as in 人々.
        "han marks": ((0x3005, 0x3006),),
        "cjk brackets": ((0x3007, 0x303F),),
        "kana": ((0x3040, 0x30FF),),
        "small kana": ((0x31F0, 0x31FF),),
        "han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
        "hexagrams": ((0x4DC0, 0x4DFF),),
        "han compatibility": ((0xF900, 0xFAFF),),
        "full width": ((0xFF00, 0xFF65), (0xFFA0, 0xFFEF)),
        "half width kana": ((0xFF66, 0xFF9F),),
        "rare han": ((0x20000, 0x3134F),),
    }
)


def letters(*names: str) -> str:
    """Return the inside of a character class that matches what stands in these blocks.

    >>> import re
    >>> re.findall(f"[{letters('thai', 'han')}]", "a 新ไ")
    ['新', 'ไ']
    """
    return "".join(f"{chr(low)}-{chr(high)}" for name in names for low, high in BLOCKS[name])


# No spaces between words, several code points a syllable.
SOUTHEAST_ASIAN: Final = letters("thai", "lao", "burmese", "khmer")
HAN: Final = letters("han", "han compatibility", "rare han")
# Written without spaces between words: there every character counts as one.
UNSPACED: Final = SOUTHEAST_ASIAN + HAN + letters("han marks", "kana", "small kana")
