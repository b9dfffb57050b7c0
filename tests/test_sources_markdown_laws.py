"""Markdown written by a program comes back, and Markdown made to break its reader does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import read
from index.model import Article, Skipped

FERRY = "The ferry left the harbour at six with forty passengers and a brass band on board."

_WORDS = st.lists(
    st.sampled_from("ferry pier rope wind tide oar berth крюк 波止場 ميناء".split()), min_size=4, max_size=9
)
_SENTENCES = _WORDS.map(lambda words: " ".join(words) + ".")
_BLOCKS = st.one_of(
    _SENTENCES.map(lambda text: (text, text)),
    st.lists(_SENTENCES, min_size=2, max_size=4).map(
        lambda entries: ("".join(f"- {entry}\n" for entry in entries), "\n".join(entries))
    ),
    st.lists(_SENTENCES, min_size=1, max_size=3).map(
        lambda lines: ("```\n" + "\n".join(lines) + "\n```", "\n".join(lines))
    ),
    _SENTENCES.map(lambda text: (f"> {text}", text)),
    st.tuples(_WORDS, _SENTENCES).map(
        lambda two: (f"## {' '.join(two[0])}\n\n{two[1]}", f"{' '.join(two[0])}\n{two[1]}")
    ),
    st.tuples(_WORDS, _SENTENCES).map(
        lambda two: (f'!!! tip "{" ".join(two[0])}"\n    {two[1]}', f"{' '.join(two[0])}\n{two[1]}")
    ),
    st.tuples(_SENTENCES, _SENTENCES).map(
        lambda two: (f"| a | b |\n|---|---|\n| {two[0]} | {two[1]} |", f"a | b\n{two[0]} | {two[1]}")
    ),
)


@pytest.mark.slow
@given(blocks=st.lists(_BLOCKS, min_size=1, max_size=8))
def test_blocks_written_as_markdown_come_back(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[tuple[str, str]]
) -> None:
    # A comment parts lists that stand side by side.
    written = "\n\n<!-- -->\n\n".join(text for text, _ in blocks)
    path = tmp_path_factory.getbasetemp() / "law.md"
    path.write_text(f"# Tides\n\n{written}\n", encoding="utf-8")
    (found,) = read([path])
    assert isinstance(found, Article)
    assert (found.title, [paragraph.text for paragraph in found.paragraphs]) == (
        "Tides",
        [expected for _, expected in blocks],
    )


_SIGNS = r"\`*_{}[]<>()#+-.!|~^$%&:=/@\"'"
_ESCAPED = st.lists(
    st.one_of(st.sampled_from(_SIGNS), st.sampled_from("ferry pier Wind TIDE 12 крюк ميناء".split())),
    min_size=1,
    max_size=9,
)


@pytest.mark.slow
@given(pieces=_ESCAPED)
def test_text_whose_signs_are_all_escaped_is_read_as_it_stands(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = " ".join(["Ana", *pieces, "".join(pieces), "left."])
    escaped = "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text)
    path = tmp_path_factory.getbasetemp() / "escaped.md"
    path.write_text(f"# Tides\n\n{escaped}\n", encoding="utf-8")
    (found,) = read([path])
    assert isinstance(found, Article)
    assert [paragraph.text for paragraph in found.paragraphs] == [text]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        *("{{" * 30_000, "{% a " * 20_000, "{{< a " * 20_000, "[[" * 30_000, "[[a|" * 20_000, "%% a " * 20_000),
        *("<A {" * 20_000, "<A\n" * 20_000, "export const a = {\n" * 4_000, "==a " * 20_000, "{#a " * 20_000),
        *("!!! a\n" * 10_000, "".join(" " * at + "!!! a\n" for at in range(300)), ":::a\n" * 10_000, "[^a]: " * 20_000),
        *("```{note}\n" * 10_000, "a\n: b\n" * 10_000, "`` ` " * 20_000, "\\[" * 20_000, "<summary>\n" * 5_000),
    ],
)
def test_a_dialect_made_to_break_the_reader_does_not(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.mdx"
    path.write_text(f"{FERRY}\n\n{text}", encoding="utf-8")
    found = list(read([path]))
    assert len(found) == 1
    assert isinstance(found[0], Article | Skipped)
