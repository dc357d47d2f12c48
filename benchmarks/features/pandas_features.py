"""The look-back features of W for the pandas peer, each flat: its cost does not depend on how dense a patient is.

Stays of a patient do not overlap, so each fact (a diagnosis, a drug) counts for one range of stays: +1 where the range
begins, -1 behind its end, and a running sum gives every stay's number.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.features.pandas_columns import DAY_SECONDS, SECOND_BITS, DiagnosisCodes, Text, pack, read_parts
from benchmarks.features.pandas_stays import Stays, Visits
from benchmarks.features.rules import ANALYTES, COUNT_WINDOWS, Rules


def count_admissions(stays: Stays) -> dict[str, np.ndarray]:
    """Count earlier stays in each window, with what else they say: days since the last one, their days."""
    own = np.arange(len(stays.key))
    admitted = pack(stays.patient, stays.admitted)
    earliest = {w: np.searchsorted(admitted, _window_start(stays, w)) for w in COUNT_WINDOWS}
    found = {f"acute_admission_count_{w}d": own - earliest[w] for w in COUNT_WINDOWS}
    days = np.append([0], np.cumsum(stays.discharge_day - stays.admission_day))
    begin = earliest[365]
    found["inpatient_day_count_365d"] = days[own] - days[begin]
    since = stays.admission_day - stays.discharge_day[own - 1]
    found["days_since_discharge"] = np.where(own > begin, since, np.nan)
    return found


def count_emergencies(stays: Stays, visits: Visits, lead_hours: int) -> dict[str, np.ndarray]:
    """Count earlier emergency visits in each window, without the one that led to the admission."""
    started = pack(visits.patient, visits.started)
    before = np.searchsorted(started, pack(stays.patient, stays.admitted))
    lead = _find_lead(stays, visits, before, lead_hours)
    lead_day = np.where(lead >= 0, visits.started_day[lead], -1)
    found = {}
    for window in COUNT_WINDOWS:
        count = before - np.searchsorted(started, _window_start(stays, window))
        count -= (lead >= 0) & (lead_day >= stays.admission_day - window)
        found[f"emergency_visit_count_{window}d"] = count
    return found


def flag_conditions(
    core: Path, parts: Sequence[str], stays: Stays, codes: DiagnosisCodes, rules: Rules
) -> dict[str, np.ndarray]:
    """Charlson conditions from diagnoses of the stay and of stays that ended in the year before, known at discharge."""
    n = len(stays.key)
    discharged = pack(stays.patient, stays.discharged)
    admitted = pack(stays.patient, stays.admission_day.astype("int64") * DAY_SECONDS)
    changes = np.zeros((len(rules.charlson_conditions), n + 1), dtype="int32")
    for part in read_parts([core / "diagnosis" / name for name in parts], "encounter_key code_key recorded_at"):
        mask = codes.charlson[part["code_key"]]
        stay = stays.of_encounter[part["encounter_key"]]
        rows = np.flatnonzero((mask > 0) & (stay >= 0))
        mask, stay = mask[rows], stay[rows]
        patient, last_day = stays.patient[stay], stays.discharge_day[stay] + rules.parameters["look_back_days"]
        known = np.searchsorted(discharged, pack(patient, part["recorded_at"][rows]))
        begin = np.maximum(stay, known)
        end = np.searchsorted(admitted, pack(patient, last_day.astype("int64") * DAY_SECONDS), side="right")
        for position, change in enumerate(changes):
            chosen = (mask >> position & 1 > 0) & (begin < end)
            change += np.bincount(begin[chosen], minlength=n + 1) - np.bincount(end[chosen], minlength=n + 1)
    flags = np.cumsum(changes[:, :n], axis=1) > 0
    return {f"charlson_{name}": flag for name, flag in zip(rules.charlson_conditions, flags, strict=True)}


def find_last_values(
    core: Path, parts: Sequence[str], stays: Stays, wanted: np.ndarray, rules: Rules
) -> dict[str, np.ndarray]:
    """Last usable value of each analyte collected in the stay and resulted by its end, for the wanted stays."""
    admitted = pack(stays.patient, stays.admitted)
    chosen = []
    for part in read_parts(
        [core / "lab_result" / name for name in parts], "patient_key value collected_at resulted_at", "loinc_code unit"
    ):
        place, factor = _match_units(part["loinc_code"], part["unit"], rules)
        rows = np.flatnonzero((place >= 0) & (factor > 0) & (part["value"] >= 0))
        collected, resulted = part["collected_at"][rows], part["resulted_at"][rows]
        patient = part["patient_key"][rows]
        stay = np.searchsorted(admitted, pack(patient, collected), side="right") - 1
        inside = (stays.patient[stay] == patient) & (np.maximum(collected, resulted) <= stays.discharged[stay])
        inside &= (stay >= 0) & wanted[stay]
        amount = np.round(part["value"][rows] * factor[rows], 6)
        group = stay * len(ANALYTES) + place[rows]
        chosen.append([column[inside] for column in (group, collected, resulted, amount)])
    values = _take_last(*(np.concatenate(columns) for columns in zip(*chosen, strict=True)), len(stays.key))
    return {f"lab_{name}": column for name, column in zip(ANALYTES, values.T, strict=True)}


def count_home_drugs(core: Path, parts: Sequence[str], stays: Stays, days: int) -> np.ndarray:
    """Distinct drugs ordered outside hospital stays, or at discharge, in so many days before the admission."""
    admitted = pack(stays.patient, stays.admitted)
    by_day = pack(stays.patient, stays.admission_day.astype("int64") * DAY_SECONDS)
    names: dict[str, int] = {}
    chosen = []
    columns = ("patient_key started_at started_date", "kind code name")
    for part in read_parts([core / "medication" / name for name in parts], *columns):
        coded = part["code"].map(lambda code: names.setdefault(code, len(names)), -1, "int64")
        named = part["name"].map(lambda name: names.setdefault(name.strip().lower(), len(names)), -1, "int64")
        drug = np.where(coded < 0, named, coded)
        rows = np.flatnonzero(~part["kind"].isin({"inpatient"}) & (drug >= 0))
        patient, started = part["patient_key"][rows], part["started_at"][rows]
        begin = np.searchsorted(admitted, pack(patient, started), side="right")
        last_day = (part["started_date"][rows].astype("int64") + days) * DAY_SECONDS
        end = np.searchsorted(by_day, pack(patient, last_day), side="right")
        counts = begin < end
        chosen.append([column[counts] for column in (patient, drug[rows], started, begin, end)])
    return _count_distinct(*(np.concatenate(columns) for columns in zip(*chosen, strict=True)), len(stays.key))


def _window_start(stays: Stays, window: int) -> np.ndarray:
    return pack(stays.patient, (stays.admission_day.astype("int64") - window) * DAY_SECONDS)


def _find_lead(stays: Stays, visits: Visits, before: np.ndarray, lead_hours: int) -> np.ndarray:
    """Latest visit that began before the admission and ended soon before it or later; -1 when there is none.

    Steps back over visits that ended too early, as long as an earlier one of the patient may have ended later.
    """
    longest = np.maximum.accumulate(pack(visits.patient, visits.ended))
    soon = pack(stays.patient, stays.admitted - lead_hours * 3600)
    lead = before - 1
    possible = (lead >= 0) & (longest[lead] >= soon)
    waiting = np.flatnonzero(possible)
    while waiting.size:
        visit = lead[waiting]
        waiting = waiting[pack(visits.patient[visit], visits.ended[visit]) < soon[waiting]]
        lead[waiting] -= 1
    return np.where(possible, lead, -1)


def _match_units(loincs: Text, units: Text, rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Place of each row's analyte (-1: none of ours) and the factor of its unit (0: not usable)."""
    place = loincs.map(lambda loinc: rules.analyte_of_loinc.get(loinc, -1), missing=-1, dtype="int64")
    factors = np.zeros((len(ANALYTES) + 1, len(units.values) + 1))
    for analyte in range(len(ANALYTES)):
        factors[analyte, :-1] = [rules.factor(analyte, unit) or 0 for unit in units.values]
    return place, factors[place, units.places]


