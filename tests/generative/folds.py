"""Made-up patients who return to the same ward within hours: what is one stay is known late, or never.

Everything else is left out, so that nearly every encounter is folded, transferred, overlapping, or just not; now and
then some begin at one instant, here and at another facility, for one condition or several.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.generative.codes import Coded, diagnosis
from tests.naive import Diagnosis, Encounter, Facility, History, Patient, Settings

ZONES = ("UTC", "America/New_York", "Australia/Sydney")
START = datetime(2024, 2, 26, 4, tzinfo=UTC).replace(tzinfo=None)
GAP_HOURS = (-1, 0, 0, 1, 1, 2, 3, 20, 29 * 24, 30 * 24, 31 * 24)
LENGTH_HOURS = (0, 1, 5, 20, 24, 30, 50)
RECORDED_HOURS = (None, None, -100, 0, 1, 6, 30, 100)
DISPOSITIONS = ("01", "01", "07", "02")


def folded_case(seed: int, n_patients: int) -> tuple[History, Settings]:
    """Make patients of many short encounters, most at one facility for one condition, codes recorded at odd times."""
    choose = Random(seed)
    zone = ZoneInfo(choose.choice(ZONES))
    same, other = diagnosis("I5023"), diagnosis("C787")
    history = History(facilities=(Facility("A", "acute"), Facility("B", "acute")), site_timezone=zone.key)
    for number in range(n_patients):
        history = _add_patient(history, choose, f"p{number:04d}", (same, same, same, other))
    return history, Settings(date(2024, 4, choose.choice((10, 28))))


def _add_patient(history: History, choose: Random, patient_id: str, pool: tuple[Coded, ...]) -> History:
    zone = ZoneInfo(history.site_timezone)
    at, encounters, diagnoses = START + timedelta(hours=choose.randint(0, 48)), [], []
    for letter in choose.sample("abcdefg", choose.randint(2, 5)):
        end = at + timedelta(hours=choose.choice(LENGTH_HOURS))
        is_open = choose.randint(1, 25) == 1
        encounter = Encounter(
            f"{letter}-{patient_id}", patient_id, "inpatient", at, None if is_open else end, _day(at, zone),
            None if is_open else _day(end, zone), "in_progress" if is_open else "finished",
            choose.choice(("A", "A", "A", "B")), discharge_disposition=choose.choice(DISPOSITIONS),
        )  # fmt: skip
        encounters.append(encounter)
        for sequence, coded in enumerate(dict.fromkeys(choose.sample(pool, 2)), start=1):
            hours = choose.choice(RECORDED_HOURS)
            recorded_at = None if hours is None else end + timedelta(hours=hours)
            diagnoses.append(
                Diagnosis(
                    encounter.encounter_id, coded.code_system, coded.code, sequence, coded.mapped, coded.ccs,
                    recorded_at and max(recorded_at, at),
                )
            )  # fmt: skip
        if choose.randint(1, 5) > 1:  # else the next one begins at the same instant
            at = max(end + timedelta(hours=choose.choice(GAP_HOURS)), at)
    return replace(
        history,
        patients=(*history.patients, Patient(patient_id, date(1950, 1, 1))),
        encounters=(*history.encounters, *encounters),
        diagnoses=(*history.diagnoses, *diagnoses),
    )


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.replace(tzinfo=UTC).astimezone(zone).date()
