"""The front door: an index of articles is built, opened and searched with what is named here.

    from index import Index, read

    with Index.build("news.index", read(["news"])) as index:
        for hit in index.search("When does the bridge close?", k=3).hits:
            print(hit.article.title, hit.passage.text)

A name is loaded when it is first asked for, so `import index` costs nothing. The modules behind it may move.
"""

# ruff: noqa: F403, F405 (errors cost nothing, so they all stand here from the start)

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from index.errors import *

if TYPE_CHECKING:
    from index import tuning
    from index.analysis.analyzer import analyze_each, analyze_spans
    from index.analysis.analyzer import settings as analyzer_settings
    from index.analysis.light_words import is_function_word, weighing
    from index.analysis.literal import fold_text
    from index.analysis.passages import passages
    from index.analysis.sentences import is_question, sentences
    from index.analysis.solar_hijri import MONTHS as SOLAR_HIJRI_MONTHS
    from index.analysis.solar_hijri import solar_hijri
    from index.bm25 import Parameters
    from index.build.build import Options, Progress, Report
    from index.build.build import build as build_index
    from index.cluster.checkup import Check, checks
    from index.cluster.client import Cluster, ClusterOptions
    from index.cluster.publishing import Publishing, PublishOptions, answers_already, prune, publish
    from index.cluster.retriever import ClusterRetriever
    from index.cluster.state import Published, withdraw
    from index.cluster.state import listing as published
    from index.cluster.state import rollback as roll_back
    from index.fetching.bodies import address_of, is_address
    from index.fetching.client import FetchOptions
    from index.fetching.due import Health, fetch_due, health
    from index.fetching.fetch import (
        Fault,
        Fetched,
        FetchProgress,
        fetch,
        fetched_folder,
        fetched_reading,
        forget,
        nothing_fetched,
    )
    from index.machine.extras import install_command
    from index.meaning.export import write as write_model
    from index.meaning.making import Making
    from index.model import (
        Article,
        ArticleCard,
        Dropped,
        Hit,
        Paragraph,
        Parts,
        Passage,
        ReadingOptions,
        Skipped,
        SkippedGroup,
        SourceState,
    )
    from index.query.aliases import Aliases
    from index.query.periods import Period
    from index.query.syntax import Filter, Problem
    from index.query.terms import QuestionTerm, Resolved
    from index.ranking.choose import EngineName, answered_by
    from index.search.copies import Copies, nearly_equal
    from index.search.giving import give_meaning, vectors_missing
    from index.search.index import Index
    from index.search.meaning import Model
    from index.search.newest import openings
    from index.search.results import Results
    from index.search.retriever import LocalRetriever, Retriever
    from index.sources import Reading, read
    from index.sources.changes import Changes, Findings
    from index.sources.files.survey import grouped, source_of, survey
    from index.sources.records.exported import record_of as exported
    from index.store.files import make_folder, replace_file, sync, write_file
    from index.store.manifest import Manifest
    from index.store.store import Store
    from index.store.texts import Texts

__all__ = [
    "SOLAR_HIJRI_MONTHS", "Aliases", "Article", "ArticleCard", "BrokenIndexError", "BuildBusyError",
    "BuildRefusedError", "Changes", "Check", "Cluster", "ClusterError", "ClusterOptions", "ClusterRetriever",
    "Copies", "Dropped", "EngineName", "Fault", "FetchError", "FetchOptions", "FetchProgress", "Fetched",
    "FieldMapError", "Filter", "Findings", "Health", "Hit", "Index", "IndexLibraryError", "LocalRetriever",
    "LossRefusedError", "Making", "Manifest", "Model", "ModelError", "NewerIndexError", "NoIndexError",
    "NoOlderIndexError", "Options", "OutdatedIndexError", "Paragraph", "Parameters", "Parts", "Passage", "Period",
    "Problem", "Progress", "PublishOptions", "Published", "Publishing", "QuestionSetError", "QuestionTerm",
    "Reading", "ReadingOptions", "RefusedAddressError", "Report", "Resolved", "Results", "Retriever", "Skipped",
    "SkippedGroup", "SourceError", "SourceState", "StorageError", "Store", "Texts", "UnreachableError",
    "UnreadableIndexError", "WorkerError", "address_of", "analyze_each", "analyze_spans", "analyzer_settings",
    "answered_by", "answers_already", "build_index", "checks", "exported", "fetch", "fetch_due", "fetched_folder",
    "fetched_reading", "fold_text", "forget", "give_meaning", "grouped", "health", "install_command", "is_address",
    "is_function_word", "is_question", "make_folder", "nearly_equal", "nothing_fetched", "openings", "passages",
    "prune", "publish", "published", "read", "replace_file", "roll_back", "sentences", "solar_hijri", "source_of",
    "survey", "sync", "tuning", "vectors_missing", "weighing", "withdraw", "write_file", "write_model",
]  # fmt: skip

_MODULES: Final = {
    "analysis.analyzer": "analyze_each analyze_spans",
    "analysis.light_words": "is_function_word weighing",
    "analysis.passages": "passages",
    "analysis.literal": "fold_text",
    "analysis.sentences": "is_question sentences",
    "analysis.solar_hijri": "solar_hijri",
    "bm25": "Parameters",
    "build.build": "Options Progress Report",
    "cluster.checkup": "Check checks",
    "cluster.client": "Cluster ClusterOptions",
    "cluster.publishing": "PublishOptions Publishing answers_already prune publish",
    "cluster.retriever": "ClusterRetriever",
    "cluster.state": "Published withdraw",
    "fetching.bodies": "address_of is_address",
    "fetching.client": "FetchOptions",
    "fetching.due": "Health fetch_due health",
    "fetching.fetch": "Fault FetchProgress Fetched fetch fetched_folder fetched_reading forget nothing_fetched",
    "machine.extras": "install_command",
    "meaning.making": "Making",
    "model": (
        "Article ArticleCard Dropped Hit Paragraph Parts Passage ReadingOptions Skipped SkippedGroup SourceState"
    ),
    "query.aliases": "Aliases",
    "query.periods": "Period",
    "query.syntax": "Filter Problem",
    "query.terms": "QuestionTerm Resolved",
    "ranking.choose": "EngineName answered_by",
    "search.copies": "Copies nearly_equal",
    "search.giving": "give_meaning vectors_missing",
    "search.index": "Index",
    "search.meaning": "Model",
    "search.newest": "openings",
    "search.results": "Results",
    "search.retriever": "LocalRetriever Retriever",
    "sources": "Reading read",
    "sources.changes": "Changes Findings",
    "sources.files.survey": "grouped source_of survey",
    "store.files": "make_folder replace_file sync write_file",
    "store.manifest": "Manifest",
    "store.store": "Store",
    "store.texts": "Texts",
}
# A function called as a module of this package is cannot have that name here.
_PLACES: Final = {
    "analyzer_settings": ("analysis.analyzer", "settings"),
    "build_index": ("build.build", "build"),
    "write_model": ("meaning.export", "write"),
    "exported": ("sources.records.exported", "record_of"),
    "published": ("cluster.state", "listing"),
    "roll_back": ("cluster.state", "rollback"),
    "SOLAR_HIJRI_MONTHS": ("analysis.solar_hijri", "MONTHS"),
    **{name: (module, name) for module, names in _MODULES.items() for name in names.split()},
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, own = _PLACES[name]
    return getattr(import_module(f"{__name__}.{module}"), own)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
