"""Draw risk against coverage of every question set as one small SVG."""

from collections.abc import Sequence
from html import escape
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from index.evaluate.figures import Evaluation, Risk

_WIDTH, _HEIGHT = 440, 300
_LEFT, _TOP = 64, 24
_KEY: Final = _LEFT + _WIDTH + 16
_LEGEND: Final = 230
_LINE: Final = 20
# Okabe and Ito's colours, told apart by the colour-blind; further sets repeat them dashed.
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_DASHES: Final = ("none", "6 3", "2 3")
_POINTS: Final = 200
# Left of it a single question makes the line jump.
_FROM: Final = 0.05


def risk_plot(evaluations: "Sequence[Evaluation]") -> str:
    """Draw a line per set: the share of questions answered (across) and the share of those answered wrongly (up).

    Wrong is an answer whose first passage is not a right one, or to a question that has none. A dot marks the shipped
    threshold; it may lie beside its line, because the state weighs more than the confidence.
    """
    highest = max(max(r for _, r in [*_points(one.risk), one.risk.shipped]) for one in evaluations)
    top = max(0.1, ceil(highest * 10) / 10)
    height = max(_HEIGHT, _LINE * (len(evaluations) + 1)) + _TOP + 56
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + _LEGEND} {height}" '
        'font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *_axes(top),
    ]
    for number, evaluation in enumerate(evaluations):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        parts += _curve(evaluation.risk, top, colour, dash)
        sample = f'<path d="M{_KEY} {{y}}h24" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        parts.append(_legend(number, sample, evaluation.name))
    parts.append(_legend(len(evaluations), f'<circle cx="{_KEY + 12}" cy="{{y}}" r="5"/>', "at the shipped threshold"))
    return "\n".join([*parts, "</svg>", ""])


def _legend(line: int, sample: str, text: str) -> str:
    y = _TOP + _LINE * line + 10
    return f'{sample.format(y=y)}<text x="{_KEY + 32}" y="{y + 4}">{escape(text)}</text>'


def _axes(top: float) -> list[str]:
    bottom, right = _TOP + _HEIGHT, _LEFT + _WIDTH
    lines = []
    for share in np.linspace(0, 1, 6):
        x, y = _LEFT + share * _WIDTH, bottom - share * _HEIGHT
        lines += [
            f'<path d="M{x:.1f} {_TOP}V{bottom}M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>',
            f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{share * 100:.0f} %</text>',
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share * top * 100:.0f} %</text>',
        ]
    middle = _TOP + _HEIGHT / 2
    return [
        *lines,
        f'<text x="{_LEFT + _WIDTH / 2}" y="{bottom + 40}" text-anchor="middle">questions answered</text>',
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">of those, answered wrongly</text>',
    ]


def _curve(risk: "Risk", top: float, colour: str, dash: str) -> list[str]:
    points = " ".join(f"{_x(coverage):.1f},{_y(wrong, top):.1f}" for coverage, wrong in _points(risk))
    coverage, wrong = risk.shipped
    return [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>',
        f'<circle cx="{_x(coverage):.1f}" cy="{_y(wrong, top):.1f}" r="5" fill="{colour}"/>',
    ]


def _points(risk: "Risk") -> list[tuple[float, float]]:
    """Return the curve from _FROM on; more points than pixels would only make the file large."""
    drawn = np.flatnonzero(risk.coverage >= _FROM)
    shown = drawn[np.unique(np.linspace(0, len(drawn) - 1, _POINTS).round().astype(int))]
    return list(zip(risk.coverage[shown].tolist(), risk.risk[shown].tolist(), strict=True))


def _x(coverage: float) -> float:
    return _LEFT + coverage * _WIDTH


def _y(risk: float, top: float) -> float:
    return _TOP + _HEIGHT * (1 - risk / top)
