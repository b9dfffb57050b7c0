"""Which files of a folder are articles: by name, by first bytes, by .gitignore files, and by what the owner says."""

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import grouped
from index.errors import SourceError
from index.model import Article, ReadingOptions, Skipped
from index.sources import read
from index.sources.records import json_file

FERRY = "The ferry left the harbour at six with forty passengers."
PAGE = f"<html><head><title>Ferry</title></head><body><h1>Ferry</h1><p>{FERRY}</p><p>{FERRY[::-1]}</p></body></html>"
RECORD = json.dumps({"title": "Ferry", "text": FERRY})


def written(path: Path, text: str | bytes = FERRY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def outcome(folder: Path, options: ReadingOptions | None = None) -> tuple[list[str], dict[str, str]]:
    """The paths of the articles inside `folder`, and the reason of each thing that was skipped."""
    articles, skipped = [], {}
    for found in read(folder, options=options):
        place = Path(found.path).relative_to(folder).as_posix()
        if isinstance(found, Article):
            articles.append(place)
        else:
            skipped[place] = found.reason
    return articles, skipped


def test_ignore_files_count_where_they_lie_and_the_nearest_wins(tmp_path: Path) -> None:
    written(tmp_path / ".gitignore", "# built\n*.txt\n!keep.txt\nbuild/\n/top.md\nnotes/*.md\n!\n\\\n\xff")
    written(tmp_path / "inner" / ".gitignore", "!*.txt\nsecret*\r\n/deep/only.md\n")
    for name in (
        *("a.md", "a.txt", "keep.txt", "build/page.md", "top.md", "inner/top.md", "notes/a.md", "notes/old/b.md"),
        *("inner/a.txt", "inner/secret.md", "inner/deep/only.md", "inner/deep/more/only.md", "inner/build/b.txt"),
        *("outer/a.txt", "outer/build", "x/build/c.md"),
    ):
        written(tmp_path / name)
    articles, skipped = outcome(tmp_path)
    assert articles == [
        "a.md",
        "inner/a.txt",
        "inner/deep/more/only.md",
        "inner/top.md",
        "keep.txt",
        "notes/old/b.md",
        "outer/build",
    ]
    assert set(skipped) == {
        *("a.txt", "build", "top.md", "notes/a.md", "inner/secret.md", "inner/deep/only.md", "inner/build"),
        *("outer/a.txt", "x/build"),
    }
    assert set(skipped.values()) == {"named in a .gitignore file"}
    # A folder that is named itself is read, though one above it would ignore it.
    assert outcome(tmp_path / "build")[0] == ["page.md"]


@pytest.mark.parametrize(
    ("patterns", "path", "is_read"),
    [
        # As git's own `check-ignore` says: a pattern speaks of what it names, not of what lies inside.
        ("*.txt\n!b\n!b/", "b/c.txt/e", False),
        ("!c.txt\n!a/**\nb\n/b/*/", "a/b/c.txt", False),
        ("a/**", "a/x", False),
        ("a/**\n!a/x", "a/x", True),
        ("a/\n!a/x", "a/x", False),
        ("*\n!*/\n!*.md", "d/e/f.md", True),
        ("*\n!*/\n!*.md", "d/e/f", False),
        ("/*\n!/d", "d/e", True),
    ],
)
def test_patterns_mean_what_they_mean_to_git(tmp_path: Path, patterns: str, path: str, is_read: bool) -> None:
    written(tmp_path / ".gitignore", patterns)
    written(tmp_path / path)
    assert (outcome(tmp_path)[0] == [path]) is is_read


@pytest.mark.parametrize("pattern", ["a*" * 60 + "b", "**/a/" * 40 + "b", "[" * 5000, "*" * 50_000, "\0", "x" * 50_000])
def test_an_ignore_file_made_to_take_for_ever_does_not(tmp_path: Path, pattern: str) -> None:
    written(tmp_path / ".gitignore", f"{pattern}\nleft-out.txt\n")
    deep = tmp_path.joinpath(*["a"] * 60)
    written(deep / ("a" * 200))
    written(tmp_path / "left-out.txt")
    articles = [found for found in read(tmp_path) if isinstance(found, Article)]
    assert [Path(article.path).name for article in articles] in (["a" * 200], [])


def test_an_ignore_file_that_cannot_be_read_ignores_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / ".gitignore").symlink_to("nowhere")
    written(tmp_path / "inner" / "a.txt")
    assert outcome(tmp_path) == (["inner/a.txt"], {})


