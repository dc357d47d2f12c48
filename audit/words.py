"""Numbers as people read them."""

from __future__ import annotations

from models.metrics import Metric

MISSING = "not known"


def number(value: float | None, digits: int = 2) -> str:
    """Write a number with fixed digits; a true minus sign."""
    return MISSING if value is None else f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def percent(share: float | None, digits: int = 0) -> str:
    """Write a share as per cent."""
    return MISSING if share is None else f"{number(100 * share, digits)}%"


def count(value: float | None) -> str:
    """Write a count with separators; a hidden count as a dash."""
    return "\N{EN DASH}" if value is None else f"{value:,.0f}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def sentence(words: str) -> str:
    """Make a sentence of its words: a capital letter and a full stop."""
    return f"{words[0].upper()}{words[1:]}."


def interval_words(metric: Metric, digits: int = 2) -> str:
    """Write a value with its interval: "0.70 (0.68 to 0.72)"."""
    if metric.value is None:
        return MISSING
    value = number(metric.value, digits)
    if metric.low is None or metric.high is None:
        return value
    return f"{value} ({number(metric.low, digits)} to {number(metric.high, digits)})"


def bounds(metric: Metric, digits: int = 2) -> str:
    """Write only the interval: "0.68 to 0.72"; why there is none, otherwise."""
    if metric.low is None or metric.high is None:
        return metric.reason or MISSING
    return f"{number(metric.low, digits)} to {number(metric.high, digits)}"


def percent_bounds(metric: Metric, digits: int = 0) -> str:
    """Write only the interval of a share: "35 to 41%"."""
    written = bounds(metric.times(100), digits)
    return written if metric.low is None else f"{written}%"
