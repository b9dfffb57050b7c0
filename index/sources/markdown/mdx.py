"""Where the JavaScript ends that MDX mixes into Markdown: imports, exports, the tags of components."""

import re

_MODULE = re.compile(
    r"import\s+(?:[^\n]*\bfrom\s+)?[\"'][^\"'\n]+[\"']|import\s*\{|import\s+\w+\s*,\s*\{"
    r"|export\s+(?:default\b|const\b|let\b|var\b|function\b|async\b|class\b|\{|\*)"
)
_DEPTHS = re.compile(r"[(\[{}\])]")
_COMPONENT_ENDS = re.compile(r"[\"'`{}>]")
# Neither is longer than this.
_MODULE_LINES = 500
_COMPONENT_CHARACTERS = 4000


def is_module(text: str, at: int) -> bool:
    """Return whether a line that begins with "import" or "export" is a statement, not prose on trade."""
    return _MODULE.match(text, at) is not None


def module_end(text: str, at: int) -> int | None:
    """Return where a statement ends: at the end of a line at which its brackets are closed.

    >>> text = "export const a = {\\n  b: 1,\\n};\\n\\nIt rained."
    >>> text[module_end(text, 0):]
    '\\nIt rained.'
    """
    depth, end = 0, at
    for _ in range(_MODULE_LINES):
        stop = text.find("\n", end) + 1 or len(text)
        line = text[end:stop]
        depth += sum(1 if sign in "([{" else -1 for sign in _DEPTHS.findall(line))
        end = stop
        following = text[end : end + 7]
        whole = line.rstrip().endswith(";") or not following.strip(" \t") or following[0] == "\n"
        if depth <= 0 and (whole or following.startswith(("import ", "export ")) or line.startswith("import")):
            return end
        if end == len(text):
            break
    return None


def component_end(text: str, at: int) -> int | None:
    """Return where a tag ends whose name ends at `at`; its attributes may hold quotes, braces and other tags.

    >>> text = '<Tab icon={<Star a="}>" />}>Words'
    >>> text[component_end(text, 4):]
    'Words'
    """
    depth, quote = 0, ""
    for found in _COMPONENT_ENDS.finditer(text, at, at + _COMPONENT_CHARACTERS):
        sign = found[0]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        elif sign == ">" and not depth:
            return found.end()
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
    return None