def test_a_link_is_followed_inside_its_folder_and_told_where_it_leads_out(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    written(tmp_path / "secret.md")
    written(tmp_path / "notes-of-others" / "a.md")
    written(notes / "drafts" / "b.md")
    written(notes / "z.md")
    (tmp_path / "out").symlink_to(tmp_path)
    links: dict[str, str | Path] = {
        "again.md": "z.md",
        "c.md": tmp_path / "secret.md",
        "d": tmp_path / "notes-of-others",
        "e": Path(".."),
        "first.md": Path("drafts", "b.md"),
        "g.md": Path("..", "secret.md"),
        "h.md": tmp_path / "out" / "notes" / "z.md",
        "i": Path("drafts"),
        "j.md": "c.md",
        "k.md": Path("..", "nothing.md"),
    }
    for name, goal in links.items():
        (notes / name).symlink_to(goal)
    articles, skipped = outcome(notes)
    # Under the name that comes first.
    assert articles == ["again.md", "drafts/b.md"]
    out = "a link that leads out of its source; name it as a source of its own to have it read"
    assert skipped == {
        **dict.fromkeys(("c.md", "d", "e", "g.md", "j.md"), out),
        "k.md": "a link to a file that is not there",
    }


def test_a_link_that_is_named_is_read_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    written(tmp_path / "away" / "a.md")
    written(tmp_path / "away" / "b.md")
    (tmp_path / "away" / "again.md").symlink_to("a.md")
    folder, file = tmp_path / "notes" / "shared", tmp_path / "notes" / "only.md"
    folder.symlink_to(tmp_path / "away")
    file.symlink_to(tmp_path / "away" / "b.md")
    assert outcome(folder) == (["a.md", "b.md"], {})
    assert [found.path for found in read(file)] == [str(file)]
    assert outcome(tmp_path / "notes", ReadingOptions(include=("*.md", "shared")))[0] == []


def test_what_programs_put_beside_articles_is_passed_over(tmp_path: Path) -> None:
    for name in (
        *(
            "node_modules/pkg/README.md",
            "LICENSES/gpl-3.0.txt",
            "blog/_config.yml",
            "blog/_layouts/post.html",
            "blog/_posts/a.md",
        ),
        *("zola/config.toml", "zola/templates/page.html", "zola/content/a.md", "zola/public/a.html"),
        *("pages/objects.inv", "pages/_sources/a.txt", "pages/a.html", "mine/_layouts/a.md", "mine/templates/b.md"),
    ):
        written(tmp_path / name, PAGE if name.endswith("html") else FERRY)
    articles, skipped = outcome(tmp_path)
    assert articles == [
        "blog/_posts/a.md",
        "mine/_layouts/a.md",
        "mine/templates/b.md",
        "pages/a.html",
        "zola/content/a.md",
    ]
    assert skipped == {
        "node_modules": "a folder of installed packages",
        "LICENSES": "a folder of licences",
        "blog/_config.yml": "settings, not an article",
        "blog/_layouts": "a folder of a site's templates",
        "pages/_sources": "a folder that a site generator filled",
        "pages/objects.inv": "a program or its data, not an article",
        "zola/config.toml": "settings, not an article",
        "zola/public": "a folder that a site generator filled",
        "zola/templates": "a folder of a site's templates",
    }


NO_ARTICLES = {
    "site.css": "a style sheet",
    "search-index.js": "source code",
    "report.PY": "source code",
    "Makefile": "source code",
    "CMakeLists.txt": "source code",
    "package.json": "settings",
    "conf.yaml": "settings",
    "robots.txt": "settings",
    "requirements-docs.txt": "settings",
    "dev-requirements.in": "settings",
    "pier.cabal": "settings",
    "berths.feature": "source code",
    "yarn.lock": "a lock file",
    "package-lock.json": "a lock file",
    "app.css.map": "a source map",
    "de.po": "a translation of a program",
    "page.liquid": "a template",
    "LICENSE": "a licence",
    "LICENSE-MIT": "a licence",
    "COPYING.txt": "a licence",
    "photo.jpeg": "a picture",
    "talk.mp3": "sound",
    "body.woff2": "a font",
    "old.css.gz": "a style sheet",
}


def test_files_of_programs_are_told_in_a_folder_and_tried_when_they_are_named(tmp_path: Path) -> None:
    for name in NO_ARTICLES:
        written(tmp_path / name, gzip.compress(FERRY.encode()) if name.endswith(".gz") else FERRY)
    written(tmp_path / "licence.md", "# Fishing licence\n\nA licence costs nine crowns.\n")
    written(tmp_path / "CHANGELOG.md", "# Changes\n\nThe lamp was mended.\n")
    written(tmp_path / "README")
    written(tmp_path / "requirements for berths.txt")
    articles, skipped = outcome(tmp_path)
    assert articles == ["CHANGELOG.md", "README", "licence.md", "requirements for berths.txt"]
    assert skipped == {name: f"{kind}, not an article" for name, kind in NO_ARTICLES.items()}
    for name in NO_ARTICLES:
        (found,) = read(tmp_path / name)
        assert isinstance(found, Article) or "JSON" in found.reason, name
    assert outcome(tmp_path, ReadingOptions(include=("*.css", "*.PY")))[0] == ["report.PY", "site.css"]


MAIL = "Return-Path: <a@b.example>\nFrom: Ana <a@b.example>\nSubject: Ferry\nMIME-Version: 1.0\n\nSGVsbG8sIHdvcmxk\n"
FEED = '<?xml version="1.0"?>\n<!-- made <by> hand -->\n<rss version="2.0"><channel><title>T</title></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>'
SVG = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg xmlns="s"><text>T</text></svg>'
RTF = r"{\rtf1\ansi The ferry left.\par}"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.mht", MAIL, "no page in it"),
        ("page", f"From: <Saved by Blink>\n{MAIL}", "no page in it"),
        ("sitemap.xml", "<urlset><url><loc>x</loc></url></urlset>", "a sitemap, not an article"),
        ("boat.svg", SVG, "an SVG picture, not an article"),
        ("boat", SVG, "an SVG picture, not an article"),
        ("a.xml", "<nitf><body>T</body></nitf>", "XML of a kind that is not read (<nitf>); save it as text or HTML"),
        ("a.xml", "no markup", "XML of a kind that is not read; save it as text or HTML"),
        ("notes.md", b"%PDF-1.7\n\x00", "a PDF document that is cut short or broken"),
        ("notes.pdf", b"%PDF-1.7\n\x00", "a PDF document that is cut short or broken"),
        ("notes.doc", b"%PDF-1.7\n\x00", "a PDF document that is cut short or broken"),
        ("notes.odt", b"\x01\x02\x03\xfe" * 9, 'it does not begin as a file named ".odt" does'),
        ("notes.docx", b"PK\x03\x04", "damaged or cut off: its list of parts cannot be read"),
        ("book.epub", b"PK\x03\x04", "damaged or cut off: its list of parts cannot be read"),
        ("paper.tex", r"\documentclass{article}", "LaTeX: not read yet; convert it to HTML"),
        ("page.php", "<?php echo 1; ?><html></html>", "source code, not an article"),
        ("run", "#!/bin/sh\necho hello\n", "source code, not an article"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_told_by_what_it_is(tmp_path: Path, name: str, content: str | bytes, reason: str) -> None:
    written(tmp_path / "in" / name, content)
    assert outcome(tmp_path / "in") == ([], {name: reason})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index", PAGE),
        ("page.php", PAGE),
        ("page.aspx?id=7", f"<!DOCTYPE html>\n{PAGE}"),
        ("index.html.en", PAGE),
        ("page.txt", f"<!-- saved from (0026)https://coast.example/ -->\r\n{PAGE}"),
        ("page.md", f"<!doctype HTML>{PAGE}"),
        ("page.xml", f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>{PAGE}'),
        ("letter.doc", PAGE),
        ("piece", f"<p>{FERRY}</p>\n<p>{FERRY[::-1]}</p>"),
        ("page.dump", PAGE.encode("utf-16")),
        ("wiki_00", f"{RECORD}\n{RECORD}\n"),
        ("record", RECORD),
        ("records.txt", json.dumps([{"title": "Ferry", "text": FERRY}], indent=2)),
        ("records.dat.gz.json", RECORD),
        ("dump.gz", gzip.compress(f"{RECORD}\n{RECORD}\n".encode(), mtime=0)),
    ],
)
def test_a_file_is_read_as_what_it_is_whatever_it_is_called(tmp_path: Path, name: str, content: str | bytes) -> None:
    written(tmp_path / "in" / name, content)
    for paths in (tmp_path / "in", tmp_path / "in" / name):
        found = list(read(paths))
        assert found
        for article in found:
            assert isinstance(article, Article), article
            whole = " ".join(paragraph.text for paragraph in article.paragraphs)
            assert FERRY in whole
            assert not {"<", "{"} & set(whole)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("memo.txt", f"From: the harbour office\nTo: all\nDate: Friday\nSubject: the ferry\n\n{FERRY}\n"),
        ("pelican.md", f"Title: Ferry\nDate: 2024-04-19\n\n{FERRY}\n"),
        ("quoted.txt", f'["We leave at six," he said.]\n\n{FERRY}\n'),
        ("brace.txt", f'{{"title": what a way to begin}}\n\n{FERRY}\n'),
        ("picture.md", f"<svg width='9'><path d='M0'/></svg>\n\n{FERRY}\n"),
        ("tag.md", f'<p align="center">A ferry</p>\n\n{FERRY}\n'),
        ("less.txt", f"<3 for the ferry\n\n{FERRY}\n"),
        ("Talk with Dr. Moss", FERRY),
        ("v1.2 notes", FERRY),
    ],
)
def test_a_text_that_begins_oddly_is_still_a_text(tmp_path: Path, name: str, text: str) -> None:
    written(tmp_path / "in" / name, text)
    (found,) = read(tmp_path / "in")
    assert isinstance(found, Article)
    assert FERRY in [paragraph.text for paragraph in found.paragraphs]


