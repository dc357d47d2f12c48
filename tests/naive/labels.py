"""Section 1, label: what happened after an eligible stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.naive.planned import is_planned
from tests.naive.rows import Encounter
from tests.naive.settings import Settings
from tests.naive.stitching import Stay, is_real
from tests.naive.value_sets import ValueSets


def is_within(index: Stay, started_at: datetime, started_date: date, days: int, settings: Settings) -> bool:
    """Starts after discharge and no more than N calendar days later (measure option: N x 24 h)."""
    if index.discharged_at is None or index.last.ended_date is None or started_at < index.discharged_at:
        return False
    if settings.counts_hours:
        return started_at - index.discharged_at <= timedelta(hours=24 * days)
    return (started_date - index.last.ended_date).days <= days


def stays_after(index: Stay, stays: list[Stay]) -> list[Stay]:
    """Take the other stays that start at or after the index stay's end; no two stays begin at one instant."""
    return [
        stay
        for stay in stays
        if stay is not index and index.discharged_at is not None and stay.admitted_at >= index.discharged_at
    ]


def first_return(index: Stay, stays: list[Stay]) -> Stay | None:
    """The *first* acute inpatient stay that starts after discharge: a planned one ends the search all the same.

    Transfers belong to the index stay, and psychiatric or rehabilitation facilities have no stays, so both are
    skipped already.
    """
    return min(stays_after(index, stays), key=lambda stay: stay.admitted_at, default=None)


def when_over(happened: bool, index: Stay, days: int, settings: Settings) -> bool | None:
    """Horizons are null until over, unless the event has happened."""
    if happened:
        return True
    discharge_date = index.last.ended_date
    if discharge_date is None or discharge_date + timedelta(days=days) > settings.cut_off:
        return None
    return False


def readmission(index: Stay, stays: list[Stay], days: int, settings: Settings, sets: ValueSets) -> Stay | None:
    """Find the counted readmission: the first return, if it starts in the window and is not planned.

    A measure of all causes counts planned returns too.
    """
    stay = first_return(index, stays)
    if stay is None or (is_planned(stay, sets) and not settings.counts_planned_returns):
        return None
    return stay if is_within(index, stay.admitted_at, stay.first.started_date, days, settings) else None


def has_visit(index: Stay, encounters: list[Encounter], encounter_class: str, settings: Settings) -> bool:
    """Any encounter of the class that starts in the window, also the one that becomes the readmission."""
    return any(
        is_real(visit)
        and visit.encounter_class == encounter_class
        and is_within(index, visit.started_at, visit.started_date, 30, settings)
        for visit in encounters
    )


def died_in_window(index: Stay, settings: Settings) -> bool:
    """Death within 30 days; a death after the cut-off day is not known."""
    death_date, discharge_date = index.patient.death_date, index.last.ended_date
    if death_date is None or discharge_date is None or death_date > settings.cut_off:
        return False
    return 0 <= (death_date - discharge_date).days <= 30


def label(
    index: Stay, stays: list[Stay], encounters: list[Encounter], settings: Settings, sets: ValueSets
) -> dict[str, object]:
    """Make the label row of one eligible stay."""
    counted = readmission(index, stays, 30, settings, sets)
    readmitted_30d = when_over(counted is not None, index, 30, settings)
    any_return = any(
        is_within(index, stay.admitted_at, stay.first.started_date, 30, settings) for stay in stays_after(index, stays)
    )

    def readmitted(days: int) -> bool | None:
        happened = readmission(index, stays, days, settings, sets) is not None
        return when_over(happened, index, days, settings)

    def visited(encounter_class: str) -> bool | None:
        return when_over(has_visit(index, encounters, encounter_class, settings), index, 30, settings)

    return {
        "stay_id": index.stay_id,
        "encounter_id": index.last.encounter_id,
        "patient_id": index.patient.patient_id,
        "discharge_date": index.last.ended_date,
        "readmitted_30d": readmitted_30d,
        "readmitted_7d": readmitted(7),
        "readmitted_90d": readmitted(90),
        "any_return_30d": when_over(any_return, index, 30, settings),
        "ed_return_30d": visited("emergency"),
        "observation_return_30d": visited("observation"),
        "died_30d": died_flag(index, readmitted_30d, settings),
        "days_to_readmission": _days_between(index, counted),
        "readmission_facility": counted.first.facility_id if counted else None,
        "readmission_is_same_facility": is_same_facility(index, counted) if counted else None,
        "readmission_stay_id": counted.stay_id if counted else None,
    }


def is_same_facility(index: Stay, counted: Stay) -> bool | None:
    """Say whether the readmission is at the facility that discharged the patient; None if either is missing."""
    before, after = index.last.facility_id, counted.first.facility_id
    return None if before is None or after is None else before == after


def died_flag(index: Stay, readmitted_30d: bool | None, settings: Settings) -> bool | None:
    """`died_30d`: death within 30 days and `readmitted_30d = 0`."""
    if readmitted_30d:
        return False
    return when_over(died_in_window(index, settings), index, 30, settings)


def _days_between(index: Stay, counted: Stay | None) -> int | None:
    """`days_to_readmission`: of the counted one, else null; calendar days."""
    if counted is None or index.last.ended_date is None:
        return None
    return (counted.first.started_date - index.last.ended_date).days
