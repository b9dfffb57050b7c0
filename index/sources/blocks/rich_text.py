"""Texts that editors keep as trees: EditorJS, Draft.js, Slate, ProseMirror, Lexical, Contentful, Portable Text, Notion.

They differ in names only: a node says what it is, and holds its text or the nodes within it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from index.sources.blocks.blocks import Block
from index.sources.blocks.classic_posts import has_media, html_of
from index.sources.blocks.html_tags import has_blocks, with_bracketed_words
from index.sources.blocks.layout import normal_line, normalise, one_line, text_lines, tidied
from index.sources.blocks.markup import blocks_of, plain, unescaped, without_cdata
from index.sources.blocks.text_blocks import text_blocks
from index.sources.files.streams import UnusableError

Node = Mapping[str, object]

_KINDS = ("type", "_type", "nodeType", "blockType", "style", "tag", "listItem")
_CHILDREN = (
    "children",
    "rich_text",
    "blocks",
    "items",
    "content",
    "nodes",
    "results",
    "paragraphs",
    "sections",
    "root",
)
_LEAVES = (
    "text",
    "value",
    "plain_text",
    "rendered",
    "html",
    "content",
    "main",
    "plain",
    "body",
    "code",
    "#text",
    "_",
    "$t",
    "context",
    "raw",
)
_TITLES = ("heading", "header", "section", "title")
_INLINE = frozenset(
    (
        *("text", "span", "link", "hyperlink", "autolink", "a", "mention", "strong", "em", "emphasis", "mark", "emoji"),
        *("inlinecode", "code_inline", "hashtag", "entry-hyperlink", "asset-hyperlink", "extended-text"),
    )
)
_BREAKS = frozenset(("hardbreak", "hard_break", "linebreak", "line-break", "br"))
_DEEPEST = 60
# What a tree, and each node of a list of them, has that no other object in a text would.
_EDITOR_ROOTS = frozenset(("blocks", "root", "ops", "nodeType", "children"))
_EDITOR_NODES = frozenset(("type", "_type", "insert", "children"))


def blocks_of_text(value: object) -> list[Block]:
    """Return the blocks of a text: a string (plain, or HTML), a list of them, or a tree of an editor.

    UnusableError when it is nested more than 60 deep.

    >>> paragraph = {"type": "paragraph", "content": [{"text": "It "}, {"text": "rained."}]}
    >>> blocks_of_text({"type": "doc", "content": [paragraph]})
    [Block(text='It rained.', kind='paragraph', fragment=None)]
    """
    if isinstance(value, str):
        tree = _tree_in(value) if value[:1] in ("{", "[") else None
        if tree is None:
            return _of_string(value)
        value = tree
    found: list[Block] = []
    for entries, group in groupby(_blocks(value, 0), key=lambda block: block.kind == "list"):
        blocks = list(group)
        found += [Block("\n".join(block.text for block in blocks), "list")] if entries else blocks
    return found


def _tree_in(text: str) -> object:
    """Return the tree of an editor that a database keeps as a string, None for any other text."""
    if not text.rstrip().endswith(("}", "]")):
        return None
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return None
    nodes = tree if isinstance(tree, list) else [tree]
    marks = _EDITOR_NODES if isinstance(tree, list) else _EDITOR_ROOTS
    return tree if nodes and all(isinstance(node, dict) and marks & node.keys() for node in nodes) else None


def _blocks(value: object, depth: int) -> Iterator[Block]:
    if isinstance(value, str):
        yield from _of_string(value)
    elif isinstance(value, list):
        for child in value:
            if isinstance(child, str | dict):
                yield from _blocks(child, depth + 1)
    elif isinstance(value, dict):
        if depth > _DEEPEST:
            raise UnusableError("its text is nested too deep")
        for block in _of_node(value, depth):
            if block.text:
                yield block


def _of_string(text: str) -> list[Block]:
    text = unescaped(without_cdata(text))
    if has_media(text):
        text = html_of(text)
    if "\\n\\n" in text and "\n" not in text:
        # Somebody escaped the line breaks once more than he read them.
        text = text.replace("\\r", "").replace("\\n", "\n")
    if not has_blocks(text):
        return _of_lines(plain(text))
    found: list[Block] = []
    for block in blocks_of(with_bracketed_words(text)):
        if block.kind == "paragraph" and "\n" in block.text:
            found += _of_lines(block.text)
        else:
            found.append(block)
    return found


def _of_lines(text: str) -> list[Block]:
    """Return the blocks of a plain text."""
    lines = text_lines(text.strip())
    if len(lines) == 1:
        return [Block(tidied(lines[0]))] if lines[0] else []
    return text_blocks(lines)


def _of_node(node: Node, depth: int) -> Iterator[Block]:
    kinds = _kinds(node)
    node = _inner(node, kinds)
    children = _children(node)
    if isinstance(node.get("ops"), list):
        yield from _of_string("".join(_leaf(op, ("insert",)) for op in _nodes(node["ops"])))
    elif any(kind.startswith("head") or (len(kind) == 2 and kind[0] == "h" and kind[1] in "123456") for kind in kinds):
        yield Block(one_line(_inline(node, depth)), "heading")
    elif any("list" in kind or kind in ("ul", "ol") or "item" in kind for kind in kinds):
        lines = map(one_line, normalise(_inline(node, depth)).split("\n"))
        yield Block("\n".join(filter(None, lines)), "list")
    elif any("table" in kind for kind in kinds) and children:
        yield _table(node, children, depth)
    elif any("code" in kind for kind in kinds):
        yield Block(normalise(_inline(node, depth, raw=True)).strip("\n"), "code")
    elif children and (kinds or "children" in node or "rich_text" in node) and all(map(_is_inline, children)):
        yield from _of_lines(_inline(node, depth))
    else:
        title = "" if kinds else _leaf(node, _TITLES)
        yield Block(normal_line(plain(title)), "heading")
        leaf = _leaf(node, _LEAVES)
        yield from _of_string(leaf)
        yield from _blocks(children, depth + 1)
        yield Block(normal_line(plain(_leaf(node, ("caption",)))), "caption")
        if not leaf and not children:
            yield from _blocks(_only_child(node), depth + 1)


def _table(node: Node, rows: Iterable[object], depth: int) -> Block:
    lines: list[str] = []
    header = bool(node.get("withHeadings"))
    for row in rows:
        cells = _children(row) if isinstance(row, dict) else row if isinstance(row, list) else []
        header |= not lines and any(isinstance(cell, dict) and "header" in str(_kinds(cell)).lower() for cell in cells)
        lines.append(" | ".join(filter(None, (normal_line(_inline(cell, depth + 1)) for cell in cells))))
    lines = list(filter(None, lines))
    return Block("\n".join(lines), "table" if header and len(lines) > 1 else "list")


def _inline(value: object, depth: int, *, raw: bool = False) -> str:
    """Return the text of a value in one piece; entries of lists begin on lines of their own."""
    if isinstance(value, str):
        return value if raw else plain(value)
    if isinstance(value, list):
        return "".join(_inline(child, depth, raw=raw) for child in value)
    if not isinstance(value, dict):
        return ""
    if depth > _DEEPEST:
        raise UnusableError("its text is nested too deep")
    kinds = _kinds(value)
    if kinds & _BREAKS:
        return "\n"
    node = _inner(value, kinds)
    leaf = _leaf(node, _LEAVES)
    lists = isinstance(node.get("items"), list) or any("list" in kind for kind in kinds)
    mark = "\n" if lists else ""
    inside = mark.join(_inline(child, depth + 1, raw=raw) for child in _children(node))
    text = (leaf if raw else plain(leaf)) + mark + inside
    edge = "\n" if any("item" in kind for kind in kinds) else "" if kinds <= _INLINE else " "
    return edge + text + edge


def _is_inline(child: object) -> bool:
    if not isinstance(child, dict):
        return isinstance(child, str)
    kinds = _kinds(child)
    return bool(kinds & (_INLINE | _BREAKS)) or (not kinds and bool(_leaf(child, ("text", "value")) or "text" in child))


def _kinds(node: Node) -> frozenset[str]:
    """Return what a node says it is, in lower case: {"block", "h2"} in Portable Text."""
    found = {kind.lower() for name in _KINDS if isinstance(kind := node.get(name), str) and kind}
    return frozenset(found | {"item"} if node.get("listItem") else found)


def _inner(node: Node, kinds: frozenset[str]) -> Node:
    """Return the object that holds a node's text: in EditorJS its `data`, in Notion the one named as its kind."""
    for name in kinds if _children(node) or _leaf(node, _LEAVES) else (*kinds, "data"):
        inner = node.get(name)
        if isinstance(inner, dict) and inner:
            return {**node, **inner} if isinstance(node.get("children"), list) else inner
    return node


def _children(node: Node) -> list[object]:
    for name in _CHILDREN:
        inner = node.get(name)
        if isinstance(inner, list) and inner:
            return inner
        if isinstance(inner, dict) and name in ("root", "content"):
            return [inner]
    return []


def _only_child(node: Node) -> object:
    inner = [node[name] for name in _LEAVES if isinstance(node.get(name), dict)] or list(node.values())
    return inner[0] if len(inner) == 1 else None


def _nodes(value: object) -> list[Node]:
    return [child for child in value if isinstance(child, dict)] if isinstance(value, list) else []


def _leaf(node: Node, names: Iterable[str]) -> str:
    return next((text for name in names if isinstance(text := node.get(name), str)), "")
