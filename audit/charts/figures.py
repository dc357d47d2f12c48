"""The pictures of the report, drawn from the parts of metrics.json."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from audit.charts.svg import Axis, Key, Plot
from audit.words import count, number, percent
from models.metrics import Metric

Document = dict[str, Any]

# Style classes of the report's palette (colour-blind safe, told apart by dashes as well).
STYLES = {"champion": "model", "lace": "lace", "hospital": "hospital", "treat_all": "all"}


def nice_ticks(low: float, high: float, wanted: int = 6) -> list[float]:
    """Choose round places for ticks within a range.

    Examples
    --------
    >>> nice_ticks(0, 0.47)
    [0.0, 0.1, 0.2, 0.3, 0.4]
    """
    step = 10.0 ** math.floor(math.log10((high - low) / wanted))
    step = next((step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= wanted), step * 10)
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 10) for place in range(first, math.floor(high / step + 1e-9) + 1)]


def draw_roc(performance: Document) -> str:
    """Draw the ROC curves of the model, LACE and HOSPITAL."""
    quarters = [0, 0.25, 0.5, 0.75, 1]
    plot = Plot(
        "roc",
        "How well the scores rank (ROC curve)",
        "Share of all readmissions found, against share of the other stays flagged in vain. Higher is better; the "
        "diagonal is chance. " + "; ".join(_area(name, performance) for name in performance["roc"]) + ".",
        Axis(0, 1, quarters, percent, "other stays flagged in vain"),
        Axis(0, 1, quarters, percent, "readmissions found"),
        keys=[
            *(Key(STYLES.get(name, "other"), _area(name, performance)) for name in performance["roc"]),
            Key("chance", "chance 0.50"),
        ],
    )
    plot.line([(0, 0), (1, 1)], "chance")
    for name, curve in reversed(performance["roc"].items()):
        points = list(zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True))
        plot.line(points, STYLES.get(name, "other"))
    return plot.render()


def _area(name: str, performance: Document) -> str:
    score = performance["scores"][name]
    return f"{score['label']} {number(score['metrics']['auroc'].value)}"


def draw_distribution(distribution: Sequence[Document], cut: float | None) -> str:
    """Draw how many stays have which risk, and where the list ends."""
    shown = [part for part in distribution if part["rows"] is not None]
    top = max(part["rows"] for part in shown)
    edge = max(part["high"] for part in shown)
    plot = Plot(
        "risks",
        "How the predicted risks are spread",
        f"Number of held-out stays by predicted risk; the tallest column has {count(top)} stays.",
        Axis(0, edge, nice_ticks(0, edge), percent, "predicted risk of readmission"),
        Axis(0, top * 1.08, nice_ticks(0, top * 1.08, 4), count, "stays"),
        margins=(14, 20, 50, 66),
    )
    for part in shown:
        plot.bar(part["low"], part["high"], part["rows"], "model")
    if cut is not None and cut < edge:
        plot.upright(cut, "cut", "on the list from here")
    return plot.render()


def draw_calibration(curve: Document, tenths: Sequence[Document]) -> str:
    """Draw observed against predicted risk with its 95 % band."""
    risk, observed = curve["risk"], curve["observed"]
    edge = max([risk[-1], *(metric.high or metric.value or 0.0 for metric in observed), 0.05]) * 1.04
    ticks = nice_ticks(0, edge)
    plot = Plot(
        "calibration",
        "Do risks mean what they say? (calibration curve)",
        "Observed readmission rate (loess, with 95 per cent band) against predicted risk. On the diagonal, risks are "
        "right; below it they are too high. Dots are tenths of the stays.",
        Axis(0, edge, ticks, percent, "predicted risk"),
        Axis(0, edge, ticks, percent, "observed readmissions"),
        keys=[Key("model", "observed"), Key("model", "tenths of stays", is_dot=True), Key("chance", "exactly right")],
    )
    bounded = [(x, m) for x, m in zip(risk, observed, strict=True) if m.low is not None and m.high is not None]
    if bounded:
        plot.band([(x, m.low) for x, m in bounded], [(x, m.high) for x, m in bounded], "model")
    plot.line([(0, 0), (edge, edge)], "chance")
    plot.line([(x, m.value) for x, m in zip(risk, observed, strict=True) if m.value is not None], "model")
    for tenth in tenths:
        if tenth["observed_rate"] is not None and tenth["mean_risk"] <= edge:
            plot.dot(tenth["mean_risk"], tenth["observed_rate"], "model")
    return plot.render()


def draw_decision_curve(decision_curve: Document, *, realised: bool = False) -> str:
    """Draw net benefit over the threshold; realised: with the places there are."""
    thresholds, kind = decision_curve["thresholds"], "realised_net_benefit" if realised else "net_benefit"
    lines = {
        name: [metric.value for metric in strategy[kind]]
        for name, strategy in decision_curve["strategies"].items()
        if kind in strategy and not name.startswith("risk_")
    }
    highest = max(value for values in lines.values() for value in values if value is not None)
    top = max(highest * 1.08, 0.005)
    low = -top * 0.25
    labels = {name: decision_curve["strategies"][name]["label"].replace(" or more", "+") for name in lines}
    first, last = thresholds[0], thresholds[-1]
    plot = Plot(
        "realised" if realised else "decision",
        "Net benefit with the places there are" if realised else "Net benefit (decision curve)",
        "Net benefit in true returns found per 100 stays, after taking off false alarms at the exchange rate of the "
        "threshold. The highest line is the best strategy; zero is following up nobody.",
        Axis(first, last, nice_ticks(first, last), percent, "threshold: follow up from this risk"),
        Axis(low, top, nice_ticks(low, top), lambda value: number(100 * value, 1), "net benefit per 100 stays"),
        width=440,
        height=340,
        margins=(14, 14, 50, 58),
        keys=[*(Key(STYLES.get(name, "other"), label) for name, label in labels.items()), Key("none", "Nobody")],
    )
    plot.line([(thresholds[0], 0.0), (thresholds[-1], 0.0)], "none")
    for name in reversed(lines):
        points = [(x, y) for x, y in zip(thresholds, lines[name], strict=True) if y is not None]
        plot.line(points, STYLES.get(name, "other"))
    return plot.render()


def draw_capacity(rows: Sequence[Document], scores: Mapping[str, str]) -> str:
    """Draw the share of readmissions found by length of the list."""
    longest = max(row["share"] for row in rows) * 1.05
    plot = Plot(
        "capacity",
        "How many readmissions a list of a given length finds",
        "Share of all readmissions that are on the list, by length of the list, with 95 per cent intervals. "
        "The dashed diagonal is choosing at random.",
        Axis(0, longest, nice_ticks(0, longest), percent, "length of the list (share of discharges)"),
        Axis(0, 1, [0, 0.25, 0.5, 0.75, 1], percent, "readmissions found"),
        keys=[*(Key(STYLES.get(name, "other"), label) for name, label in scores.items()), Key("chance", "at random")],
    )
    plot.line([(0, 0), (longest, longest)], "chance")
    for name in reversed(list(scores)):
        style = STYLES.get(name, "other")
        found: list[tuple[float, Metric]] = [(row["share"], row["lists"][name]["sensitivity"]) for row in rows]
        drawn = [(x, metric) for x, metric in found if metric.value is not None]
        plot.line([(0.0, 0.0), *((x, metric.value or 0.0) for x, metric in drawn)], style)
        for x, metric in drawn:
            if metric.low is not None and metric.high is not None:
                plot.whisker(x, metric.low, metric.high, style)
            plot.dot(x, metric.value or 0.0, style)
    capacity = next((row["share"] for row in rows if row["is_capacity"]), None)
    if capacity is not None and capacity < longest:
        plot.upright(capacity, "cut", "capacity")
    return plot.render()


def draw_months(months: Sequence[Document]) -> str:
    """Draw observed against expected rates month by month."""
    shown = [month for month in months if month["rows"] is not None]
    top = max(max(month["high"], month["observed_rate"]) for month in shown) * 1.1
    places = {month["month"]: place for place, month in enumerate(shown)}
    every = max(1, math.ceil(len(shown) / 8))
    ticks = [place for place in range(len(shown)) if place % every == 0]
    plot = Plot(
        "months",
        "Month by month: expected and observed readmissions",
        "Observed rate (dots) and expected rate (line) by month of discharge, with control limits. "
        + (f"Outside the limits: {', '.join(m['month'] for m in shown if m['is_outside']) or 'none'}."),
        Axis(-0.5, len(shown) - 0.5, ticks, lambda place: shown[int(place)]["month"], "month of discharge"),
        Axis(0, top, nice_ticks(0, top, 4), percent, "readmitted"),
        height=280,
        keys=[Key("model", "expected"), Key("observed", "observed", is_dot=True)],
    )
    if len(shown) > 1:
        plot.band(
            [(places[m["month"]], m["low"]) for m in shown], [(places[m["month"]], m["high"]) for m in shown], "model"
        )
        plot.line([(places[m["month"]], m["expected_rate"]) for m in shown], "model")
    for month in shown:
        plot.dot(places[month["month"]], month["observed_rate"], "outside" if month["is_outside"] else "observed")
    return plot.render()
