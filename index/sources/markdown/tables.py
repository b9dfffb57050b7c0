"""Tables of Markdown as markdown-it finds them, but one token for each: a token for every cell takes ten times as long.

A row longer than the header keeps all of its cells.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

TABLE = "table"
_RULE_LINE = re.compile(r"[-:|][-:|\s]+")
_COLUMN_RULE = re.compile(r"\s*:?-+:?\s*")
_PIPE = re.compile(r"(?<!\\)\|")


def rows_of(meta: object) -> list[list[str]]:
    """Return the rows of a table, the header first, from what its token holds: the texts of the cells, as written."""
    return list(meta["rows"]) if isinstance(meta, dict) else []


def table(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    """Add the table that begins at a line; the rule of markdown-it of this name."""
    header = _header(state, start, end)
    if header is None or silent:
        return header is not None
    rows = [header]
    before, state.parentType = state.parentType, "table"
    rules = state.md.block.ruler.getRules("blockquote")
    line = start + 2
    while line < end and state.sCount[line] >= state.blkIndent and not state.is_code_block(line):
        text = _line(state, line)
        if not text or any(rule(state, line, end, True) for rule in rules):
            break
        rows.append(_cells(text))
        line += 1
    token = state.push(TABLE, TABLE, 0)
    token.map, token.meta = [start, line], {"rows": rows}
    state.parentType, state.line = before, line
    return True


def _header(state: "StateBlock", start: int, end: int) -> list[str] | None:
    """Return the cells of a header row, None where no rule of as many columns stands below it."""
    below = start + 1
    if below >= end or state.sCount[below] < state.blkIndent or state.is_code_block(below):
        return None
    rule = _line(state, below)
    if rule.startswith(("- ", "-\t")) or not _RULE_LINE.fullmatch(rule) or state.is_code_block(start):
        return None
    header = _line(state, start)
    columns = _without_edges(rule.split("|"))
    if "|" not in header or not all(_COLUMN_RULE.fullmatch(column) for column in columns):
        return None
    cells = _cells(header)
    return cells if cells and len(cells) == len(columns) else None


def _line(state: "StateBlock", line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _cells(line: str) -> list[str]:
    cells = _without_edges(_PIPE.split(line) if "\\" in line else line.split("|"))
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _without_edges(parts: Sequence[str]) -> Sequence[str]:
    """Return the parts between the pipes around a line."""
    first = 1 if parts and not parts[0].strip() else 0
    last = len(parts) - (1 if len(parts) > first and not parts[-1].strip() else 0)
    return parts[first:last]
