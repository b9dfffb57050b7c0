"""What a file's name says of it: which endings and names are those of no article, and which of no format read here."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

_OFFICE = "an office document: not read yet; save it as text or HTML"
_KEY = "a key, certificate or signature, not an article"
_SHEET = "a spreadsheet: not read yet; save it as CSV"

# Nobody means these as articles. One that is named itself is tried all the same.
_NO_ARTICLES: Final = {
    "a style sheet, not an article": "css scss sass less styl",
    "a source map, not an article": "map",
    "source code, not an article": (
        "js mjs cjs jsx ts tsx vue svelte astro coffee py pyi pyx c h cc cpp cxx hpp hh cs java kt kts scala go rs rb "
        "pl pm php5 phps sh bash zsh fish ps1 bat cmd awk sed lua r jl swift m mm dart ex exs erl hrl hs clj cljs lisp "
        "el vim asm s f90 pas groovy gradle cmake mk proto graphql tf sql vb vbs nim zig ml mli wat feature snap "
        "elm purs rkt scm fs fsx hx cr sol lean idr sv vhdl tcl oz mjml gql"
    ),
    "a template, not an article": (
        "liquid j2 jinja jinja2 ejs erb hbs mustache handlebars twig haml pug jade slim tmpl tpl njk"
    ),
    "settings, not an article": (
        "yml yaml toml ini cfg conf config properties env plist reg desktop service editorconfig webmanifest xsd xsl "
        "xslt dtd rng htaccess cff json5 jsonc cabal gemspec podspec nimble opam sbt csproj sln"
    ),
    "a lock file, not an article": "lock sum mod pid",
    "a log, not an article": "log out",
    "a change of source code, not an article": "diff patch",
    "a translation of a program, not an article": "po pot mo xlf xliff",
    "subtitles, not an article": "sub ass ssa lrc",
    "references, not an article": "bib ris enw",
    "a calendar or address book, not an article": "ics vcf",
    "data of a map, not an article": "geojson topojson kml kmz gpx shp dbf shx",
    "a picture, not an article": (
        "png jpg jpeg jpe gif webp avif bmp ico icns tif tiff heic heif psd eps xcf raw cr2 nef"
    ),
    "sound, not an article": "mp3 m4a aac ogg oga opus wav flac mid midi wma aiff",
    "a film, not an article": "mp4 m4v mkv webm mov avi wmv flv mpg mpeg 3gp ogv",
    "a font, not an article": "woff woff2 ttf otf eot pfb",
    "an archive: unpack it": "7z rar zst lz4 lz z cab iso dmg deb rpm gem crate",
    "a program or its data, not an article": (
        "exe dll so dylib o obj lib class pyc pyo wasm bin dat db sqlite sqlite3 mdb parquet arrow feather npy npz pkl "
        "jar war apk whl egg pickle h5 hdf5 onnx pt inv idx"
    ),
    _KEY: "pem crt cer csr der p12 pfx sig gpg",
}
# What these hold may be an article; whether it is read says the table of readers.
_DOCUMENTS: Final = {
    "a PDF document: not read yet; save its text": "pdf",
    "a printer's document: not read yet; save its text": "ps djvu xps",
    _OFFICE: "doc docx docm dot dotx odt ott fodt pages wpd wps",
    _SHEET: "xls xlsx xlsm xlsb ods numbers",
    "slides: not read yet; save them as text": "ppt pptx pptm odp key",
    "an office document with a password; save it without": "encrypted",
    "an RTF document: not read yet; save it as text or HTML": "rtf",
    "an e-book: not read yet; convert it to HTML or text": "epub mobi azw azw3 fb2 lit",
    "a mail: not read yet; save its text": "eml emlx msg mbox mbx",
    "a web archive: not read yet; save its pages as HTML": "webarchive warc har",
    "subtitles: not read yet; save their text": "srt vtt sbv",
    "an archive: unpack it": "zip tar",
    "a program, not an article": "jar",
    "an SQLite database, not an article": "sqlite",
    "a list of feeds, not an article": "opml",
    "a schema of JSON, not an article": "schema",
    _KEY: "pem",
    "a sitemap, not an article": "sitemap",
    "an SVG picture, not an article": "svg svgz",
    "LaTeX: not read yet; convert it to HTML": "tex latex ltx sty cls",
    "a manual of Info: not read yet; save it as text or HTML": "info",
    "a notebook: not read yet; export it as Markdown": "ipynb",
}
_BY_ENDING = {f".{name}": why for why, names in _NO_ARTICLES.items() for name in names.split()}
_UNREAD = {f".{name}": why for why, names in _DOCUMENTS.items() for name in names.split()}
# These are no text by themselves, but others save texts, pages and tables under their names.
DISGUISES: Final = frozenset(
    ".pdf .doc .docx .docm .dot .dotx .odt .ott .pages .wpd .wps .rtf .epub .zip .tar .msg .warc".split()
)
# What wraps one other file. Short names stand for two endings.
PACKING: Final = frozenset((".gz", ".bz2", ".xz"))
_PACKED: Final = tuple(PACKING)
_PACKED_TAR: Final = frozenset((".tgz", ".tbz", ".tbz2", ".txz"))

OWN_SETTINGS: Final = "settings of quoth, not an article"
# Whoever names one of these by mistake would have it found by anybody who may ask.
_NEVER: Final = {
    "quoth.toml": OWN_SETTINGS,
    **{f"id_{kind}{of}": _KEY for kind in ("rsa", "dsa", "ecdsa", "ed25519") for of in ("", "_sk")},
    **dict.fromkeys((".netrc", ".pgpass", ".git-credentials", ".pypirc", ".htpasswd"), "passwords, not an article"),
}
_SETTINGS = "settings, not an article"
_CODE = "source code, not an article"
_BY_NAME: Final = {
    **dict.fromkeys(("makefile", "gnumakefile", "dockerfile", "containerfile", "vagrantfile", "jenkinsfile"), _CODE),
    **dict.fromkeys(("gemfile", "rakefile", "podfile", "brewfile", "procfile", "cmakelists.txt"), _CODE),
    **dict.fromkeys(("guardfile", "capfile", "berksfile", "thorfile", "justfile", "snakefile", "sconstruct"), _CODE),
    **dict.fromkeys(("package.json", "composer.json", "bower.json", "manifest.json", "tsconfig.json"), _SETTINGS),
    **dict.fromkeys(("jsconfig.json", "browserconfig.xml", "cname", "codeowners", "netlify.toml"), _SETTINGS),
    **dict.fromkeys(("robots.txt", "ads.txt", "app-ads.txt", "humans.txt", "security.txt"), _SETTINGS),
    **dict.fromkeys(("_headers", "_redirects", "browserslist", "manifest.in"), _SETTINGS),
    "pipfile": _SETTINGS,
    "copyright": "a licence, not an article",
    **dict.fromkeys(("package-lock.json", "npm-shrinkwrap.json"), "a lock file, not an article"),
}
# "requirements.txt", "requirements-docs.txt", "dev-requirements.in"
_PACKAGES_WANTED = re.compile(r"(?:\w+[-_])?(?:requirements|constraints)(?:[-_.]\w+)?\.(?:txt|in)")
_LICENCES = ("LICENSE", "LICENCE", "COPYING", "UNLICENSE")


def ending(path: Path) -> str:
    """Return a name's ending in lower case, that inside a packed file: ".jsonl" for "a.JSONL" and "a.jsonl.gz".

    >>> ending(Path("a.jsonl.gz")), ending(Path("README")), ending(Path("Talk with Dr. Moss")), ending(Path("a.tgz"))
    ('.jsonl', '', '. moss', '.tar')
    """
    return _ending(path.name.lower())


def _ending(name: str) -> str:
    suffix = _suffix(name)
    if suffix in PACKING:
        return _suffix(name[: -len(suffix)])
    return ".tar" if suffix in _PACKED_TAR else suffix


def _suffix(name: str) -> str:
    """Return the ending that `os.path.splitext` does, which takes three times as long."""
    dot = name.rfind(".")
    return name[dot:] if dot > 0 and (name[0] != "." or name[:dot].strip(".")) else ""


def unpacked(name: str) -> str:
    """Return the name of what a packed file wraps: "a.jsonl" for "a.jsonl.gz"; a name of another kind as it is."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122
    return stem if suffix.lower() in PACKING else name


