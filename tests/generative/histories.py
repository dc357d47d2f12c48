"""Made-up patient histories, dense in the cases that have bitten somebody.

One generator for two users: anything with the methods of `random.Random` may choose, so Hypothesis (which can shrink
a failing history) and a seeded generator (which makes thousands in a second) share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.generative.codes import (
    Coded,
    condition_pool,
    diagnosis_pairs,
    diagnosis_pool,
    operation_pool,
    procedure_pool,
)
from tests.naive import (
    Diagnosis,
    Encounter,
    Facility,
    History,
    LabResult,
    Medication,
    Patient,
    Procedure,
    Screening,
    Settings,
)
from tests.naive.settings import CONDITIONS, of_measure

START = datetime(2024, 1, 1, 8, tzinfo=UTC).replace(tzinfo=None)
# With and without daylight saving time, on both sides of UTC.
ZONES = ("UTC", "UTC", "America/New_York", "Australia/Sydney")
# Midnight of the zones is at 0, 4, 5, 13 and 14 o'clock UTC.
HOURS = (0, 1, 4, 5, 6, 8, 8, 12, 13, 14, 23)
# Hours around which the clocks of the zones change in 2024, and the leap day.
ODD_HOURS = tuple(
    datetime(2024, month, day, hour, tzinfo=UTC).replace(tzinfo=None)
    for month, day, hour in ((3, 10, 7), (11, 3, 6), (4, 6, 16), (10, 5, 16), (2, 28, 23), (2, 29, 12), (3, 1, 0))
)
GAPS_DAYS = (0, 0, 0, 1, 1, 2, 5, 7, 8, 29, 30, 30, 31, 45, 89, 90, 91, 179, 180, 181, 364, 365, 366)
DURATIONS_DAYS = (0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 13, 14)
FACILITIES = (
    Facility("A", "acute"), Facility("B", "acute"), Facility("C", "critical_access"), Facility("P", "psychiatric"),
    Facility("R", "rehabilitation"), Facility("S", "skilled_nursing"), Facility("X", "cancer_exempt"),
    Facility("O", "other"), Facility("K", None),
)  # fmt: skip
FACILITY_IDS = ("A", "A", "A", "A", "B", "B", "C", "P", "R", "S", "X", "O", "K", "not listed", None)
CLASSES = ("inpatient",) * 8 + ("emergency",) * 3 + ("observation", "outpatient", "psychiatric", "rehabilitation")
DISPOSITIONS = ("01",) * 10 + ("02", "05", "43", "66", "82", "85", "94", "88", "07", "20", "41", "50", "65", None)
ADMISSION_TYPES = ("emergency", "urgent", "elective", "trauma", "newborn", "other", None)
SERVICES = ("Medicine", "Medical Oncology", "GYNAECOLOGIC ONCOLOGY", "Family Medicine", None)
PROVIDERS = ("D1", "D1", "D2", None)
# By the first letter of an encounter's id.
TRANSFER_SOURCES = {"k": "4", "l": " Transfer from hospital"}
OPERATION_CODES = {"f": 2, "g": 3, "h": 3}
LABS = (
    ("718-7", "g/dL", (8.0, 11.9, 12.0, 15.0)), ("718-7", "g/L", (80.0, 119.0, 120.0)), ("718-7", "furlong", (11.0,)),
    ("718-7", None, (11.0,)), ("2951-2", "mmol/L", (130.0, 134.9, 135.0)), ("2951-2", "mEq/L", (134.0, 140.0)),
    ("2947-0", "mmol/L", (128.0, 141.0)), ("2947-0", "stone", (120.0,)), ("9999-9", "g/dL", (1.0,)),
)  # fmt: skip

MEDICATIONS = (
    ("RxNorm", "11289", "Warfarin 5 MG Oral Tablet"), ("local", "x", "insulin glargine"), (None, None, "Furosemide"),
    ("RxNorm", "7052", "morphine"), ("NDC", "00000000000", "placebo"),
)  # fmt: skip
SCREENINGS = (
    ("71802-3", "LA31993-1"), ("71802-3", "LA30190-5"), ("93030-5", "LA30133-5"), ("93030-5", "LA32-8"),
    ("93031-3", None), ("93038-8", "LA13914-9"), ("54899-0", "LA43-5"), ("76437-3", "LA6311-2"),
)  # fmt: skip


@dataclass
class Maker:
    """Collects the rows of a history while it is made."""

    choose: Random
    zone: ZoneInfo
    condition: str = ""
    """What the patient in hand has: a condition of the readmission programme, or none."""
    favoured: str | None = None
    """The condition that most patients have."""
    patients: list[Patient] = field(default_factory=list)
    encounters: list[Encounter] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    labs: list[LabResult] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)
    screenings: list[Screening] = field(default_factory=list)

    def chance(self, percent: int) -> bool:
        """Happen in this share of cases."""
        return self.choose.randint(1, 100) <= percent

    def day(self, at: datetime) -> date:
        """Find the site's calendar day of a UTC time."""
        return at.replace(tzinfo=UTC).astimezone(self.zone).date()

    def history(self) -> History:
        """Hand over what was collected."""
        return History(
            tuple(self.patients),
            tuple(self.encounters),
            tuple(self.diagnoses),
            tuple(self.procedures),
            tuple(self.labs),
            FACILITIES,
            tuple(self.medications),
            tuple(self.screenings),
            site_timezone=self.zone.key,
        )


