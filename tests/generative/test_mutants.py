"""The tests that compare SQL and loops can fail: each known way to be wrong, put into the SQL on purpose, is found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import duckdb
import pytest

from features.features import PREDICTION_POINTS
from tests.generative.compare import compare_cohort
from tests.generative.core_tables import Rows
from tests.generative.naive_points import answer_points
from tests.generative.sql_stage import run_cohort, run_features
from tests.generative.strategies import Case, seeded_case
from tests.generative.test_prediction_points import compare_points, with_all_classes
from tests.naive import Answer, ValueSets, answer
from tests.naive.settings import MEASURES


@dataclass(frozen=True)
class Mutant:
    """A wrong version of one step's SQL."""

    mistake: str
    step: str
    old: str
    new: str
    seeds: tuple[int, ...] = (0, 1, 4, 6, 7, 9, 10)
    """Tried one after the other: some mistakes show in few patients."""

    def change(self, step: str, text: str) -> str:
        """Put the mistake into its step."""
        if step != self.step:
            return text
        assert self.old in text, f"{self.step} no longer says {self.old!r}: write this mutant anew"
        return text.replace(self.old, self.new)


COHORT = [
    Mutant(
        "swapped arguments of a date difference",
        "cohort.next_return",
        "next.admission_date - o.discharge_date",
        "o.discharge_date - next.admission_date",
    ),
    Mutant(
        "30 days without the 30th",
        "cohort.label",
        "horizon_days <= $follow_up_days",
        "horizon_days < $follow_up_days",
    ),
    Mutant(
        "planned returns counted",
        "cohort.label",
        "$counts_planned_returns or not r.is_planned",
        "r.stay_key is not null",
    ),
    Mutant("unfinished horizons as 0", "cohort.label", "is_readmission or is_over", "true"),
    Mutant("death after readmission flagged", "cohort.label", "and not is_readmission, null", ", null"),
    Mutant("no transfer on the next day", "cohort.stay_encounter", "last.ended_date + 1", "last.ended_date"),
    Mutant(
        "touching counts as overlap",
        "cohort.stay_encounter",
        "e.started_at < last.until_at",
        "e.started_at <= last.until_at",
    ),
    Mutant(
        "missing facility is another",
        "cohort.stay_encounter",
        "e.facility_id <> last.facility_id",
        "e.facility_id is distinct from last.facility_id",
    ),
    Mutant(
        "missing condition is the same",
        "cohort.stay_encounter",
        "and e.ccs = last.ccs",
        "and e.ccs is not distinct from last.ccs",
    ),
    Mutant(
        "fold known before the codes",
        "cohort.stay_encounter",
        "greatest(e.started_at, e.known_from, last.known_from)",
        "e.started_at",
    ),
    Mutant("fold waits for its own code only", "cohort.stay_encounter", ", last.known_from)", ")"),
    Mutant(
        "of those that begin together only the first is asked",
        "cohort.stay_encounter",
        "least(e.continues_from, other.continues_from)",
        "e.continues_from",
    ),
    Mutant(
        "compared with those that begin together",
        "cohort.stay_encounter",
        "order by started_at groups between",
        "order by started_at, encounter_key rows between",
    ),
    Mutant(
        "the longest of those that begin together first",
        "cohort.stay_encounter",
        "min(encounter_key) over",
        "arg_max(encounter_key, until_at) over",
    ),
    Mutant("data after the cut-off seen", "cohort.acute_encounter", "e.started_date <= $cut_off_date::date", "true"),
    Mutant("cancelled encounters kept", "cohort.acute_encounter", "e.status in ('finished', 'in_progress')", "true"),
    Mutant("psychiatric facilities kept", "cohort.acute_encounter", "coalesce(f.kind, 'acute')", "'acute'"),
    Mutant(
        "birthday does not count",
        "cohort.stay",
        "< month(patient.birth_date) * 100",
        "<= month(patient.birth_date) * 100",
    ),
    Mutant("dropped at exactly 18", "cohort.drop_age_under_18", "s.age_years < ", "s.age_years <= "),
    Mutant("one day of follow-up too many", "cohort.drop_no_full_follow_up", "> $cut_off_date", ">= $cut_off_date"),
    Mutant("secondary diagnosis as principal", "cohort.principal_diagnosis", "d.sequence = 1", "d.sequence = 2"),
    Mutant("late code known early", "cohort.principal_diagnosis", "d.recorded_at, e.ended_at", "e.started_at"),
    Mutant("surgery missed before discharge", "cohort.drop_cancer_medical", "s.discharged_at", "s.admitted_at"),
    Mutant("acute diagnosis may be planned", "cohort.stay_planned", "list_name = 'acute'", "list_name = 'none'"),
    Mutant("visits before discharge as returns", "cohort.emergency_return", "e.started_at >= s.discharged_at", "true"),
    Mutant(
        "24 h counted as calendar days",
        "cohort.next_return",
        "$follow_up_convention = 'calendar_days'",
        "true",
        seeds=(1,),
    ),
    Mutant("another facility as the same", "cohort.label", "return_facility_id = facility_id", "true"),
    Mutant("half the horizon is over", "cohort.return_count", "$long_horizon_days", "$short_horizon_days"),
    Mutant(
        "month of admission", "cohort.drop_count", "coalesce(s.discharge_date, s.admission_date)", "s.admission_date"
    ),
    Mutant("a step too many", "cohort.attrition_by_month", "c.drop_step = rule.step", "c.drop_step >= rule.step"),
]

