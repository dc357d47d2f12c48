"""The worklist as text for people and spreadsheets: CSV cells that no spreadsheet takes for a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

# A spreadsheet runs a cell that begins with one of these; the apostrophe makes it text (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_RISK_DIGITS = 6


def render_reasons(reasons: Iterable[Mapping[str, Any]] | None) -> str:
    """Reasons in one cell: ``2 emergency visits (raises); lives alone (raises)``."""
    return "; ".join(f"{reason['words']} ({reason['direction']})" for reason in reasons or [])


def render_needs(needs: Iterable[Mapping[str, Any]] | None) -> str:
    """Needs in one cell: domain, action, state, due day, evidence and Z code, resource and owner."""
    return "; ".join(_render_need(need) for need in needs or [])


def _render_need(need: Mapping[str, Any]) -> str:
    known = [need.get("state"), f"due {need['due']}" if need.get("due") else None, need.get("evidence")]
    known += [need.get("z_code"), need.get("resource_name"), need.get("owner")]
    return f"{need['domain']}: {need['action']} ({', '.join(str(word) for word in known if word)})"


def render_gaps(gaps: Iterable[Mapping[str, Any]] | None) -> str:
    """Screening gaps in one cell: ``food not asked; housing declined``."""
    return "; ".join(f"{gap['domain']} {str(gap['state']).replace('_', ' ')}" for gap in gaps or [])


def render_cell(column: str, value: object) -> str:
    """One value of the worklist as a CSV cell, safe to open in a spreadsheet."""
    if column in _LISTS:
        return make_formula_safe(_LISTS[column](value))
    if value is None or value != value:  # noqa: PLR0124 only a missing number or date differs from itself
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{round(value, _RISK_DIGITS):.{_RISK_DIGITS}f}".rstrip("0").rstrip(".")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return make_formula_safe(str(value))


def make_formula_safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def render_worklist_csv(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Worklist rows as CSV text with a header line (UTF-8 text, LF line ends, quotes where needed)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([render_cell(column, row[column]) for column in columns])
    return out.getvalue()


def _render_words(words: Iterable[object] | None) -> str:
    return "; ".join(str(word) for word in words or [])


_LISTS: dict[str, Any] = {
    "reasons": render_reasons,
    "needs": render_needs,
    "screening_gaps": render_gaps,
    "overdue_items": _render_words,
}
