"""A message as people will see it, and from it Telegram's HTML or plain text.

Everything is escaped here, once, as the last step. Lengths count UTF-16 units of the visible text, as Telegram does.
"""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from bot.render import units

Tag = Literal["b", "i", "u"]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text in one style. `link` is an http(s) address; `moment`, in seconds since 1970, makes it a date that
    Telegram shows in the reader's own time zone."""

    text: str
    tags: tuple[Tag, ...] = ()
    link: str | None = None
    moment: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a message; a quote is set apart, and an expandable one folds itself when it is long."""

    runs: tuple[Run, ...]
    quote: Literal["no", "quote", "expandable"] = "no"

    @property
    def text(self) -> str:
        """Return what a reader sees of it."""
        return "".join(run.text for run in self.runs)


def line(*parts: Run | str) -> Block:
    """Return a block of runs and plain texts."""
    return Block(tuple(Run(part) if isinstance(part, str) else part for part in parts))


def size(blocks: Iterable[Block]) -> int:
    """Return the length of `blocks` in UTF-16 units, each with the line break after it."""
    return sum(units(block.text) + 1 for block in blocks)


def fitted(blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    """Return the first of `blocks` that fit into `limit` units."""
    fitting = [block for block in blocks if block.text]
    while fitting and size(fitting) > limit + 1:
        fitting.pop()
    return tuple(fitting)


def to_html(blocks: Iterable[Block]) -> str:
    """Return the message in Telegram's HTML.

    >>> to_html([line(Run("a<b", ("b",)))])
    '<b>a&lt;b</b>'
    """
    return "\n".join(_block(block) for block in blocks)


def to_plain(blocks: Iterable[Block]) -> str:
    """Return the same without any markup; an address stands behind the words that linked to it."""
    return "\n".join("".join(_bare(run) for run in block.runs) for block in blocks)


def _block(block: Block) -> str:
    # Neighbours of one style share its tags: an entity each would soon be the hundred that a message may have.
    inner = "".join(_styled(tags, "".join(map(_run, runs))) for tags, runs in groupby(block.runs, lambda run: run.tags))
    if block.quote == "no":
        return inner
    return f"<blockquote{' expandable' if block.quote == 'expandable' else ''}>{inner}</blockquote>"


def _run(run: Run) -> str:
    text = html.escape(run.text, quote=False)
    if run.moment is not None:
        text = f'<tg-time unix="{run.moment}" format="Dt">{text}</tg-time>'
    if run.link is not None:
        text = f'<a href="{html.escape(run.link, quote=True)}">{text}</a>'
    return text


def _styled(tags: tuple[Tag, ...], inner: str) -> str:
    return "".join(f"<{tag}>" for tag in tags) + inner + "".join(f"</{tag}>" for tag in reversed(tags))


def _bare(run: Run) -> str:
    return run.text if run.link is None else f"{run.text}: {run.link}"