@pytest.mark.slow
@pytest.mark.parametrize(
    "head",
    ["<!---->" * 3000, "<!--" * 5000, "<?xml " * 3000, " \n" * 9000, "<p" + " a" * 9000, "A: b\n" * 4000, '{"' * 9000],
)
@pytest.mark.parametrize("name", ["a", "a.txt", "a.xml", "a.php"])
def test_a_head_made_to_slow_the_look_at_it_is_looked_at_once(tmp_path: Path, name: str, head: str) -> None:
    written(tmp_path / name, head * 3)
    assert list(read(tmp_path))


def test_the_owner_says_which_files_are_read(tmp_path: Path) -> None:
    for name in ("a.md", "b.txt", "c.py", "drafts/d.md", "old/deep/e.md", "old/f.md"):
        written(tmp_path / name)
    articles, skipped = outcome(tmp_path, ReadingOptions(include=("*.md", "c.py"), exclude=("drafts/", "/old/**/e*")))
    assert articles == ["a.md", "c.py", "old/f.md"]
    assert skipped == {"b.txt": "not among the included files", "drafts": "excluded", "old/deep/e.md": "excluded"}
    both = {str(tmp_path / "old"): ReadingOptions(exclude=("f.md",)), str(tmp_path / "drafts"): ReadingOptions()}
    read_so = [Path(found.path).name for found in read(list(both), options=both) if isinstance(found, Article)]
    assert read_so == ["e.md", "d.md"]
    with pytest.raises(SourceError, match="!: not a pattern"):
        read(tmp_path, options=ReadingOptions(exclude=("!",)))