def why_unread(path: Path, *, named: bool = False) -> str:
    """Return why a file of this name is no article; "" when it may be, as nearly any may that is `named` itself.

    >>> why_unread(Path("site.css")), why_unread(Path("site.css"), named=True), why_unread(Path("rain.md"))
    ('a style sheet, not an article', '', '')
    """
    return why_name_unread(path.name, named=named)


@lru_cache(maxsize=16)
def why_name_unread(name: str, *, named: bool = False) -> str:
    """Return the same by the name alone."""
    lower = name.lower()
    if reason := _NEVER.get(lower, ""):
        return reason
    if named:
        return ""
    reason = _BY_ENDING.get(_ending(lower), "")
    if not reason:
        if lower.endswith(_PACKED):
            name = unpacked(name)
            lower = name.lower()
        reason = _BY_NAME.get(lower, "")
        if not reason and ("requirements" in lower or "constraints" in lower) and _PACKAGES_WANTED.fullmatch(lower):
            reason = _SETTINGS
        if not reason and name.startswith(_LICENCES) and name.partition(".")[0].partition("-")[0] in _LICENCES:
            reason = "a licence, not an article"
    return reason


def unread(format_ending: str) -> str:
    """Return what is told of a format without a reader, by its ending; "" where nothing is known of it.

    >>> unread(".tex"), unread(".moss")
    ('LaTeX: not read yet; convert it to HTML', '')
    """
    return _UNREAD.get(format_ending, "")