CONDITIONS = [
    Mutant("sepsis alone is pneumonia", "cohort.condition", "bool_or(role <> 'principal_with')", "true"),
    Mutant("severe sepsis does not matter", "cohort.condition", "and not bool_or(found.role = 'excluded_with')", ""),
    Mutant("what came later counts", "cohort.condition", "in ('Y', 'W')", "is not null"),
    Mutant("excluded diagnoses kept", "cohort.condition", "'excluded_diagnosis', 'excluded_principal'", "'none'"),
    Mutant("any excluded principal", "cohort.condition", "when 'excluded_principal' then coded.is_principal", ""),
    Mutant("excluded procedures kept", "cohort.condition", "'excluded_procedure', ", ""),
    Mutant(
        "whole codes only",
        "cohort.condition_entry",
        "starts_with(code.code, c.code_prefix)",
        "code.code = c.code_prefix",
    ),
    Mutant("index stays 29 days apart", "cohort.drop_within_30_days_of_index", "> before.until", ">= before.until"),
    Mutant("compared with the last, kept or not", "cohort.drop_within_30_days_of_index", ", before\n", ", stay\n"),
    Mutant(
        "stays of other conditions kept", "cohort.drop_outside_condition", "and c.condition = $condition::varchar", ""
    ),
    Mutant("late codes exclude early", "cohort.drop_outside_condition", "entry.stay_key is null", "true"),
    Mutant(
        "known before the principal", "cohort.drop_outside_condition", "s.principal_known_from, 'inf", "null, '-inf"
    ),
    Mutant(
        "same day by hours",
        "cohort.drop_discharged_same_day",
        "s.discharge_date = s.admission_date",
        "s.discharged_at = s.admitted_at",
    ),
    Mutant(
        "a device afterwards", "cohort.drop_prior_excluded_procedure", "earlier.discharged_at <= s.admitted_at", "true"
    ),
    Mutant(
        "operations of the stay before", "cohort.drop_prior_excluded_procedure", "'excluded_procedure'", "'procedure'"
    ),
    Mutant("an operation afterwards", "cohort.drop_later_operation", "< (s.adm", "<> (s.adm"),
    Mutant(
        "an operation of any condition", "cohort.drop_later_operation", "where c.condition = $condition::varchar", ""
    ),
    Mutant("no source says so", "cohort.drop_transferred_in", "upper(trim(s.admission_source))", "s.admission_source"),
    Mutant(
        "transfers known early",
        "cohort.drop_transferred_in",
        "s.admitted_at, s.discharged_at)",
        "s.admitted_at, s.admitted_at)",
    ),
    Mutant("two codes are too many", "cohort.drop_too_many_procedures", ") > $", ") >= $"),
    Mutant("codes counted twice", "cohort.drop_too_many_procedures", "count(distinct p.code)", "count(p.code)"),
    Mutant("exceptions forgotten", "cohort.planned_code", "x.condition = $condition::varchar", "x.condition = ''"),
]

