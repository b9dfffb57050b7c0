"""The lines of wikitext as blocks: headings, paragraphs, lists, tables, code, without sections of links and notes."""

import re
from collections.abc import Iterator
from typing import Final

from index.model import Dropped
from index.sources.blocks.blocks import Block
from index.sources.blocks.layout import count_words
from index.sources.exports.wiki_inline import CAPTION, plain_line
from index.sources.exports.wiki_tables import Table
from index.sources.exports.wiki_tags import KEPT, Kept

_LIST: Final = "*#;:"
_ENTRY_WORDS: Final = 30
_RULE = re.compile(r"-{4,}")
# Sections that hold links and references, as the wikis of each language call them.
_SECTIONS: Final = frozenset(
    (
        *("see also", "references", "external links", "further reading", "bibliography", "footnotes", "citations"),
        *("works cited", "sources", "notes and references", "references and notes", "external link"),
        *("انظر أيضا", "انظر أيضًا", "اقرأ أيضا", "مراجع", "المراجع", "وصلات خارجية", "مصادر", "روابط خارجية", "هوامش"),
        *("جستارهای وابسته", "منابع", "پیوند به بیرون", "پانویس", "یادداشت‌ها", "نگارخانه"),
        *("см. также", "примечания", "литература", "ссылки", "источники", "див. також", "примітки", "посилання"),
        *("véase también", "referencias", "enlaces externos", "bibliografía", "voir aussi", "notes et références"),
        *("références", "liens externes", "bibliographie", "articles connexes", "annexes", "siehe auch", "weblinks"),
        *("einzelnachweise", "literatur", "note", "voci correlate", "altri progetti", "collegamenti esterni"),
        *("ver também", "referências", "ligações externas", "zie ook", "externe links", "bronnen", "przypisy"),
        *("zobacz też", "linki zewnętrzne", "ayrıca bakınız", "kaynakça", "dış bağlantılar", "参见", "參見"),
        *("参考文献", "參考文獻", "外部链接", "外部連結", "参考资料", "脚注", "関連項目", "出典", "外部リンク"),
        *("같이 보기", "각주", "외부 링크"),
        *("ראו גם", "קישורים חיצוניים", "הערות שוליים", "xem thêm", "tham khảo", "liên kết ngoài", "lihat pula"),
        *("referensi", "pranala luar", "se även", "externa länkar", "referenser", "viz též", "reference"),
    )
)


class Lines:
    """The blocks of a page, as its lines are met; `dropped` tells of the sections that were left out."""

    def __init__(self, kept: Kept) -> None:
        self.dropped: list[Dropped] = []
        self._kept = kept
        self._blocks: list[tuple[Block, int]] = []
        self._paragraph: list[str] = []
        self._entries: list[str] = []
        self._code: list[str] = []
        self._table: Table | None = None
        # The level of a section that is left out.
        self._hidden = 0

    def blocks(self, text: str) -> list[Block]:
        """Return the blocks of a page; a heading below which nothing stands is none."""
        for line in text.split("\n"):
            self._line(line)
        self._end()
        return list(_with_something_below(self._blocks))

    def _line(self, line: str) -> None:
        level = _level(line) if line.startswith("=") else 0
        if level:
            self._end()
            self._heading(level, line.strip()[level:-level])
            return
        if self._hidden:
            return
        if self._table is not None:
            if not self._table.add(line):
                self._end_table()
            return
        bare = line.strip()
        if bare.lstrip(":*# ").startswith("{|"):
            self._end()
            self._table = Table(bare)
        elif not bare or _RULE.match(bare):
            self._end()
        elif line[0] in _LIST:
            self._end_paragraph()
            self._entries.append(line.lstrip(_LIST + " "))
        elif (code := KEPT.fullmatch(bare)) is not None and int(code[1]) in self._kept.code:
            self._end()
            self._add(Block(self._kept.literals[int(code[1])].strip("\r\n").rstrip(), "code"))
        elif line[0] == " ":
            self._end_list()
            self._end_prose()
            self._code.append(line[1:])
        else:
            self._end_list()
            self._end_code()
            self._paragraph.append(bare)

    def _heading(self, level: int, title: str) -> None:
        text = plain_line(title, self._kept).replace("\n", " ")
        if self._hidden and level > self._hidden:
            return
        self._hidden = level if text.casefold().rstrip(":") in _SECTIONS else 0
        if self._hidden:
            self.dropped.append(Dropped(text, "a section of links or notes"))
        elif text:
            self._blocks.append((Block(text, "heading"), level))

    def _add(self, block: Block) -> None:
        if block.text:
            self._blocks.append((block, 0))

    def _captions(self, text: str) -> None:
        """Add the captions of the pictures that stand in a text, above it."""
        for sign in CAPTION.finditer(text):
            caption = plain_line(self._kept.captions[int(sign[1])], self._kept).replace("\n", " ")
            self._add(Block(caption, "caption"))

    def _end(self) -> None:
        self._end_paragraph()
        self._end_list()
        self._end_table()

    def _end_paragraph(self) -> None:
        self._end_prose()
        self._end_code()

    def _end_prose(self) -> None:
        text, self._paragraph = "\n".join(self._paragraph), []
        if text:
            self._captions(text)
            self._add(Block(plain_line(text, self._kept)))

    def _end_code(self) -> None:
        lines, self._code = self._code, []
        texts = [plain_line(line, self._kept) for line in lines]
        if len(lines) > 1:
            self._add(Block("\n".join(filter(None, texts)), "code"))
        elif lines:
            self._add(Block(texts[0]))

    def _end_list(self) -> None:
        entries, self._entries = self._entries, []
        for entry in entries:
            self._captions(entry)
        texts = [plain_line(entry, self._kept).replace("\n", " ") for entry in entries]
        texts = [text for text in texts if text]
        if any(count_words(text) > _ENTRY_WORDS for text in texts):
            for text in texts:
                self._add(Block(text))
        elif texts:
            self._add(Block("\n".join(texts), "list"))

    def _end_table(self) -> None:
        table, self._table = self._table, None
        if table is not None:
            for cell in table.cells():
                self._captions(cell)
            for block in table.blocks(self._kept):
                self._add(block)


def _level(line: str) -> int:
    """Return the level of the heading that a line is, 0 for another line."""
    bare = line.strip()
    before, behind = len(bare) - len(bare.lstrip("=")), len(bare) - len(bare.rstrip("="))
    return min(before, behind, 6) if before < len(bare) else 0


def _with_something_below(blocks: list[tuple[Block, int]]) -> Iterator[Block]:
    """Yield blocks without headings that another of their level, or nothing, follows."""
    kept: list[Block] = []
    # The level of the heading that comes next in the text, as far as nothing stands between.
    below = 1
    for block, level in reversed(blocks):
        if not level:
            kept.append(block)
            below = 7
        elif level < below:
            kept.append(block)
            below = level
        else:
            continue
    return reversed(kept)
