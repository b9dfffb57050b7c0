"""The lines of AsciiDoc: what each of them is or begins."""

import re

HEADING = re.compile(r"(={1,6}|#{1,6}) +(\S.*)")
_UNDERLINE = re.compile(r"=+|-+|~+|\^+|\++")
ATTRIBUTE = re.compile(r":(!?[\w][\w-]{0,60}!?):(?: +(.*))?$")
AUTHOR = re.compile(r"[^\W\d_][\w.'’-]*(?: +[^\W\d_][\w.'’-]*){0,2}(?: +<[^<>]{1,100}>)?")
REVISION = re.compile(r"(?:v?(?P<number>\d[\w.-]{0,30}),?(?:\s|$))?\s*(?P<date>[^:,]{4,40})?(?::\s.*)?$")
VERBATIM = re.compile(r"-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,}.{0,40}")
TABLE = re.compile(r"([|,:!])={3,}")
CONTAINER = re.compile(r"={4,}|\*{4,}|_{4,}|--|~{4,}|\"{2}")
RULE = re.compile(r"'{3,}|<<<|-{3}|\*{3}|- - -|\* \* \*")
BLOCK_ATTRIBUTES = re.compile(r"\[(?:[\w.#%\"'*`,].*)?\]|\[\[.{1,200}\]\]")
BLOCK_TITLE = re.compile(r"\.([^\s.].*)")
ENTRY = re.compile(r" *(?P<mark>\*{1,6}|-|\.{1,6}|•|\d{1,9}\.|[a-zA-Z]\.|[ivxIVX]{1,8}\)|<(?:\d{1,3}|\.)>) +(?=\S)")
CHECKBOX = re.compile(r"\[[ xX*]\] +")
TERM = re.compile(r" *(?P<term>\S(?:.*?\S)??)(?:::{1,3}|;;)(?: +(?P<text>\S.*))?$")
ADMONITION = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION): +")
CONDITIONAL = re.compile(r"(?:ifdef|ifndef|ifeval|endif)::[^\[\s]{0,200}\[(.*)\]")
GONE_MACRO = re.compile(r"[a-z][\w-]{1,30}::(?:\S[^\[]{0,500})?\[.*\]")
ESCAPED = re.compile(r"^\\(?=(?:include|ifdef|ifndef|ifeval|endif)::)")
_CALLOUTS = re.compile(r"(?: *(?://|#|--|;;)?(?: *<(?:!--)?(?:\d{1,3}|\.)(?:--)?>){1,5})$")
_CALLOUT_CHARACTERS = 60


def without_callouts(line: str) -> str:
    """Return a line of code without the numbers by which the text below refers to it."""
    if not line.endswith(">"):
        return line
    return line[:-_CALLOUT_CHARACTERS] + _CALLOUTS.sub("", line[-_CALLOUT_CHARACTERS:])


def underline(title: str, rule: str, *, at_top: bool) -> str:
    """Return the sign of the line below a title that is written in two lines, "" when `title` is none.

    Only the title of the document, where nothing else can be meant, may have a line of another length.
    """
    if len(rule) < 3 or not _UNDERLINE.fullmatch(rule) or (abs(len(title) - len(rule)) > 2 and not at_top):
        return ""
    return rule[0] if any(map(str.isalnum, title)) and title[0] not in " [." else ""


def goes_with_list(line: str) -> bool:
    """Return whether a line below a blank one may belong to the list above it."""
    kinds = (ATTRIBUTE, BLOCK_ATTRIBUTES, CONDITIONAL)
    return ENTRY.match(line) is not None or line.startswith("//") or any(kind.fullmatch(line) for kind in kinds)


def ends_paragraph(line: str, *, entry: bool) -> bool:
    """Return whether a line below others ends their paragraph, which may be an entry of a list."""
    may_be_term = "::" in line or ";;" in line
    if line[0].isalnum() and not may_be_term and not entry:
        return False
    if line == "+" or line.startswith("//") or BLOCK_ATTRIBUTES.fullmatch(line) or CONDITIONAL.fullmatch(line):
        return True
    if entry and (ENTRY.match(line) or (may_be_term and TERM.match(line))):
        return True
    verbatim = VERBATIM.fullmatch(line) or TABLE.fullmatch(line)
    return verbatim is not None or (CONTAINER.fullmatch(line) is not None and line != '""')
