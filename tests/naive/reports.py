"""Section 1, what is reported: attrition whole, by facility and by month, and what followed the index stays."""

from __future__ import annotations

from datetime import date, timedelta

from tests.naive.settings import Settings

Row = dict[str, object]
COUNTED = {
    "readmitted_7d_count": "readmitted_7d",
    "readmitted_30d_count": "readmitted_30d",
    "any_return_30d_count": "any_return_30d",
    "ed_return_30d_count": "ed_return_30d",
    "observation_return_30d_count": "observation_return_30d",
    "readmitted_same_facility_count": "readmission_is_same_facility",
    "died_30d_count": "died_30d",
}


def attrition(reasons: list[object], names: tuple[str, ...]) -> list[Row]:
    """Each rule is applied in a fixed order and yields one line: rule, in, dropped, out."""
    lines: list[Row] = []
    rows_in = len(reasons)
    for step, name in enumerate(names, start=1):
        dropped = sum(1 for reason in reasons if reason == name)
        lines.append(
            {"step": step, "rule": name, "rows_in": rows_in, "rows_dropped": dropped, "rows_out": rows_in - dropped}
        )
        rows_in -= dropped
    return lines


def month_of(stay: Row) -> date:
    """Take the month of discharge, of admission for a stay in progress, as its first day."""
    day = stay["discharge_date"] or stay["admission_date"]
    if not isinstance(day, date):
        raise TypeError("a stay has an admission date")
    return day.replace(day=1)


def attrition_by(unit: str, stays: list[Row], drops: list[Row], names: tuple[str, ...]) -> list[Row]:
    """Make the attrition table within each facility or month."""
    reason_of = {row["stay_id"]: row["drop_reason"] for row in drops}
    units = [month_of(stay) if unit == "month" else stay["facility_id"] for stay in stays]
    lines = []
    for one in dict.fromkeys(units):
        reasons = [reason_of[stay["stay_id"]] for stay, its in zip(stays, units, strict=True) if its == one]
        lines += [{unit: one} | line for line in attrition(reasons, names)]
    return lines


def return_rates(index_stays: list[Row], labels: list[Row], settings: Settings) -> list[Row]:
    """Count what followed the index stays: by facility and specialty, by each of them, and over all."""
    label_of = {row["stay_id"]: row for row in labels}
    index = [row | label_of[row["stay_id"]] for row in index_stays if row["is_index"]]
    groups: dict[tuple[str, object, object], list[Row]] = {}
    for row in index:
        facility, specialty = row["facility_id"], row["specialty_cohort"]
        for key in (
            ("facility_specialty", facility, specialty),
            ("facility", facility, None),
            ("specialty", None, specialty),
            ("overall", None, None),
        ):
            groups.setdefault(key, []).append(row)
    return [_rate_row(key, rows, settings.cut_off) for key, rows in groups.items()]


def _rate_row(key: tuple[str, object, object], rows: list[Row], cut_off: date) -> Row:
    """Make one line: rates are shares of the index stays; of 90 days, of those for which they are over."""
    followed = [row for row in rows if _day(row["discharge_date"]) + timedelta(days=90) <= cut_off]
    again = sum(1 for row in followed if row["readmitted_90d"])
    count = {name: sum(1 for row in rows if row[column]) for name, column in COUNTED.items()}
    count |= {
        "readmitted_other_facility_count": sum(1 for row in rows if row["readmission_is_same_facility"] is False),
        "followed_90d_count": len(followed),
        "readmitted_90d_count": again,
    }
    return {
        "level": key[0],
        "facility_id": key[1],
        "specialty_cohort": key[2],
        "index_stay_count": len(rows),
        **count,
        "readmitted_7d_rate": count["readmitted_7d_count"] / len(rows),
        "readmitted_30d_rate": count["readmitted_30d_count"] / len(rows),
        "readmitted_90d_rate": again / len(followed) if followed else None,
        "any_return_30d_rate": count["any_return_30d_count"] / len(rows),
    }


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("an index stay has a discharge date")
    return value
