"""All tables of the cohort, and the scores, of a history: loop over the patients, collect the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.naive.eligibility import (
    all_broken_rules,
    drop_reason,
    excluded_from,
    is_eligible,
    is_index,
    is_scorable,
)
from tests.naive.hrrp import conditions_of_stay, for_condition
from tests.naive.labels import label
from tests.naive.planned import is_planned, planned_step, specialty_cohort
from tests.naive.reports import attrition, attrition_by, return_rates
from tests.naive.rows import Encounter, Facility, History
from tests.naive.scores import score
from tests.naive.settings import Settings
from tests.naive.stitching import Stay, as_seen_on, is_acute_inpatient, is_real, stitch
from tests.naive.value_sets import ValueSets

Row = dict[str, object]
Dated = TypeVar("Dated")


@dataclass
class Answer:
    """The tables, as lists of rows; columns are named as in the SQL's tables."""

    stay: list[Row] = field(default_factory=list)
    stay_encounter: list[Row] = field(default_factory=list)
    condition: list[Row] = field(default_factory=list)
    stay_drop: list[Row] = field(default_factory=list)
    index_stay: list[Row] = field(default_factory=list)
    label: list[Row] = field(default_factory=list)
    attrition: list[Row] = field(default_factory=list)
    attrition_by_facility: list[Row] = field(default_factory=list)
    attrition_by_month: list[Row] = field(default_factory=list)
    return_rate: list[Row] = field(default_factory=list)
    score: list[Row] = field(default_factory=list)


def answer(history: History, settings: Settings, sets: ValueSets) -> Answer:
    """Answer everything section 1 and the scores of section 2 define."""
    sets = for_condition(sets, settings.condition)
    facilities = {facility.facility_id: facility for facility in history.facilities}
    encounters_of = _by_patient(as_seen_on(list(history.encounters), settings.cut_off))
    owner = {encounter.encounter_id: encounter.patient_id for encounter in history.encounters}
    result = Answer()
    diagnoses_of, procedures_of, labs_of = defaultdict(list), defaultdict(list), defaultdict(list)
    for diagnosis in history.diagnoses:
        diagnoses_of[owner[diagnosis.encounter_id]].append(diagnosis)
    for procedure in history.procedures:
        procedures_of[owner[procedure.encounter_id]].append(procedure)
    for lab in history.labs:
        labs_of[lab.patient_id].append(lab)
    for patient in history.patients:
        mine = patient.patient_id
        encounters = encounters_of[mine]
        acute = [one for one in encounters if is_real(one) and is_acute_inpatient(one, facilities)]
        stays = stitch(patient, acute, diagnoses_of[mine], procedures_of[mine])
        broken = all_broken_rules(stays, settings, sets, facilities)
        for stay, rules in zip(stays, broken, strict=True):
            result.stay.append(_stay_row(stay, sets))
            result.stay_encounter += _encounter_rows(stay)
            result.condition += [{"stay_id": stay.stay_id, "condition": one} for one in conditions_of_stay(stay, sets)]
            drop = _drop_row(stay, stays, rules, settings, sets, facilities)
            result.stay_drop.append(drop)
            if not stay.is_finished:
                continue
            result.index_stay.append(_index_row(stay, drop, sets))
            if drop["is_eligible"]:
                result.label.append(label(stay, stays, encounters, settings, sets))
            if drop["is_eligible"] or drop["is_scorable"]:
                result.score.append(score(stay, stays, encounters, labs_of[mine], sets))
    _report(result, settings)
    return result


def _report(result: Answer, settings: Settings) -> None:
    """Add what is reported of the cohort as a whole."""
    names = settings.drop_rules
    result.attrition = attrition([row["drop_reason"] for row in result.stay_drop], names)
    result.attrition_by_facility = attrition_by("facility_id", result.stay, result.stay_drop, names)
    result.attrition_by_month = attrition_by("month", result.stay, result.stay_drop, names)
    result.return_rate = return_rates(result.index_stay, result.label, settings)


def _by_patient(encounters: Iterable[Encounter]) -> defaultdict[str, list[Encounter]]:
    """Group encounters by patient."""
    grouped: defaultdict[str, list[Encounter]] = defaultdict(list)
    for encounter in encounters:
        grouped[encounter.patient_id].append(encounter)
    return grouped


def _stay_row(stay: Stay, sets: ValueSets) -> Row:
    """Make the row of cohort.stay: first encounter for eligibility, last one for the discharge."""
    first, last, principal = stay.first, stay.last, stay.principal
    return {
        "stay_id": stay.stay_id,
        "encounter_id": last.encounter_id,
        "first_encounter_id": first.encounter_id,
        "last_encounter_id": last.encounter_id,
        "encounter_ids": [encounter.encounter_id for encounter in stay.encounters],
        "encounter_count": len(stay.encounters),
        "patient_id": stay.patient.patient_id,
        "facility_id": last.facility_id,
        "admission_facility_id": first.facility_id,
        "admitted_at": first.started_at,
        "discharged_at": last.ended_at,
        "admission_date": first.started_date,
        "discharge_date": last.ended_date,
        "is_finished": stay.is_finished,
        "admission_type": first.admission_type,
        "admission_source": first.admission_source,
        "discharge_disposition": last.discharge_disposition,
        "service": last.service,
        "unit": last.unit,
        "drg_code": last.drg_code,
        "payer_class": last.payer_class,
        "age_years": stay.age_years,
        "length_of_stay_days": stay.length_of_stay_days,
        "principal_icd10_code": principal.icd10_code if principal else None,
        "principal_code": principal.code if principal else None,
        "principal_code_system": principal.code_system if principal else None,
        "principal_ccs": principal.ccs if principal else None,
        "principal_known_from": stay.principal_known_from,
        "is_planned": is_planned(stay, sets),
        "planned_step": planned_step(stay, sets),
        "specialty_cohort": specialty_cohort(stay, sets),
    }


def _encounter_rows(stay: Stay) -> list[Row]:
    """Make the rows of cohort.stay_encounter."""
    return [
        {
            "stay_id": stay.stay_id,
            "encounter_id": one.encounter_id,
            "joined_known_from": stay.joined_known_from.get(one.encounter_id),
        }
        for one in stay.encounters
    ]


def _drop_row(
    stay: Stay,
    stays: list[Stay],
    rules: dict[str, bool],
    settings: Settings,
    sets: ValueSets,
    facilities: dict[str, Facility],
) -> Row:
    """Make the row of cohort.stay_drop: every stay, finished or not."""
    return {
        "stay_id": stay.stay_id,
        "drop_reason": drop_reason(rules),
        "is_index": is_index(rules),
        "is_eligible": is_eligible(rules),
        "is_scorable": stay.is_finished and is_scorable(stay, stays, settings, sets, facilities),
        "excluded_from": excluded_from(stay, rules, settings, sets),
    }


def _index_row(stay: Stay, drop: Row, sets: ValueSets) -> Row:
    """Make the row of cohort.index_stay: every finished stay."""
    return {
        "stay_id": stay.stay_id,
        "encounter_id": stay.last.encounter_id,
        "patient_id": stay.patient.patient_id,
        "admission_date": stay.first.started_date,
        "discharge_date": stay.last.ended_date,
        "admitted_at": stay.admitted_at,
        "discharged_at": stay.discharged_at,
        "facility_id": stay.last.facility_id,
        "specialty_cohort": specialty_cohort(stay, sets),
        **{name: drop[name] for name in ("is_index", "is_eligible", "is_scorable", "drop_reason")},
    }