def make_history(choose: Random, n_patients: int, max_encounters: int = 7, condition: str | None = None) -> History:
    """Make the history of some patients, most with a condition of the readmission programme if one is given."""
    maker = Maker(choose, ZoneInfo(choose.choice(ZONES)), favoured=condition)
    for number in range(n_patients):
        _add_patient(maker, f"p{number:05d}", max_encounters)
    return maker.history()


def choose_settings(choose: Random, history: History, measure: str) -> Settings:
    """Choose a cut-off on or near an edge of the history, and the measure's convention."""
    edge = START.date() + timedelta(days=choose.choice((0, 60, 3000)))
    if history.encounters and choose.randint(0, 3):
        encounter = choose.choice(history.encounters)
        days = choose.choice((-1, 0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91))
        edge = (encounter.ended_date or encounter.started_date) + timedelta(days=days)
    return replace(of_measure(measure, edge), counts_hours=choose.randint(0, 3) == 0)


def _add_patient(maker: Maker, patient_id: str, max_encounters: int) -> None:
    """Add a patient, encounters one after (or into) the other, a birthday and perhaps a death near one of them."""
    choose = maker.choose
    maker.condition = choose.choice(("", *CONDITIONS)) if maker.chance(30) else ""
    if maker.favoured and maker.chance(80):
        maker.condition = maker.favoured
    previous = None
    mine = []
    count = choose.randint(0, max_encounters)
    letters = choose.sample("abcdefghijklm", count)
    for letter in letters:  # the order of ids says nothing about the order of times
        previous = _add_encounter(maker, f"{letter}-{patient_id}", patient_id, previous)
        mine.append(previous)
    death_date = None
    if mine and maker.chance(25):
        near = choose.choice(mine)
        death_date = (near.ended_date or near.started_date) + timedelta(days=choose.choice((-1, 0, 1, 7, 29, 30, 31)))
    maker.patients.append(Patient(patient_id, _choose_birth(maker, mine), death_date, "D1" if count % 2 else None))


def _choose_birth(maker: Maker, encounters: list[Encounter]) -> date:
    """Choose a birthday: at, just before or just after 18 or 65 on some admission, on 29 February, or any."""
    choose = maker.choose
    if not encounters or maker.chance(60):
        return date(
            choose.randint(1930, 1950 if maker.condition else 2000), choose.randint(1, 12), choose.randint(1, 28)
        )
    if maker.chance(10):
        return date(choose.choice((1960, 2004, 2008)), 2, 29)
    admission = choose.choice(encounters).started_date
    years = choose.choice((18, 65))
    birth = admission.replace(year=admission.year - years, day=min(admission.day, 28))
    return birth + timedelta(days=choose.choice((-1, 0, 0, 1)))


