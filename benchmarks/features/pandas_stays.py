"""Stays, planned care, index stays and labels for the pandas peer: sorted arrays, one pass each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.features.pandas_columns import DiagnosisCodes, pack, read_parts
from benchmarks.features.rules import Codes, Rules


@dataclass
class Visits:
    """Encounters that count, of one class or another: arrays of one length, sorted by patient, start and key."""

    key: np.ndarray
    patient: np.ndarray
    started: np.ndarray
    ended: np.ndarray
    started_day: np.ndarray
    ended_day: np.ndarray
    facility: np.ndarray
    is_dropped: np.ndarray


@dataclass
class Stays:
    """Stays of acute care, sorted by patient and admission; ``of_encounter`` gives each encounter's stay, or -1."""

    key: np.ndarray
    patient: np.ndarray
    admitted: np.ndarray
    discharged: np.ndarray
    admission_day: np.ndarray
    discharge_day: np.ndarray
    is_dropped: np.ndarray
    of_encounter: np.ndarray


def read_visits(core: Path, parts: Sequence[str], rules: Rules) -> tuple[Visits, Visits, int]:
    """Read the acute inpatient and the emergency encounters, and how many keys there are of any."""
    not_acute = {id_ for id_, kind in _read_kinds(core).items() if kind in rules.measure.non_acute_facility_kinds}
    acute, emergency, keys, facilities = [], [], 0, {}
    for part in read_parts(
        [core / "encounter" / name for name in parts],
        "encounter_key patient_key started_at ended_at started_date ended_date",
        "encounter_class status facility_id discharge_disposition",
    ):
        keys = max(keys, int(part["encounter_key"].max()) + 1)
        counts = part["status"].isin({"finished", "in_progress"})
        inpatient = counts & part["encounter_class"].isin({"inpatient"}) & ~part["facility_id"].isin(not_acute)
        acute.append(_choose(part, inpatient, rules, facilities))
        emergency.append(_choose(part, counts & part["encounter_class"].isin({"emergency"}), rules, facilities))
    return _join(acute), _join(emergency), keys


def build_stays(visits: Visits, ccs: np.ndarray, keys: int) -> Stays:
    """Stitch acute encounters into stays; encounter keys are below ``keys``.

    The encounter that ends last so far is a running maximum over ranks by (patient, end, start, key), which grow from
    patient to patient and so begin anew with each. Those that begin at one instant go together: each is compared with
    what stood before ``lead``, the first of them, and all continue the stay if one does.
    """
    by_end = np.lexsort((visits.key, visits.started, visits.ended, visits.patient))
    rank = np.empty(len(by_end), dtype="int64")
    rank[by_end] = np.arange(len(by_end))
    start = pack(visits.patient, visits.started)
    begins = np.append([True], start[1:] != start[:-1])
    lead = np.maximum.accumulate(np.where(begins, np.arange(len(start)), 0))
    last = by_end[np.maximum.accumulate(rank)[lead - 1]]
    overlaps = visits.started < visits.ended[last]
    elsewhere = visits.facility != visits.facility[last]
    transferred = elsewhere & (visits.started_day <= visits.ended_day[last] + 1)
    alike = (ccs == ccs[last]) & (ccs[last] >= 0)
    folded = ~elsewhere & (visits.started_day == visits.ended_day[last]) & alike
    continues = (lead > 0) & (visits.patient == visits.patient[last]) & (overlaps | transferred | folded)
    begins[lead[continues]] = False
    first = np.flatnonzero(begins)
    final = by_end[np.maximum.reduceat(rank, first)]
    of_encounter = np.full(keys, -1, dtype="int32")
    of_encounter[visits.key] = np.cumsum(begins) - 1
    return Stays(
        visits.key[first], visits.patient[first], visits.started[first], visits.ended[final], visits.started_day[first],
        visits.ended_day[final], visits.is_dropped[final], of_encounter,
    )  # fmt: skip


