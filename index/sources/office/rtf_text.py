"""Walk a document in Rich Text Format: groups, the formatting in them, and the stories that are told in them."""

from collections.abc import Callable

from index.sources.files.streams import UnusableError
from index.sources.office import rtf_words as words
from index.sources.office.document import Document
from index.sources.office.rtf_fonts import Fonts
from index.sources.office.rtf_paragraphs import Paragraphs, State, Story

# Nobody's document is nested deeper.
_DEEPEST = 2000
# Half points: what is larger than this looks like a headline.
_LARGE = 30
_PRIVATE = 0xF000
_LISTING_FIELDS = ("TOC", "INDEX", "TOA")


class Walk:
    """One walk over a document: the groups that are open, and the stories that are being told in them."""

    def __init__(self) -> None:
        self.info: dict[str, str] = {}
        self._paragraphs = Paragraphs()
        self._fonts = Fonts()
        self._state = State()
        self._states = [self._state]
        # Of each open group the code of the field in it.
        self._codes = [""]
        self._stories = [Story("", 0)]
        self._raw: list[str] = []
        self._codec = ""
        self._skip = 0
        self._steps: dict[str, Callable[[int], None]] = {
            **{
                "u": self._character,
                "f": self._font,
                "fcharset": self._charset,
                "cpg": self._page,
                "uc": self._fallback,
            },
            **{"ansicpg": self._page, "deff": self._default, "fi": self._indent, "fldrslt": self._result},
            **{"plain": lambda _: self._state.plain(), "pard": lambda _: self._state.paragraph_defaults()},
            **{"cell": self._cell, "row": lambda _: self._paragraphs.end_row()},
            **{"trhdr": lambda _: self._paragraphs.head_row(), "ud": self._second},
            **dict.fromkeys(("listtext", "pntext"), self._marker),
        }

    @property
    def document(self) -> Document:
        """Return what was read."""
        return self._paragraphs.document

    def read(self, text: str) -> None:
        """Add all that stands in a document, given as one character for each byte."""
        at, scan = 0, words.TOKEN.match
        while (token := scan(text, at)) is not None:
            at = token.end()
            word, number, byte, sign, brace, text_run = token.groups()
            if text_run:
                self._text(text_run)
            elif word == "bin":
                at += max(0, int(number or 0))
            elif word == "u" and (run := words.CHARACTERS_IN_A_ROW.match(text, token.start())) and self._reads_rows():
                at = run.end()
                self._row(run[0])
            elif word:
                self._word(word, number)
            elif byte:
                self._text(chr(int(byte, 16)))
            elif sign:
                self._sign(sign)
            elif brace and not self._group(brace):
                break
        while len(self._stories) > 1:
            self._end_story()
        self._end_paragraph()
        self._paragraphs.end_table()

    def _group(self, brace: str) -> bool:
        """Begin or end a group; return whether one is still open."""
        self._skip = 0
        if brace == "{":
            self._open()
        else:
            self._close()
        return len(self._states) > 1

    def _open(self) -> None:
        if len(self._states) > _DEEPEST:
            raise UnusableError(f"its groups are nested more than {_DEEPEST} deep")
        state = self._state.inner()
        if self._state.twofold:
            # The first of two groups says the same in bytes.
            state.part = "nothing"
        self._states.append(state)
        self._state = state
        self._codes.append("")
        if state.part in ("styles", "info"):
            state.paragraph_defaults()
            state.plain()
            self._begin(f"one of {state.part}")

    def _close(self) -> None:
        while len(self._stories) > 1 and self._stories[-1].depth == len(self._states):
            self._end_story()
        if len(self._states) > 1:
            self._states.pop()
            self._codes.pop()
        self._state = self._states[-1]

    def _begin(self, part: str) -> None:
        self._flush()
        self._state.part = part
        self._stories.append(Story(part, len(self._states)))

    def _end_story(self) -> None:
        self._flush()
        story = self._stories.pop()
        text = story.taken()
        match story.part:
            case "note":
                self._paragraphs.notes.append(" ".join([*story.paragraphs, text]))
            case "box":
                self._paragraphs.boxes += [*story.paragraphs, text]
            case "code" if len(self._codes) > 1:
                self._codes[-2] = self._codes[-2] or text.strip()
            case "one of styles":
                self._paragraphs.style(text, self._state)
            case "title" | "author":
                self.info.setdefault(story.part, text)

    def _word(self, word: str, digits: str | None) -> None:
        if self._skip:
            self._skip -= 1
            return
        state = self._state
        if state.starred:
            state.starred = False
            if word not in words.KNOWN and not (state.part == "one of styles" and word in words.OTHER_STYLES):
                state.part = "nothing"
        if state.part == "nothing" and word != "ud":
            return
        if word in words.FLAGS:
            setattr(state, words.FLAGS[word], digits is None or int(digits) != 0)
        elif word in words.NUMBERS:
            setattr(state, words.NUMBERS[word], int(digits or 0))
        elif word in words.CHARACTERS:
            self._put(words.CHARACTERS[word])
        elif word in self._steps:
            self._steps[word](int(digits or 0))
        elif word in words.ENDS:
            self._end_paragraph()
        else:
            self._part(word)

    def _part(self, word: str) -> None:
        """Meet a word that begins a part of the document, or one that says nothing here."""
        state = self._state
        if word in words.PASSED_OVER:
            state.part = "nothing"
        elif word in words.TABLES:
            state.part = words.TABLES[word]
        elif word in words.STORIES:
            self._begin(words.STORIES[word])
        elif word in ("title", "author") and state.part == "one of info":
            self._stories[-1].part = state.part = word
        elif word in words.BASES:
            self._fonts.base = words.BASES[word]
        elif word in words.OTHER_STYLES and state.part == "one of styles":
            state.style = -1

    def _text(self, text: str) -> None:
        if self._skip:
            dropped = min(self._skip, len(text))
            self._skip -= dropped
            text = text[dropped:]
        state = self._state
        if not text or state.part in words.NO_TEXT or state.deleted:
            return
        if state.part == "fonts":
            self._fonts.name(state.font, text)
            return
        # The tables at the front are in no font.
        codec = self._fonts.base if state.part in words.AT_THE_FRONT else self._fonts.codec(state.font)
        if state.hidden:
            self._paragraphs.hidden.append(words.decoded(text, codec))
            return
        if codec != self._codec:
            self._flush()
            self._codec = codec
        self._raw.append(text)
        self._look(text)

    def _look(self, text: str) -> None:
        """Take note whether text stands out as a headline does."""
        if not (self._state.bold or self._state.size >= _LARGE) and not text.isspace():
            self._stories[-1].standing_out = False

    def _put(self, text: str) -> None:
        """Add characters that are known already."""
        state = self._state
        if state.part in words.NO_TEXT or state.part == "fonts" or state.deleted:
            return
        if state.hidden:
            self._paragraphs.hidden.append(text)
            return
        self._flush()
        self._stories[-1].pieces.append(text)

    def _flush(self) -> None:
        if self._raw:
            self._stories[-1].pieces.append(words.decoded("".join(self._raw), self._codec))
            self._raw.clear()

    def _sign(self, sign: str) -> None:
        if self._skip:
            self._skip -= 1
        elif sign == "*":
            self._state.starred = True
        elif sign in "\r\n":
            self._end_paragraph()
        elif sign in words.SYMBOLS:
            self._put(words.SYMBOLS[sign])

    def _character(self, number: int) -> None:
        self._skip = self._state.fallback
        code = number % 0x10000 if number < 0x10000 else number
        if _PRIVATE <= code < _PRIVATE + 256:
            self._put(words.decoded(chr(code - _PRIVATE), self._fonts.symbols(self._state.font)))
        elif 0 < code < 0x110000:
            self._put(chr(code))
            self._look(chr(code))

    def _reads_rows(self) -> bool:
        return self._state.fallback == 1 and not self._skip and not self._state.starred

    def _row(self, run: str) -> None:
        """Add characters that are written as numbers one after another, as whole texts are: at a third of the cost."""
        text = "".join(chr(int(number) % 0x10000) for number in words.NUMBER.findall(run))
        self._put(text)
        self._look(text)

    def _fallback(self, number: int) -> None:
        self._state.fallback = min(max(number, 0), 10)

    def _font(self, number: int) -> None:
        self._state.font = number
        if self._state.part == "fonts":
            self._fonts.define(number)

    def _charset(self, number: int) -> None:
        if self._state.part == "fonts":
            self._fonts.charset(self._state.font, number)

    def _page(self, number: int) -> None:
        if self._state.part == "fonts":
            self._fonts.page(self._state.font, number)
        else:
            self._fonts.base = words.codec_of_page(number) or self._fonts.base

    def _default(self, number: int) -> None:
        self._fonts.default = number

    def _indent(self, number: int) -> None:
        self._state.hanging = number < 0

    def _result(self, _: int) -> None:
        code = self._codes[-2].split(None, 1) if len(self._codes) > 1 else []
        if code and code[0].upper() in _LISTING_FIELDS:
            self._state.part = "nothing"

    def _marker(self, _: int) -> None:
        """Meet the number or sign of a list's entry, written out for readers that know no lists."""
        for state in self._states[-2:]:
            state.entry = True
        self._state.part = "nothing"

    def _second(self, _: int) -> None:
        self._state.part = self._states[-3].part if len(self._states) > 2 else ""

    def _cell(self, _: int) -> None:
        self._flush()
        story = self._stories[-1]
        text = story.taken()
        if story.part:
            story.paragraphs.append(text)
        else:
            story.standing_out = True
            self._paragraphs.end_cell(text)

    def _end_paragraph(self) -> None:
        self._flush()
        story = self._stories[-1]
        text = story.taken()
        if story.part:
            story.paragraphs.append(text)
        else:
            prominent, story.standing_out = story.standing_out, True
            self._paragraphs.end(text, self._state, prominent=prominent)