SCORES = [
    Mutant("emergency visits of 179 days", "features.prior_use", "days_before <= 180", "days_before < 180"),
    Mutant("visits after admission counted", "features.prior_use", "e.began_at < p.admitted_at", "true"),
    Mutant("the visit that led in counted", "features.prior_use", "is distinct from p.lead_key", "is not null"),
    Mutant(
        "codes recorded later known",
        "features.charlson_mask",
        "coalesce(d.recorded_at, e.known_from) <= e.known_at",
        "true",
    ),
    Mutant(
        "results signed later known",
        "features.lab",
        "coalesce(r.resulted_at, r.collected_at) <= p.known_at",
        "true",
    ),
    Mutant("unit not converted", "features.lab", "r.value * u.factor", "r.value"),
    Mutant("mild and severe both counted", "features.lace", "where severe.item is null", ""),
]


@cache
def prepared(
    seed: int, sets: ValueSets, cut_off: date | None = None, measure: str | None = None
) -> tuple[Case, Answer]:
    """Make a case and its right answer once."""
    history, settings = seeded_case(seed, 700, measure)
    case = history, replace(settings, cut_off=cut_off or settings.cut_off)
    return case, answer(*case, sets)


@pytest.mark.parametrize("mutant", COHORT, ids=lambda mutant: mutant.mistake)
def test_mistake_in_the_cohort_is_found(con: duckdb.DuckDBPyConnection, sets: ValueSets, mutant: Mutant) -> None:
    def is_found(seed: int) -> bool:
        case, expected = prepared(seed, sets)
        run_cohort(con, *case, mutant.change)
        return compare_cohort(con, expected) != []

    assert any(is_found(seed) for seed in mutant.seeds)


@pytest.mark.parametrize("mutant", CONDITIONS, ids=lambda mutant: mutant.mistake)
def test_mistake_in_the_conditions_is_found(con: duckdb.DuckDBPyConnection, sets: ValueSets, mutant: Mutant) -> None:
    def is_found(measure: str) -> bool:
        case, expected = prepared(MEASURES.index(measure), sets, measure=measure)
        run_cohort(con, *case, mutant.change)
        return compare_cohort(con, expected) != []

    assert any(is_found(measure) for measure in MEASURES if measure.startswith("hrrp_"))


@cache
def prepared_points(seed: int, sets: ValueSets) -> tuple[Case, Rows]:
    """Make a case and the right answer at each of its prediction points once."""
    history, settings = seeded_case(seed, n_patients=200)
    history = with_all_classes(history)
    return (history, settings), answer_points(history, settings, sets)


@pytest.mark.parametrize("mutant", SCORES, ids=lambda mutant: mutant.mistake)
def test_mistake_in_the_scores_is_found(con: duckdb.DuckDBPyConnection, sets: ValueSets, mutant: Mutant) -> None:
    def is_found(seed: int) -> bool:
        case, expected = prepared_points(seed, sets)
        run_features(con, *case, mutant.change, prediction_points=PREDICTION_POINTS)
        return compare_points(con, expected) != []

    assert any(is_found(seed) for seed in mutant.seeds)


def test_without_a_mistake_none_is_found(con: duckdb.DuckDBPyConnection, sets: ValueSets) -> None:
    for seed in (0, 1):
        case, expected = prepared_points(seed, sets)
        run_features(con, *case, prediction_points=PREDICTION_POINTS)
        assert compare_points(con, expected) == []