def find_index_stays(
    stays: Stays, age_years: np.ndarray, ccs: np.ndarray, surgical: np.ndarray, rules: Rules, cut_off_day: int
) -> np.ndarray:
    """Mark the stays that no drop rule drops; ``ccs`` is of the principal diagnosis, -1 when there is none."""
    measure = rules.measure
    excluded = np.isin(ccs, list(rules.excluded_ccs)) | (np.isin(ccs, list(rules.cancer_ccs)) & ~surgical)
    followed = stays.discharge_day + measure.follow_up_days <= cut_off_day
    return (age_years >= measure.min_age_years) & ~stays.is_dropped & ~excluded & followed


def find_readmitted(stays: Stays, is_planned: np.ndarray, follow_up_days: int) -> np.ndarray:
    """Mark the stays whose next one begins within the follow-up and is not planned."""
    readmitted = np.zeros(len(stays.key), dtype=bool)
    same = stays.patient[1:] == stays.patient[:-1]
    gap = stays.admission_day[1:] - stays.discharge_day[:-1]
    readmitted[:-1] = same & (gap <= follow_up_days) & ~is_planned[1:]
    return readmitted


def find_planned(
    core: Path, parts: Sequence[str], stays: Stays, principal: np.ndarray, codes: DiagnosisCodes, rules: Rules
) -> tuple[np.ndarray, np.ndarray]:
    """Mark planned stays, and those with a surgical procedure; ``principal`` is the code key of each stay."""
    names = ("always_planned_procedure", "potentially_planned_procedure", "surgical_procedure")
    marks = np.zeros((len(names), len(stays.key)), dtype=bool)
    for part in read_parts([core / "procedure" / name for name in parts], "encounter_key ccs", "icd10pcs_code"):
        stay = stays.of_encounter[part["encounter_key"]]
        for mark, name in zip(marks, names, strict=True):
            chosen: Codes = getattr(rules, name)
            listed = np.isin(part["ccs"], list(chosen.ccs)) | part["icd10pcs_code"].isin(chosen.codes)
            mark[stay[listed & (stay >= 0)]] = True
    always, potentially, surgical = marks
    planned = always | codes.is_always_planned[principal] | (potentially & ~codes.is_acute[principal])
    return planned, surgical


def _read_kinds(core: Path) -> dict[str, str]:
    part = next(read_parts([core / "facility" / "all.parquet"], "", "facility_id kind"))
    ids, kinds = part["facility_id"], part["kind"]
    return {ids.values[i]: kinds.values[k] for i, k in zip(ids.places, kinds.places, strict=True) if k >= 0}


def _choose(part: dict, rows: np.ndarray, rules: Rules, facilities: dict[str, int]) -> Visits:
    taken = np.flatnonzero(rows)
    names = ("encounter_key", "patient_key", "started_at", "ended_at", "started_date", "ended_date")
    # Facilities by a number that is the same in every part.
    facility = part["facility_id"].map(lambda id_: facilities.setdefault(id_, len(facilities)), -1, "int32")
    dropped = part["discharge_disposition"].isin(rules.dropped_dispositions)
    return Visits(*(part[name][taken] for name in names), facility[taken], dropped[taken])


def _join(chosen: list[Visits]) -> Visits:
    columns = {name: np.concatenate([getattr(v, name) for v in chosen]) for name in Visits.__dataclass_fields__}
    order = np.lexsort((columns["key"], pack(columns["patient"], columns["started"])))
    return Visits(**{name: column[order] for name, column in columns.items()})


def find_ages(core: Path, parts: Sequence[str], stays: Stays) -> np.ndarray:
    """Completed years of age on the admission date."""
    birth = np.zeros(int(stays.patient.max()) + 1, dtype="int32")
    for part in read_parts([core / "patient" / name for name in parts], "patient_key birth_date"):
        known = part["patient_key"] < len(birth)
        birth[part["patient_key"][known]] = part["birth_date"][known]
    return (_as_number(stays.admission_day) - _as_number(birth[stays.patient])) // 10_000


def _as_number(days: np.ndarray) -> np.ndarray:
    """Days since 1970 as yyyymmdd, whose differences give completed years."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = months.astype("int64")
    return (1970 + number // 12) * 10_000 + (number % 12 + 1) * 100 + (dates - months).astype("int64") + 1