def _choose_start(maker: Maker, previous: Encounter | None) -> datetime:
    """Choose when to begin: touching, overlapping or some typical number of days after the encounter before."""
    choose = maker.choose
    if maker.chance(8):
        return choose.choice(ODD_HOURS) + timedelta(
            hours=choose.choice((-3, -2, -1, 0, 1)), minutes=choose.choice((0, 30))
        )
    if previous is None:
        return START + timedelta(days=choose.randint(0, 60), hours=choose.choice(HOURS))
    ended_at = previous.ended_at or previous.started_at + timedelta(days=3)
    if maker.chance(20):
        return choose.choice((ended_at, previous.started_at, ended_at - timedelta(hours=1)))
    if maker.chance(15):
        return ended_at + timedelta(days=choose.choice((7, 30, 90)), hours=choose.choice((0, -1, 1)))
    since = previous.started_at if maker.chance(20) else ended_at
    day = (since + timedelta(days=choose.choice(GAPS_DAYS))).replace(hour=0)
    return day + timedelta(hours=choose.choice(HOURS))


def _add_encounter(maker: Maker, encounter_id: str, patient_id: str, previous: Encounter | None) -> Encounter:
    """Add one encounter with its codes and results; now and then a sequel: where and for what the one before was."""
    choose = maker.choose
    before = previous if previous and previous.ended_at and maker.chance(30 if maker.condition else 12) else None
    started_at = _choose_start(maker, previous)
    if before and before.ended_at:
        started_at = before.ended_at + timedelta(hours=choose.choice((0, 1)), days=choose.choice((0, 0, 9, 30, 31)))
    ended_at = started_at + timedelta(days=choose.choice(DURATIONS_DAYS), hours=choose.choice((0, 0, 4, 11)))
    is_open = maker.chance(4)
    status = "in_progress" if is_open else "finished"
    if maker.chance(5):
        status = choose.choice(("planned", "cancelled", "entered_in_error"))
    encounter = Encounter(
        encounter_id,
        patient_id,
        before.encounter_class if before else choose.choice(CLASSES),
        started_at,
        None if is_open else ended_at,
        maker.day(started_at),
        None if is_open else maker.day(ended_at),
        status,
        before.facility_id if before else choose.choice(FACILITY_IDS),
        unit=choose.choice(("5W", None)),
        service=choose.choice(SERVICES),
        admission_type=choose.choice(ADMISSION_TYPES),
        admission_source=TRANSFER_SOURCES.get(encounter_id[0], choose.choice(("emergency_room", None))),
        discharge_disposition=choose.choice(DISPOSITIONS),
        drg_code=choose.choice(("291", None)),
        payer_class=choose.choice(("commercial" if encounter_id < "d" else "medicare", None)),
        # By the id, which says nothing else: one choice more would move every later one.
        attending_provider_id=PROVIDERS[ord(encounter_id[0]) % len(PROVIDERS)],
    )
    maker.encounters.append(encounter)
    _add_diagnoses(maker, encounter, ended_at, before)
    _add_procedures(maker, encounter, ended_at)
    _add_labs(maker, encounter, ended_at)
    _add_medications(maker, encounter, ended_at)
    _add_screenings(maker, encounter, ended_at)
    return encounter


def _add_diagnoses(maker: Maker, encounter: Encounter, ended_at: datetime, before: Encounter | None) -> None:
    """Add distinct codes, most with a principal one; some are recorded late, some nobody knows when."""
    choose = maker.choose
    first = 1 if maker.chance(90) else 2
    for sequence, coded in enumerate(_distinct(_draw_diagnoses(maker, before)), start=first):
        recorded_at = choose.choice(
            (None, encounter.started_at, ended_at, ended_at + timedelta(seconds=1), ended_at + timedelta(days=2))
        )
        present = choose.choice((None, "Y", "Y", "N", "U", "W"))
        maker.diagnoses.append(
            Diagnosis(
                encounter.encounter_id, coded.code_system, coded.code, sequence, coded.mapped, coded.ccs, recorded_at,
                present,
            )
        )  # fmt: skip