def _take_last(
    group: np.ndarray, collected: np.ndarray, resulted: np.ndarray, amount: np.ndarray, stays: int
) -> np.ndarray:
    """Last value of each group: collected last, then resulted last, then the larger."""
    rows = np.arange(len(group))
    for column in (collected, resulted):
        latest = np.zeros(stays * len(ANALYTES), dtype="int64")
        np.maximum.at(latest, group[rows], column[rows])
        rows = rows[column[rows] == latest[group[rows]]]
    values = np.full(stays * len(ANALYTES), np.nan)
    np.fmax.at(values, group[rows], amount[rows])
    return values.reshape(stays, len(ANALYTES))


def _count_distinct(
    patient: np.ndarray, drug: np.ndarray, started: np.ndarray, begin: np.ndarray, end: np.ndarray, stays: int
) -> np.ndarray:
    """Count the drugs of each stay: an order counts for the stays [begin, end) that an earlier one of it does not."""
    order = np.lexsort((started, (patient.astype("int64") << SECOND_BITS) + drug))
    patient, drug, begin, end = patient[order], drug[order], begin[order], end[order]
    again = (patient[1:] == patient[:-1]) & (drug[1:] == drug[:-1])
    begin[1:] = np.where(again, np.maximum(begin[1:], end[:-1]), begin[1:])
    counts = begin < end
    change = np.bincount(begin[counts], minlength=stays + 1) - np.bincount(end[counts], minlength=stays + 1)
    return np.cumsum(change[:stays])
