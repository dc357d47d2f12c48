"""The naive answer at every prediction point: the patient's history cut there, under the rules of a discharge.

That is the definition of "known at": whatever is recorded later is not in the history that the loops see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.generative.core_tables import Rows
from tests.generative.point_in_time import known_at
from tests.naive import History, Settings, ValueSets, answer
from tests.naive.history import condition_flags, prior_stays, prior_use
from tests.naive.scores import score
from tests.naive.stitching import Stay, as_seen_on, is_acute_inpatient, is_real, stitch

FIRST_HOURS = timedelta(hours=24)


@dataclass(frozen=True)
class Point:
    """A moment at which a stay is looked at."""

    patient_id: str
    encounter_ids: frozenset[str]
    stay_id: str
    kind: str
    at: datetime
    day: date


def answer_points(history: History, settings: Settings, sets: ValueSets) -> Rows:
    """Make the features of every prediction point of a history, row by row."""
    histories = split(history)
    return [_row(point, histories[point.patient_id], settings, sets) for point in points(history, settings, sets)]


def points(history: History, settings: Settings, sets: ValueSets) -> Iterator[Point]:
    """Give all points of the stays that nothing known by then excludes, or that are eligible with hindsight."""
    zone = ZoneInfo(history.site_timezone)
    whole = answer(history, settings, sets)
    drops = {row["stay_id"]: row for row in whole.stay_drop}
    for stay in whole.stay:
        drop = drops[stay["stay_id"]]
        for kind, at, day in _moments(stay, settings.cut_off, zone):
            excluded = drop["excluded_from"]
            if day <= settings.cut_off and (drop["is_eligible"] or excluded is None or excluded > at):
                ids = frozenset(stay["encounter_ids"])
                yield Point(str(stay["patient_id"]), ids, str(stay["stay_id"]), kind, at, day)


def split(history: History) -> dict[str, History]:
    """Split a history by patient."""
    owner = {one.encounter_id: one.patient_id for one in history.encounters}
    parts: defaultdict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for name in ("patients", "encounters", "labs", "medications", "screenings"):
        for row in getattr(history, name):
            parts[row.patient_id][name].append(row)
    for name in ("diagnoses", "procedures"):
        for row in getattr(history, name):
            parts[owner[row.encounter_id]][name].append(row)
    empty = replace(history, patients=(), encounters=(), diagnoses=(), procedures=(), labs=(), medications=(),
                    screenings=())  # fmt: skip
    return {
        patient: replace(empty, **{name: tuple(rows) for name, rows in part.items()}) for patient, part in parts.items()
    }


def _moments(stay: dict[str, Any], cut_off: date, zone: ZoneInfo) -> Iterator[tuple[str, datetime, date]]:
    """Discharge; 24 hours after admission, or discharge if sooner; the last moment of each day of the stay."""
    end, begin = stay["discharged_at"], stay["admitted_at"]
    if end is not None:
        yield "discharge", end, stay["discharge_date"]
    early = min(begin + FIRST_HOURS, end or datetime.max)  # noqa: DTZ901  core's times are UTC without a zone
    yield "admission", early, early.replace(tzinfo=UTC).astimezone(zone).date()
    day = stay["admission_date"]
    while day <= (stay["discharge_date"] or cut_off):
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC).replace(tzinfo=None)
        last = midnight - timedelta(microseconds=1)
        yield "daily", min(last, end or last), day
        day += timedelta(days=1)


def _row(point: Point, history: History, settings: Settings, sets: ValueSets) -> dict[str, object]:
    known = known_at(history, {point.patient_id: point.at})
    facilities = {one.facility_id: one for one in known.facilities}
    encounters = as_seen_on(list(known.encounters), settings.cut_off)
    acute = [one for one in encounters if is_real(one) and is_acute_inpatient(one, facilities)]
    stays = stitch(known.patients[0], acute, list(known.diagnoses), list(known.procedures))
    stay = current(stays, point)
    moment = point.at, point.day
    return {
        **score(stay, stays, encounters, list(known.labs), sets, moment),
        **prior_use(stay, stays, encounters),
        **prior_stays(stay, stays),
        **condition_flags(stay, stays, sets, point.at),
        "length_of_stay_days": (point.day - stay.first.started_date).days,
        "encounter_count": len(stay.encounters),
        "stay_id": point.stay_id,
        "prediction_point": point.kind,
        "known_at": point.at,
        "is_joined_later": stay.stay_id != point.stay_id,
    }


def current(stays: list[Stay], point: Point) -> Stay:
    """Of the stays that with hindsight are one, the last that has begun: a same-day fold may not be known yet."""
    own = [stay for stay in stays if stay.stay_id in point.encounter_ids]
    return max(own, key=lambda stay: stay.admitted_at)