def _draw_diagnoses(maker: Maker, before: Encounter | None) -> list[Coded]:
    """Draw codes: of a sequel the principal one again, of a patient with a condition that condition's, else any."""
    choose = maker.choose
    same = choose.choice(diagnosis_pool()[:4])  # often enough the same condition as before
    pool = condition_pool(maker.condition)[0] if maker.condition else diagnosis_pool()
    drawn = [same if maker.chance(30) else choose.choice(pool) for _ in range(choose.randint(0, 4))]
    if maker.chance(25):
        drawn += choose.choice(diagnosis_pairs())
    earlier = [one for one in maker.diagnoses if before and one.encounter_id == before.encounter_id]
    principal = [Coded(one.code_system, one.code, one.icd10_code, one.ccs) for one in earlier if one.sequence == 1]
    return principal + drawn


def _add_procedures(maker: Maker, encounter: Encounter, ended_at: datetime) -> None:
    """Add no procedure or a few, also some without a time and some with an impossible one."""
    choose = maker.choose
    count = choose.choice((0, 0, 0, 1, 1, 2))
    pool = condition_pool(maker.condition)[1] if maker.condition else ()
    drawn = _distinct([choose.choice(pool or procedure_pool()) for _ in range(count)])
    operations = operation_pool(maker.condition)[: OPERATION_CODES.get(encounter.encounter_id[0], 0)]
    timed = [
        (coded, choose.choice((None, encounter.started_at, ended_at, ended_at + timedelta(hours=30))))
        for coded in drawn
    ]
    for coded, at in timed + [(coded, encounter.started_at) for coded in operations if coded not in drawn]:
        maker.procedures.append(
            Procedure(
                encounter.encounter_id,
                coded.code_system,
                coded.code,
                coded.mapped,
                coded.ccs,
                at,
                maker.day(at) if at else None,
            )
        )


def _add_labs(maker: Maker, encounter: Encounter, ended_at: datetime) -> None:
    """Add results in odd units, collected around the stay, resulted before or after its end or nobody knows when."""
    choose = maker.choose
    collected = choose.sample((-1, 0, 3, 20, 24, 48, 200), choose.choice((0, 0, 1, 2, 3)))
    for hours in collected:  # at distinct times: results have no id to break ties with
        loinc_code, unit, values = choose.choice(LABS)
        collected_at = min(encounter.started_at + timedelta(hours=hours), ended_at + timedelta(minutes=hours))
        resulted_at = choose.choice((None, collected_at, collected_at + timedelta(hours=2), ended_at, ended_at))
        if resulted_at is not None:
            resulted_at = max(resulted_at, collected_at)
        maker.labs.append(
            LabResult(
                encounter.patient_id,
                loinc_code,
                choose.choice(values),
                unit,
                collected_at,
                resulted_at,
                encounter.encounter_id if choose.randint(0, 1) else None,
            )
        )


def _add_medications(maker: Maker, encounter: Encounter, ended_at: datetime) -> None:
    """Add orders and fills before, in and after the stay."""
    choose = maker.choose
    for _ in range(choose.choice((0, 0, 1, 2))):
        started_at = choose.choice((encounter.started_at - timedelta(days=3), encounter.started_at, ended_at))
        started_at += timedelta(hours=choose.choice((0, 1, 50)))
        code_system, code, name = choose.choice(MEDICATIONS)
        kind = choose.choice(("inpatient", "discharge", "outpatient"))
        stops = choose.choice((None, started_at, started_at + timedelta(days=9)))
        maker.medications.append(
            Medication(
                encounter.patient_id, kind, code_system, code, name, started_at, stops, maker.day(started_at),
                choose.choice((encounter.encounter_id, None)),
            )
        )  # fmt: skip


def _add_screenings(maker: Maker, encounter: Encounter, ended_at: datetime) -> None:
    """Add screening answers before, in and after the stay, also declined ones."""
    choose = maker.choose
    for hours in choose.sample((-100, 0, 5, 30, 400), choose.choice((0, 0, 1, 2))):
        question, answer_loinc = choose.choice(SCREENINGS)
        state = choose.choice(("answered", "answered", "declined"))
        screened_at = ended_at + timedelta(hours=hours)
        maker.screenings.append(
            Screening(encounter.patient_id, "PRAPARE", question, answer_loinc, None, state, screened_at)
        )


def _distinct(drawn: list[Coded]) -> list[Coded]:
    """Keep each code once, in order."""
    return list(dict.fromkeys(drawn))