def test_articles_without_an_address_get_one_from_their_path(tmp_path: Path) -> None:
    for name in ("2024/Über uns.md", "index.md", "a/_index.md", "b/index.html", "c.html", "d.txt", "e.md.gz"):
        text = PAGE if name.endswith("html") else FERRY
        written(tmp_path / name, gzip.compress(text.encode()) if name.endswith("gz") else text)
    written(tmp_path / "f.jsonl", RECORD)
    written(tmp_path / "g.md", f"---\nurl: https://other.example/g\n---\n{FERRY}\n")
    found = read(tmp_path, options=ReadingOptions(base_url="https://coast.example/log"))
    assert [article.url for article in found if isinstance(article, Article)] == [
        "https://coast.example/log/2024/%C3%9Cber%20uns",
        "https://coast.example/log/a/",
        "https://coast.example/log/b/",
        "https://coast.example/log/c.html",
        "https://coast.example/log/d.txt",
        "https://coast.example/log/e",
        None,
        "https://other.example/g",
        "https://coast.example/log/",
    ]


def test_a_fault_of_a_reader_is_told_and_ends_one_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(path: str, *_: object) -> list[Article]:
        raise KeyError(f"{path}\x1b[2J\n" * 99)

    monkeypatch.setattr(json_file, "articles", faulty)
    for name in ("a.txt", "b.json", "c.txt", "d.json"):
        written(tmp_path / name, RECORD if name.endswith("json") else FERRY)
    articles, skipped = outcome(tmp_path)
    assert articles == ["a.txt", "c.txt"]
    for reason in skipped.values():
        assert reason.startswith("a fault of quoth's reader (KeyError: ")
        assert reason.endswith("); please report it")
        assert reason.isprintable()
        assert len(reason) < 200
    (group,) = grouped(Skipped(path, reason) for path, reason in skipped.items())
    assert (group.count, group.example.path) == (2, "b.json")


