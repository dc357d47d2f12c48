"""What part of the list a reader asked for: filters, order, page. Unknown values fall back, they never fail."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

PAGE_SIZES = (25, 50, 100, 500)
DEFAULT_SIZE = 50
UNASSIGNED = "-"
_LONGEST_TEXT = 64
_LAST_DAY = dt.date.max


def first_due(row: Mapping[str, Any]) -> dt.date:
    """Earliest due date that matters: the overdue ones first of all, else the next; rows without come last."""
    names = {"contact": "contact_due", "visit": "visit_due", "med_rec": "med_rec_due"}
    overdue = [row[names[item]] for item in row["overdue_items"] or []]
    coming = [row[column] for column in names.values() if row[column] and row[column] >= row["as_of"]]
    return min(overdue or coming or [_LAST_DAY])


SORTS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "rank": lambda row: row["rank"],
    "patient": lambda row: row["patient_id"],
    "tier": lambda row: row["tier"],
    "risk": lambda row: -row["risk"],
    "due": first_due,
    "needs": lambda row: -len(row["needs"] or []),
    "manager": lambda row: (row["case_manager_name"] is None, row["case_manager_name"] or ""),
}


@dataclass(frozen=True)
class Selection:
    """Filters, order and page of the list; empty text = no filter."""

    manager: str = ""
    tier: str = ""
    facility: str = ""
    domain: str = ""
    overdue: str = ""
    q: str = ""
    sort: str = "rank"
    descending: bool = False
    page: int = 1
    size: int = DEFAULT_SIZE

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return any((self.manager, self.tier, self.facility, self.domain, self.overdue, self.q))

    def query(self, **changes: Any) -> str:  # noqa: ANN401 any field of the selection
        """Query string of this selection with some fields changed; fields at their default are left out."""
        wanted = {name: changes.get(name, getattr(self, name)) for name in self.__dataclass_fields__}
        if "page" not in changes:
            wanted["page"] = 1
        default = Selection()
        kept = {name: value for name, value in wanted.items() if value != getattr(default, name)}
        if kept.pop("descending", False):
            kept["dir"] = "desc"
        return f"?{urlencode(kept)}" if kept else "?"

    def toggled(self, sort: str) -> str:
        """Query string that sorts by a column, or turns its order round if it is sorted by it already."""
        return self.query(sort=sort, descending=self.sort == sort and not self.descending)


def read_selection(query: Mapping[str, str]) -> Selection:
    """Read a selection from query parameters; what makes no sense is left out."""
    text = {
        name: query.get(name, "").strip()[:_LONGEST_TEXT] for name in ("manager", "tier", "facility", "domain", "q")
    }
    return Selection(
        **text,
        overdue="yes" if query.get("overdue") == "yes" else "",
        sort=query["sort"] if query.get("sort") in SORTS else "rank",
        descending=query.get("dir") == "desc",
        page=max(_read_int(query.get("page"), 1), 1),
        size=_read_int(query.get("size"), DEFAULT_SIZE, PAGE_SIZES),
    )


@dataclass(frozen=True)
class Page:
    """The rows to show and where they stand."""

    rows: list[dict[str, Any]]
    total: int
    number: int
    pages: int
    first: int = field(default=0)


def select_rows(rows: list[dict[str, Any]], wanted: Selection) -> list[dict[str, Any]]:
    """Filter and sort; rows that tie stay in rank order."""
    kept = [row for row in rows if _fits(row, wanted)]
    if wanted.sort == "rank":
        return kept[::-1] if wanted.descending else kept
    return sorted(kept, key=SORTS[wanted.sort], reverse=wanted.descending)


def cut_page(rows: list[dict[str, Any]], wanted: Selection) -> Page:
    """Cut one page; a page beyond the end is the last one."""
    pages = max(-(-len(rows) // wanted.size), 1)
    number = min(wanted.page, pages)
    start = (number - 1) * wanted.size
    shown = rows[start : start + wanted.size]
    return Page(shown, len(rows), number, pages, start + 1 if shown else 0)


def _fits(row: Mapping[str, Any], wanted: Selection) -> bool:
    if wanted.manager and (row["case_manager_id"] or UNASSIGNED) != wanted.manager:
        return False
    if wanted.tier and str(row["tier"]) != wanted.tier:
        return False
    if wanted.facility and (row["facility_id"] or UNASSIGNED) != wanted.facility:
        return False
    if wanted.overdue and not row["overdue"]:
        return False
    if wanted.domain and wanted.domain not in {need["domain"] for need in row["needs"] or []}:
        return False
    return not wanted.q or wanted.q.lower() in row["patient_id"].lower()


def _read_int(text: str | None, default: int, allowed: tuple[int, ...] | None = None) -> int:
    try:
        number = int(text or default)
    except ValueError:
        return default
    return number if allowed is None or number in allowed else default
