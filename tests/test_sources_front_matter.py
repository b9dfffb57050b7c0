"""Front matter, headers and names of files -> titles, dates, authors."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import read
from index.model import Article, Skipped

FERRY = "The ferry left the harbour at six with forty passengers and a brass band on board."
STATED = ("Ferry Runs Again", "2023-11-05", "Ana Reyes")


def articles(folder: Path, text: str, name: str = "a.md") -> list[Article | Skipped]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return list(read([path]))


def article(folder: Path, text: str, name: str = "a.md") -> Article:
    (found,) = articles(folder, text, name)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Ferry Runs Again\ndate: 2023-11-05\nauthor: Ana Reyes\n---\n",
        "\n\n---\ntitle: 'Ferry Runs Again'\ndate: '2023-11-05'\nauthors:\n  - Ana Reyes\n...\n",
        "\ufeff---\r\ntitle: Ferry Runs Again\r\ndate: 2023-11-05\r\nauthor: Ana Reyes\r\n---\r\n",
        '+++\ntitle = "Ferry Runs Again"\ndate = 2023-11-05\n[extra]\nauthor = "Ana Reyes"\n+++\n',
        '+++\ntitle = "Ferry Runs Again"\ndate = "2023-11-05"\n[taxonomies]\nauthors = ["Ana Reyes"]\n+++\n',
        '{"title": "Ferry Runs Again", "date": "2023-11-05", "author": {"name": "Ana Reyes"}}\n\n',
        "Title: Ferry Runs Again\nDate: 2023-11-05\nAuthor: Ana Reyes\nTags: sea, boats,\n  piers\n\n",
        "title:: Ferry Runs Again\ndate:: 2023-11-05\nauthor:: [[Ana Reyes]]\n\n",
        "% Ferry Runs Again\n% Ana Reyes\n% 2023-11-05\n\n",
        "---\ntitle: Ferry Runs Again\ndate: 2023-11-05\nauthor: Ana Reyes\ntags:\n\t- sea\n---\n",
        "---\ntitle: Old\ntitle: Ferry Runs Again\ndate: 2023-11-05\nauthor: [Ana Reyes]\n---\n",
        "---\ntitle: Ferry Runs Again\npublished: true\npublishDate: 2023-11-05\nauthor: '[[A|Ana Reyes]]'\n---\n",
        "---\ntitle: Ferry Runs Again\ndate: 2023-11-05\nauthor: Ana Reyes\nlayout: {{ page.layout }}\n---\n",
        "---\ntitle: Ferry Runs Again\nauthor: Ana Reyes\npermalink: /news/2023/11/05/ferry/\n---\n",
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.mkd", "a.qmd", "a.Rmd", "a.mdx"])
def test_front_matter_is_read_in_every_form(tmp_path: Path, front: str, name: str) -> None:
    found = article(tmp_path, f"{front}{FERRY}\n", name)
    assert (found.title, found.date, found.author) == STATED
    assert [paragraph.text for paragraph in found.paragraphs] == [FERRY]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Tides: a Primer", "Tides: a Primer"),
        ("title: @home on the pier", "@home on the pier"),
        ("title: 2023-11-05", "2023-11-05"),
        ("title: 1.10", "1.10"),
        ("title: 12:30", "12:30"),
        ("title: No", "No"),
        ("title: !!float soon", "soon"),
        ("title: !ruby/object:Page tides", "tides"),
        ("title: |\n  Tides and\n  winds", "Tides and winds"),
        ("title: {{ page.title }}\nlinkTitle: Tides", "Tides"),
        ("title: ~\nsidebar_label: Tides", "Tides"),
        ("draft: true\ntitle: Tides", "Tides"),
    ],
)
def test_a_title_is_read_as_it_is_written(tmp_path: Path, line: str, title: str) -> None:
    assert article(tmp_path, f"---\n{line}\n---\n\n{FERRY}\n").title == title


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: Tides\nupdated: !!timestamp 'soon'\nsize: !!int ''", "Tides"),
        ("title: Tides\n<<: [*a, *a]", "Tides"),
        ("title: Tides\n? [a, b]\n: c", "Tides"),
    ],
)
def test_one_odd_entry_does_not_spoil_the_others(tmp_path: Path, front: str, title: str) -> None:
    found = [part for part in articles(tmp_path, f"---\n{front}\n---\n\n{FERRY}\n") if isinstance(part, Article)]
    assert [part.title for part in found] == [title]


@pytest.mark.parametrize(
    "text",
    [
        f"---\n\n{FERRY}\n\n---\n\nThat is: all of it.\n",
        f"Note: closed on Monday.\nBring: a coat.\n\n{FERRY}\n",
        f"{{curly}} words open it.\n\n{FERRY}\n",
        f"+++\n\n{FERRY}\n",
        f"100 % of them.\n\n{FERRY}\n",
    ],
)
def test_what_only_looks_like_front_matter_stays_text(tmp_path: Path, text: str) -> None:
    found = article(tmp_path, text)
    whole = f"{found.title} " + " ".join(part.text for part in found.paragraphs)
    assert set(text.split()) - set(whole.split()) <= {"---", "+++"}


def test_a_text_file_may_have_front_matter(tmp_path: Path) -> None:
    found = article(tmp_path, f"---\ntitle: Tides\ndate: 2023-11-05\nauthor: Jo Hill\n---\n{FERRY}\n", "a.txt")
    assert (found.title, found.date, found.author) == ("Tides", "2023-11-05", "Jo Hill")
    assert [paragraph.text for paragraph in found.paragraphs] == [FERRY]


def test_a_clipped_page_states_its_address(tmp_path: Path) -> None:
    front = "source: https://pier.example/tides\nauthor: '[[Jo Hill]]'\npublished: 2023-11-05\ncreated: 2024-01-02"
    found = article(tmp_path, f"---\n{front}\n---\n{FERRY}\n")
    assert (found.url, found.source, found.author, found.date) == (
        "https://pier.example/tides",
        None,
        "Jo Hill",
        "2023-11-05",
    )


def test_a_page_of_which_only_a_description_is_there_is_an_article(tmp_path: Path) -> None:
    found = article(tmp_path, f"---\ntitle: Tides\ndescription: {FERRY}\n---\n\n{{{{< list >}}}}\n")
    assert (found.title, [paragraph.text for paragraph in found.paragraphs]) == ("Tides", [FERRY])


@pytest.mark.parametrize(
    ("name", "title", "date"),
    [
        ("2023-11-05-ferry-runs-again.md", "ferry runs again", "2023-11-05"),
        ("2023-11-05_ferry_runs.md", "ferry runs", "2023-11-05"),
        ("2023-11-05-ferry/index.md", "ferry", "2023-11-05"),
        ("2023-11-05 Meeting with Dr. Li.md", "2023-11-05 Meeting with Dr. Li", "2023-11-05"),
        ("2023-11-05.md", "2023-11-05", "2023-11-05"),
        ("2023-11-05-ferry-runs.txt", "ferry runs", "2023-11-05"),
        ("2023-13-05-ferry.md", "2023-13-05-ferry", None),
        ("20231105 ferry.md", "20231105 ferry", None),
        ("2023.11.05 Meeting.txt", "2023.11.05 Meeting", None),
        ("report 2023-11-05.md", "report 2023-11-05", None),
        ("v2.10 notes.md", "v2.10 notes", None),
        ("Mt. Etna and St. John.text", "Mt. Etna and St. John", None),
        ("old_harbour-news.markdown", "old harbour-news", None),
        ("tides/_index.md", "tides", None),
        ("رحلة العبّارة.md", "رحلة العبّارة", None),
    ],
)
def test_a_name_states_a_title_and_a_date(tmp_path: Path, name: str, title: str, date: str | None) -> None:
    found = article(tmp_path, f"{FERRY}\n", name)
    assert (found.title, found.date) == (title, date)


def test_the_ending_before_gz_goes_too(tmp_path: Path) -> None:
    path = tmp_path / "v2.10 notes.md.gz"
    path.write_bytes(gzip.compress(FERRY.encode()))
    (found,) = read([path])
    assert isinstance(found, Article)
    assert found.title == "v2.10 notes"


def test_a_stated_date_wins_over_the_name(tmp_path: Path) -> None:
    found = article(tmp_path, f"---\ndate: 2022-01-02\n---\n{FERRY}\n", "2023-11-05-ferry.md")
    assert (found.title, found.date) == ("ferry", "2022-01-02")


_TITLES = (
    st.text("abcdeéß ñж中م:'\"#@&*[]{}|-", min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(map(str.isalnum, text)) and "[[" not in text and "{{" not in text)
)


@pytest.mark.slow
@given(title=_TITLES, form=st.sampled_from(["yaml", "toml", "json"]))
def test_a_title_written_by_a_program_comes_back(
    tmp_path_factory: pytest.TempPathFactory, title: str, form: str
) -> None:
    import json

    quoted = json.dumps(title, ensure_ascii=False)
    front = {
        "yaml": f"---\ntitle: {quoted}\n---\n",
        "toml": f"+++\ntitle = {quoted}\n+++\n",
        "json": f'{{"title": {quoted}}}\n',
    }[form]
    assert article(tmp_path_factory.getbasetemp(), f"{front}{FERRY}\n", "law.md").title == title


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "---\na: &a {x: 1}\n" + "".join(f"b{at}: &b{at} {{<<: [*a, *a]}}\n" for at in range(2000)) + "---\n",
        "---\na: " + "[" * 100_000 + "\n---\n",
        "---\n" + "a: " * 20_000 + "\n---\n",
        "+++\na = " + "[" * 100_000 + "\n+++\n",
        '{"a":' * 20_000 + "\n",
        "---\ntitle: a\n" + "x: y\n" * 20_000,
        "Title: a\n" + " b\n" * 20_000,
        "Title: a\n" * 20_000,
        "% a\n" * 50_000,
    ],
)
def test_front_matter_made_to_break_the_reader_does_not(tmp_path: Path, text: str) -> None:
    found = articles(tmp_path, f"{text}\n{FERRY}\n")
    assert len(found) in (1, 2)
    assert any(isinstance(part, Article) for part in found)


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ('---\ntitle: Ana says: "The ferry runs"\ndate: 2023-11-05\n---\n', 'Ana says: "The ferry runs"'),
        ('---\ntitle: "Ana says "it runs" again"\ndate: 2023-11-05\n---\n', 'Ana says "it runs" again'),
        ('---\ntitle: "It runs": Ana says "today"\ndate: 2023-11-05\n---\n', '"It runs": Ana says "today"'),
        ('+++\ntitle = "Ana says "it runs" again"\ndate = 2023-11-05\n+++\n', 'Ana says "it runs" again'),
        ("+++\ntitle = 'Ana's ferry'\ndate = 2023-11-05\n[extra]\nx = 1\n+++\n", "Ana's ferry"),
    ],
)
def test_quotation_marks_that_break_front_matter_break_no_title(tmp_path: Path, front: str, title: str) -> None:
    found = article(tmp_path, front + FERRY)
    assert (found.title, found.date) == (title, "2023-11-05")


@pytest.mark.parametrize(
    "above",
    [
        "title: The Mill\ndate: 2031/03/03 10:00\ntags:\n- flour\n- water\n---\n",
        ';;;\n"title": "The Mill",\n"date": "2031-03-03"\n;;;\n',
        "<!-- lint off -->\n<!-- spelling: en -->\n---\ntitle: The Mill\ndate: 2031-03-03\n---\n",
        "% The\n  Mill\n% Ana Reyes\n% 3 March 2031\n",
        "---\ntitle:\tThe Mill\n\tdate: 2031-03-03\n---\n",
    ],
)
def test_rarer_kinds_of_front_matter_are_read(tmp_path: Path, above: str) -> None:
    found = article(tmp_path, f"{above}\nThe mill on the Esk grinds flour again.\n")
    assert (found.title, (found.date or "")[:10]) == ("The Mill", "2031-03-03")
    assert [paragraph.text for paragraph in found.paragraphs] == ["The mill on the Esk grinds flour again."]


def test_prose_above_a_rule_is_no_front_matter(tmp_path: Path) -> None:
    found = article(tmp_path, "title: so the miller calls himself\nand nobody laughs\n---\n\nThe mill grinds again.\n")
    assert "title: so the miller calls himself and nobody laughs" in found.paragraphs[0].text


@pytest.mark.parametrize(
    "head",
    [
        '---json\n{"title": "Rain at Last", "date": "2024-04-19"}\n---\n',
        '---toml\ntitle = "Rain at Last"\ndate = 2024-04-19\n---\n',
        "-----\ntitle: Rain at Last\ndate: 2024-04-19\n-----\n",
        "+++\ntitle = Rain at Last\ndate = 2024-04-19\n+++\n",
        "---\ntitle: *Rain* at Last\ndate: 2024-04-19\n---\n",
        "---\ntitle: Rain at Last\ndate: 2024-04-19\n\n",
        "<!--\n.. title: Rain at Last\n.. date: 2024-04-19\n-->\n",
        "---\rtitle: Rain at Last\rdate: 2024-04-19\r---\r",
    ],
)
def test_front_matter_of_other_dialects_and_with_slips_is_read(tmp_path: Path, head: str) -> None:
    path = tmp_path / "rain.md"
    path.write_bytes(f"{head}It rained on the mill all day.".encode())
    article = list(read([path]))[-1]
    assert isinstance(article, Article)
    assert (article.title, article.date) == ("Rain at Last", "2024-04-19")
    assert [paragraph.text for paragraph in article.paragraphs] == ["It rained on the mill all day."]


def test_the_properties_of_a_page_of_notion_are_its_fields(tmp_path: Path) -> None:
    path = tmp_path / "Rain 65a1b2c3d4e5f60718293a4b5c6d7e8f.md"
    path.write_text(
        "# Rain at Last\n\nCreated: April 19, 2024\nMood: low\n\nIt rained on the mill.\n", encoding="utf-8"
    )
    (article,) = read([path])
    assert isinstance(article, Article)
    assert (article.title, article.date) == ("Rain at Last", "2024-04-19")
    assert [paragraph.text for paragraph in article.paragraphs] == ["It rained on the mill."]
