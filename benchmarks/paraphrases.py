"""Ask what the examples tell in words that none of them says, by words, by words and meaning, and by meaning alone.

    python -m benchmarks.paraphrases MODEL [DIR]

MODEL is the folder of a model, DIR a question set whose articles stand beside the examples. No question shares a
content word with the article that answers it, which is checked first. Reported is for how many of the 40 that article
is among the first three.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.meaning import nearest_in_meaning
from index import Article, Options, Results, Store, build_index, read, tuning
from index.analysis.analyzer import analyze_spans
from index.analysis.light_words import weighing
from index.evaluate.beir import load_corpus
from index.search.giving import give_meaning
from index.search.meaning import Model
from index.search.retriever import LocalRetriever

EXAMPLES = Path(__file__).parent.parent / "examples"
QUESTIONS = {
    "Old Weir Bridge to Close for Nine Weeks": (
        "Why can cars no longer get over the stream this spring?",
        "Can pedestrians still reach the other bank?",
        "erosion undermined masonry supports",
        "What alternative route must motorists choose?",
        "Do merchants fear earning less?",
    ),
    "Central Library Tries Opening Until Two in the Morning": (
        "Where may teenagers revise in silence past midnight?",
        "books lending institution extended hours",
        "Why did guests shiver indoors?",
        "Were residents annoyed by parked automobiles?",
        "Why is selling coffee forbidden?",
    ),
    "Waiting List for Allotments Falls for the First Time in a Decade": (
        "Why did the queue of applicants for vegetable patches shrink?",
        "Who got thrown out for letting weeds take hold?",
        "Do novices cope better with smaller pieces of soil?",
        "May I keep honey insects there?",
        "When are bonfires permitted?",
    ),
    "How to Read Your Water Meter and Find a Leak": (
        "How do I discover dripping faucets at home?",
        "Where do I report my consumption to the utility?",
        "Which figures determine the amount owed?",
        "Is old metal tubing poisonous?",
        "Will I be compensated after a burst main?",
    ),
    "River Ferry Returns to Brackwater After Thirty-One Years": (
        "How far does the electric vessel sail before it must be plugged in?",
        "What happened to the previous ship?",
        "How many fares must be sold to break even?",
        "Who steers it, and what jobs did they do earlier?",
        "Are pets allowed aboard?",
    ),
    "Hilltop Observatory Opens Its Dome to Night Workers": (
        "Where can I watch stars before breakfast?",
        "Who polished the optics?",
        "Why must flashlights stay off?",
        "What happens to my reservation in bad weather?",
        "How was the renovation financed?",
    ),
    "Market Hall Clock Runs Backwards for a Week": (
        "Why did the timepiece go in reverse?",
        "technical fault: component installed incorrectly",
        "Did tourism benefit from the mistake?",
        "How did the error disturb public illumination?",
        "Do vendors hope it happens annually?",
    ),
    "Where the Lost Gloves of Brackwater Go": (
        "How do I recover my forgotten belongings?",
        "Which mislaid items turn up most often?",
        "What becomes of stuff whose owner never shows up?",
        "How much must I pay for retrieval?",
        "Is proof of ownership required?",
    ),
}


def shared(question: str, article: Article) -> set[str]:
    """The content words of a question that its article holds too: {"ferry"}; empty is what is wanted."""
    weight, said = weighing(question, "en"), set[str]()
    for span in analyze_spans(question, "en"):
        if weight(question[span.start : span.end]) == "content":
            said.add(span.term)
    texts = (article.title, *(paragraph.text for paragraph in article.paragraphs))
    return said & {span.term for text in texts for span in analyze_spans(text, "en")}


def is_among_first(titles: Sequence[str], title: str) -> bool:
    """Whether a title is among the first three different ones."""
    return title in list(dict.fromkeys(titles))[:3]


def titles(results: Results, *, by_meaning: bool = False) -> list[str]:
    """The titles of what was found, best first."""
    hits = nearest_in_meaning(results) if by_meaning else results.first(2 * tuning.RERANK_DEPTH)
    return [hit.article.title for hit in hits]


def main() -> None:
    """Index, ask in the three ways, print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("distractors", type=Path, nargs="?")
    given = parser.parse_args()
    articles = [one for one in read([EXAMPLES]) if isinstance(one, Article)]
    asked = [(question, article) for article in articles for question in QUESTIONS.get(article.title, ())]
    for question, article in asked:
        if both := shared(question, article):
            raise SystemExit(f"{question}: shares {', '.join(both)} with {article.title!r}")
    others = load_corpus(given.distractors).articles if given.distractors else ()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        build_index(store, [*articles, *others], [], Options())
        give_meaning(store, given.model)
        words = LocalRetriever(store).index
        mixed = LocalRetriever(store, model=Model(given.model, store.data_dir)).index
        ways: dict[str, Callable[[str], list[str]]] = {
            "words": lambda question: titles(words.search(question)),
            "words and meaning": lambda question: titles(mixed.search(question)),
            "meaning": lambda question: titles(mixed.search(question), by_meaning=True),
        }
        for way, found in ways.items():
            right = sum(is_among_first(found(question), article.title) for question, article in asked)
            print(f"| {way} | {right} of {len(asked)} |")


if __name__ == "__main__":
    main()
