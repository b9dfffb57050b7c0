"""Laws that the statistics of an evaluation and its spelling mistakes obey."""

from itertools import islice, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.evaluate.asking import Highlight, in_sentence
from index.evaluate.beir import Question
from index.evaluate.statistics import auroc, best_accuracy, interval, risk_coverage
from index.evaluate.typos import FEWEST_LETTERS, with_typos

FRACTIONS = st.lists(st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 1.0]), min_size=1, max_size=60).map(np.array)
SIGNALS = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40)
QUESTIONS = (
    "Who built the old lighthouse at Saltmere?",
    "Кто построил старый маяк на острове?",
    "من بنى المنارة القديمة على الجزيرة؟",
    "चाय की दुकान सुबह कितने बजे खुलती है?",
    "谁在岛上建造了那座古老的灯塔？",
    "Wer öffnete das Café im Großen Straßenbahndepot?",
    "aaaa",
)


@pytest.mark.slow
@given(FRACTIONS)
def test_an_interval_holds_the_mean_and_stays_among_the_values(values: np.ndarray) -> None:
    low, high = interval(values)
    assert low <= values.mean() + 1e-9
    assert high >= values.mean() - 1e-9
    assert values.min() - 1e-9 <= low <= high <= values.max() + 1e-9
    assert interval(values) == (low, high), "the same every time"


@pytest.mark.slow
def test_an_interval_is_as_wide_as_theory_says_and_narrows_with_the_root_of_the_number() -> None:
    random = np.random.default_rng(3)
    few = random.random(400)
    low, high = interval(few)
    assert np.isclose(high - low, 2 * 1.96 * few.std() / 20, rtol=0.1)
    low, high = interval(np.tile(few, 25))
    assert np.isclose(high - low, 2 * 1.96 * few.std() / 100, rtol=0.1)


def test_about_95_of_100_intervals_hold_the_true_mean() -> None:
    random = np.random.default_rng(5)
    spans = [interval((random.random(200) < 0.3).astype(float)) for _ in range(300)]
    assert 0.91 <= np.mean([low <= 0.3 <= high for low, high in spans]) <= 0.98


@pytest.mark.slow
@given(SIGNALS)
def test_the_best_threshold_is_the_best_of_all_thresholds(pairs: list[tuple[float, bool]]) -> None:
    signal, answerable = (np.array(column) for column in zip(*pairs, strict=True))
    tried = [((signal >= threshold) == answerable).mean() for threshold in (*signal, 2.0)]
    assert np.isclose(best_accuracy(signal, answerable), max(tried))


@pytest.mark.slow
@given(SIGNALS)
def test_auroc_is_the_share_of_pairs_in_order(pairs: list[tuple[float, bool]]) -> None:
    better = np.array([value for value, known in pairs if known])
    worse = np.array([value for value, known in pairs if not known])
    found = auroc(better, worse)
    if not len(better) or not len(worse):
        assert found is None
        return
    difference = better[:, None] - worse[None, :]
    assert found is not None
    assert np.isclose(found, ((difference > 0) + (difference == 0) / 2).mean())


@pytest.mark.slow
@given(SIGNALS)
def test_full_coverage_has_the_risk_of_all_answers(pairs: list[tuple[float, bool]]) -> None:
    signal, right = (np.array(column) for column in zip(*pairs, strict=True))
    coverage, risk = risk_coverage(signal, right)
    assert len(coverage) == len(np.unique(signal))
    assert np.all(np.diff(coverage) > 0)
    assert (coverage[-1], risk[-1]) == (1, (~right).mean())
    surest = signal == signal.max()
    assert (coverage[0], risk[0]) == (surest.mean(), (~right[surest]).mean())


def asked(texts: tuple[str, ...]) -> list[Question]:
    return [Question(str(number), text, True, frozenset({"p"})) for number, text in enumerate(texts)]


def distance(one: str, other: str) -> int:
    """Edits between two texts, a swap of neighbours being one (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, 1):
        rows.append([i])
        for j, right in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


@pytest.mark.slow
@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_a_typo_is_one_edit_of_a_letter_in_a_word(seed: int) -> None:
    questions = asked(QUESTIONS)
    changed = with_typos(questions, seed)
    assert changed == with_typos(questions, seed), "the same every time"
    for before, after in zip(questions, changed, strict=True):
        assert distance(before.text, after.text) == 1
        assert (before.id, before.relevant) == (after.id, after.relevant)
        assert after.text.count(" ") == before.text.count(" ")
        assert set(after.text) <= {letter for text in QUESTIONS for letter in text + text.lower()}


def test_a_typo_comes_from_its_own_question_and_seed() -> None:
    texts = tuple(" ".join(words) for words in islice(permutations(QUESTIONS[0].split()), 50))
    alone, among = with_typos(asked(texts[:1])), with_typos(asked(texts))
    assert alone[0].text == among[0].text, "the others lend no other letters and no other chance"
    assert with_typos(asked(texts), 1) != with_typos(asked(texts), 2)


def test_short_words_are_left_alone() -> None:
    assert FEWEST_LETTERS == 4
    texts = ("Who is it?", "U.S. 2026 tax?", "", "  ", "12345 67890")
    assert [question.text for question in with_typos(asked(texts))] == list(texts)
    for seed in range(50):
        (changed,) = with_typos(asked(("is it the lighthouse",)), seed)
        assert changed.text.startswith("is it the ")


def test_an_answer_is_looked_for_in_the_marked_sentence() -> None:
    text = "The mayor met Ana Ruiz. She paid ４２ florins."
    first, second = Highlight(0, text, "The mayor met Ana Ruiz."), Highlight(0, text, "She paid ４２ florins.")
    assert in_sentence(first, ["ana  ruiz"]) is True
    assert in_sentence(second, ["ana  ruiz"]) is False
    assert in_sentence(second, ["Ana Ruiz", "42 florins"]) is True
    assert in_sentence(first, ["the governor", ""]) is None, "the passage holds no known answer"
    assert in_sentence(first, []) is None
