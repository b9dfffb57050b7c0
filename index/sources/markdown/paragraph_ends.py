"""What ends a paragraph of Markdown: one rule for markdown-it in place of seven that it asks of every line, twice."""

from typing import TYPE_CHECKING

from index.sources.markdown.tables import table

if TYPE_CHECKING:
    from markdown_it.parser_block import ParserBlock
    from markdown_it.rules_block import StateBlock


def end_paragraphs(block: "ParserBlock") -> None:
    """Let a parser of CommonMark with tables ask one rule what ends a paragraph; what it finds is the same."""
    from markdown_it import rules_block

    # Those that the parser asks within quotations, the first three also within lists.
    rules = {
        **{"fence": rules_block.fence, "blockquote": rules_block.blockquote, "hr": rules_block.hr},
        **{"list": rules_block.list_block, "html_block": rules_block.html_block, "heading": rules_block.heading},
    }
    several = (*rules.values(), table)

    def ends(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
        if not silent:
            return False
        at = state.bMarks[start] + state.tShift[start]
        # None of them begins with a letter, but for the header of a table.
        if state.src[at : at + 1].isalpha() and not _above_a_rule(state, start + 1, end):
            return False
        return any(rule(state, start, end, True) for rule in several)

    for at, (name, rule) in enumerate(rules.items()):
        block.ruler.at(name, rule, {"alt": ["blockquote", "list"] if at < 3 else ["blockquote"]})
    block.ruler.at("table", table, {"alt": []})
    block.ruler.before("paragraph", "paragraph_ends", ends, {"alt": ["paragraph", "reference"]})


def _above_a_rule(state: "StateBlock", below: int, end: int) -> bool:
    """Return whether the line `below` may be the rule of dashes under the header of a table."""
    if below >= end:
        return False
    at = state.bMarks[below] + state.tShift[below]
    return not state.src[at : at + 1].isalnum()