NAMES = st.sampled_from(
    [
        "a.txt",
        "b",
        "c.md",
        "d.html",
        "e.json",
        "f.jsonl",
        "g.csv",
        "h.tsv",
        "i.xml",
        "j.php",
        "k.css",
        "l.gz",
        "m.csv.gz",
        "n.doc",
    ]
)
STARTS = st.sampled_from(
    ["", FERRY, PAGE, RECORD, FEED, MAIL, RTF, "title,text\nA,b\n", "---\ntitle: x\n---\n", "\ufeff", "{", "<"]
)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(NAMES, st.tuples(STARTS, st.binary(max_size=40), st.sampled_from(["utf-8", "utf-16", "latin-1"])))
)
def test_every_file_is_an_article_or_told(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, tuple[str, bytes, str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name, (start, rest, encoding) in contents.items():
        raw = start.encode(encoding, "replace") + rest
        written(folder / name, gzip.compress(raw) if name.endswith(".gz") and len(rest) % 2 else raw)
    met = {found.path.removeprefix(f"{folder}/").split(":")[0] for found in read(folder)}
    assert met == {*contents}


def test_half_of_a_file_is_an_article_or_told(tmp_path: Path) -> None:
    chance = random.Random(14)  # noqa: S311 - no secret
    for number in range(120):
        start = chance.choice([PAGE, RECORD, FEED, MAIL, RTF, SVG, ATOM]).encode(chance.choice(["utf-8", "utf-16"]))
        cut = bytearray(start[: chance.randrange(1, len(start))])
        cut[chance.randrange(len(cut))] = chance.randrange(256)
        written(tmp_path / f"{number:03}{chance.choice(['', '.txt', '.html', '.json', '.xml', '.md'])}", bytes(cut))
    assert len({Path(found.path.split(":")[0]).name for found in read(tmp_path)}) == 120
