"""The picture of the hospitals' readmission ratios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit.charts.figures import nice_ticks
from audit.charts.svg import Axis, Key, Plot
from audit.words import number

Document = dict[str, Any]

VERDICT_STYLES = {"more": "lace", "fewer": "hospital", "not clear": "model"}
MANY = 40
VERDICT_WORDS = {"more": "surely more", "fewer": "surely fewer", "not clear": "not clear"}


def draw_hospitals(entries: Sequence[Document]) -> str:
    """Draw the ratio of each hospital with its interval, in the order given.

    Parameters
    ----------
    entries : sequence of dict
        ``hospital``, ``ratio`` with an interval, ``verdict``.
    """
    low = min(0.9, *(entry["ratio"].low for entry in entries))
    high = max(1.1, *(entry["ratio"].high for entry in entries))
    room = 0.05 * (high - low)
    places = [float(place + 1) for place in range(len(entries))]
    shown = [verdict for verdict in VERDICT_WORDS if any(entry["verdict"] == verdict for entry in entries)]
    plot = Plot(
        "hospital-ratios",
        "Hospitals compared: standardised readmission ratio",
        "Standardised readmission ratio of each hospital, highest first, with 95 per cent intervals. Above 1: more "
        "readmissions than expected of its patients. "
        + "; ".join(f"{VERDICT_WORDS[v]}: {sum(entry['verdict'] == v for entry in entries)}" for v in shown)
        + ".",
        Axis(
            0.5,
            len(entries) + 0.5,
            _whole(places),
            lambda place: number(place, 0),
            "hospital, numbered as in the table",
        ),
        Axis(max(0.0, low - room), high + room, nice_ticks(max(0.0, low - room), high + room, 5), number, "ratio"),
        height=300,
        keys=[*(Key(VERDICT_STYLES[v], VERDICT_WORDS[v], is_dot=True) for v in shown), Key("chance", "as expected")],
    )
    plot.line([(0.5, 1.0), (len(entries) + 0.5, 1.0)], "chance")
    for place, entry in zip(places, entries, strict=True):
        ratio, style = entry["ratio"], VERDICT_STYLES[entry["verdict"]]
        plot.whisker(place, ratio.low, ratio.high, style)
        plot.dot(place, ratio.value, style, radius=3.5 if len(entries) <= MANY else 2)
    return plot.render()


def _whole(places: Sequence[float], wanted: int = 12) -> list[float]:
    """Choose places for ticks: each, or some round ones."""
    if len(places) <= wanted:
        return list(places)
    return [tick for tick in nice_ticks(1, places[-1], wanted) if tick == round(tick)]
