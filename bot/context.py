"""What a conversation changes in the results of a question that was searched with words of earlier ones.

The article that answered before comes first where it says something of what is asked now.
"""

from dataclasses import replace

from bot.pronouns import own_terms
from index import Results, tuning


def preferring(article: str, question: str, results: Results) -> Results:
    """Return the results with the passage of `article` in front that holds most of the question's own words.

    They stay as they are where it holds too few.
    """
    own = [(term.weight * term.idf, term.ids) for term in own_terms(question, results.terms, results.language)]
    least = tuning.LEANING_HELD * sum(weight for weight, _ in own)
    best, most = 0, -1.0
    for place, hit in enumerate(results.first(tuning.RERANK_DEPTH)):
        if hit.article.id == article and hit.passage.kind != "caption":
            ids = results.term_ids(hit.passage.row)
            held = sum(weight for weight, terms in own if not ids.isdisjoint(terms))
            if held >= least and held > most:
                best, most = place, held
    return results.with_first(best)


def asked_now(question: str, results: Results) -> Results:
    """Return the results with the question's own terms alone, if one is known, and not what earlier ones added."""
    own = tuple([term for term in results.terms if term.end <= len(question)])
    if own == results.terms and question == results.question:
        return results
    return replace(results, question=question, terms=own if any(term.known for term in own) else results.terms)
