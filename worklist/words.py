"""Values of the list as words for people: dates, shares, due days, labels."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

DUE_LABELS = {"contact": "Phone contact", "visit": "Visit", "med_rec": "Medication reconciliation"}
DUE_SHORT = {"contact": "Call", "visit": "Visit", "med_rec": "Med rec"}
DUE_COLUMNS = {"contact": "contact_due", "visit": "visit_due", "med_rec": "med_rec_due"}
MODEL_LABELS = {
    "lace": "the LACE score",
    "hospital": "the HOSPITAL score",
    "logistic": "a logistic model",
    "lightgbm": "a LightGBM model",
}
_PER_HUNDRED = 100
_LIKELY_PERCENT_DIGITS = 1


def format_date(day: dt.date | str | None, weekday: bool = True, year: bool = True) -> str:
    """Write ``Tue 1 Apr 2025``; an em dash where there is none."""
    if day is None:
        return "—"
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    words = f"{day:%a} {day.day} {day:%b}" if weekday else f"{day.day} {day:%b}"
    return f"{words} {day.year}" if year else words


def format_share(share: float | None) -> str:
    """Write a probability as per cent with one digit."""
    return "—" if share is None else f"{share * _PER_HUNDRED:.{_LIKELY_PERCENT_DIGITS}f} %"


def format_number(value: float | None) -> str:
    """Write a number without needless digits."""
    return "—" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def format_days(days: int) -> str:
    """Write ``1 day``, ``3 days``."""
    return f"{days} day" if days == 1 else f"{days} days"


def label_model(name: str | None, version: str | None) -> str:
    """Say what the list is ranked by: ``the LACE score (lace-1a2b3c4d)``; empty if the manifest names nothing."""
    words = MODEL_LABELS.get(name or "", name or "")
    return f"{words} ({version})" if words and version else words or version or ""


def label_domain(domain: str, labels: Mapping[str, str]) -> str:
    """Words for a need domain."""
    return labels.get(domain, domain.replace("_", " ").capitalize())


def describe_due(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the three due items of a row.

    Returns
    -------
    list of dict
        ``item``, ``label``, ``short``, ``due`` and ``state``: ``overdue``, ``recorded`` (its day is past and it is not
        overdue), ``today``, ``coming``, ``none``; ``words`` says it.
    """
    return [_describe_item(row, item) for item in DUE_COLUMNS]


def next_due(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Find the due item to show in one line: the longest overdue, else the next; None if nothing is left."""
    items = describe_due(row)
    overdue = [item for item in items if item["state"] == "overdue"]
    coming = [item for item in items if item["state"] in {"today", "coming"}]
    return min(overdue or coming, key=lambda item: item["due"], default=None)


def _describe_item(row: Mapping[str, Any], item: str) -> dict[str, Any]:
    due, as_of = row[DUE_COLUMNS[item]], row["as_of"]
    known = {"item": item, "label": DUE_LABELS[item], "short": DUE_SHORT[item], "due": due}
    if due is None:
        return {**known, "state": "none", "words": "does not apply"}
    days = (due - as_of).days
    if item in (row["overdue_items"] or []):
        return {**known, "state": "overdue", "words": f"overdue by {format_days(-days)}"}
    if days < 0:
        return {**known, "state": "recorded", "words": "recorded as done"}
    if days == 0:
        return {**known, "state": "today", "words": "due today"}
    return {**known, "state": "coming", "words": f"in {format_days(days)}"}
