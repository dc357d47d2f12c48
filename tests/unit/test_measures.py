"""The measures as data: they load, say what they are, and their code lists are codes."""

import csv
import gzip
import re
from pathlib import Path

import pytest
import yaml

from data_contracts.errors import HomewardError, UsageError
from features.cohort import SQL_FOLDER
from features.cohort.measure import (
    DROP_RULES,
    Measure,
    list_measures,
    load_measure,
    load_measures,
    read_condition_codes,
    render_measures,
)

PROJECT = Path(__file__).resolve().parents[2]
MEASURES = PROJECT / "reference" / "measures"
VALUE_SETS = PROJECT / "reference" / "value_sets"
CONDITIONS = ["ami", "cabg", "copd", "hf", "pneumonia", "tha_tka"]
SHAPES = {"ICD-10-CM": r"[A-Z]\d[0-9A-Z]{1,5}", "ICD-10-PCS": r"[0-9A-HJ-NP-Z]{4,7}"}
# The CCS tables stop at fiscal year 2019.
NEWER = {"U071"}
CODES = read_condition_codes(VALUE_SETS / "hrrp_condition.csv")


def read_codes(name: str, column: str) -> list[str]:
    with gzip.open(VALUE_SETS / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
        return [row[column] for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def known_codes() -> dict[str, set[str]]:
    """Every beginning of every code of the CCS tables."""
    codes = {
        "ICD-10-CM": read_codes("ccs_diagnosis", "icd10cm_code"),
        "ICD-10-PCS": read_codes("ccs_procedure", "icd10pcs_code"),
    }
    return {system: {code[:size] for code in some for size in range(1, 8)} for system, some in codes.items()}


@pytest.fixture
def broken(tmp_path: Path):
    """A folder of measures with one changed definition, and how to change it."""

    def change(**fields: object) -> Path:
        definition = yaml.safe_load((MEASURES / "hwr_adapted" / "definition.yaml").read_text("utf-8"))
        (tmp_path / "hwr_adapted").mkdir()
        definition = {key: value for key, value in (definition | fields).items() if value != "left out"}
        (tmp_path / "hwr_adapted" / "definition.yaml").write_text(yaml.safe_dump(definition), "utf-8")
        return tmp_path

    return change


def test_the_measures_are_there() -> None:
    assert list_measures(MEASURES) == ["all_cause", *(f"hrrp_{c}" for c in CONDITIONS), "hwr_adapted", "hwr_medicare"]


@pytest.mark.parametrize("name", list_measures(MEASURES))
def test_a_measure_loads_under_its_name(name: str) -> None:
    measure = load_measure(MEASURES, name)
    assert measure.name == name
    assert measure.drop_rules[-1] == "no_full_follow_up"


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("hwr_adapted", "psychiatric rehabilitation cancer_medical"),
        ("hwr_medicare", "psychiatric rehabilitation cancer_medical exempt_facility"),
        ("all_cause", ""),
    ],
)
def test_drop_rules_stand_in_the_promised_order(name: str, rules: str) -> None:
    always = ["age_under_18", "not_finished", "died_in_hospital", "transferred_out", "against_medical_advice"]
    assert load_measure(MEASURES, name).drop_rules == [*always, *rules.split(), "no_full_follow_up"]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_measure_is_of_its_condition_at_65_and_over(condition: str) -> None:
    measure = load_measure(MEASURES, f"hrrp_{condition}")
    apart = (0, 1096) if condition == "cabg" else (30, 0)
    assert (measure.condition, measure.min_age_years) == (condition, 65)
    assert (measure.index_gap_days, measure.operation_period_days) == apart
    assert measure.drop_rules[0] == "outside_condition"
    assert not measure.counts_planned_returns


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("hrrp_ami", "discharged_same_day"),
        ("hrrp_hf", "prior_excluded_procedure"),
        ("hrrp_pneumonia", ""),
        ("hrrp_copd", ""),
        ("hrrp_cabg", "later_operation"),
        ("hrrp_tha_tka", "transferred_in too_many_procedures"),
    ],
)
def test_a_condition_measure_has_the_rules_of_its_condition(name: str, own: str) -> None:
    steady = "outside_condition age_under_18 not_finished died_in_hospital transferred_out against_medical_advice"
    apart = "" if name == "hrrp_cabg" else "within_30_days_of_index"
    rules = load_measure(MEASURES, name).drop_rules
    assert rules == [*steady.split(), *own.split(), *apart.split(), "no_full_follow_up"]


def test_only_the_all_cause_measure_counts_planned_returns() -> None:
    assert [m.name for m in load_measures(MEASURES) if m.counts_planned_returns] == ["all_cause"]


def test_every_drop_rule_of_the_cohort_has_a_name_here() -> None:
    assert {path.stem.removeprefix("drop_") for path in SQL_FOLDER.glob("drop_*.sql")} <= set(DROP_RULES)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"drop_rules": ["age_under_18", "psychatric"]}, "unknown drop rules psychatric"),
        ({"drop_rules": ["age_under_18", "age_under_18"]}, "named twice"),
        ({"drop_rules": []}, "drop_rules"),
        ({"condition": "ami"}, "outside_condition and condition"),
        ({"exempt_facility_kinds": ["cancer_exempt"]}, "exempt_facility and exempt_facility_kinds"),
        ({"index_gap_days": 30}, "within_30_days_of_index and index_gap_days"),
        ({"procedure_look_back_days": 365}, "prior_excluded_procedure and procedure_look_back_days"),
        ({"operation_period_days": 1096, "drop_rules": ["later_operation"]}, "later_operation need a condition"),
        ({"follow_up_convention": "weeks"}, "follow_up_convention"),
        ({"short_horizon_days": 30}, "must rise"),
        ({"checked": "perhaps"}, "to be checked"),
        ({"min_age_yaers": 18}, "min_age_yaers"),
        ({"owner": "left out"}, "owner"),
        ({"name": "hwr"}, "calls itself"),
    ],
)
def test_a_broken_definition_is_refused_by_name(broken, fields: dict[str, object], words: str) -> None:
    with pytest.raises(HomewardError, match=words) as caught:
        load_measure(broken(**fields), "hwr_adapted")
    assert "hwr_adapted/definition.yaml" in str(caught.value)


def test_an_unreadable_definition_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "definition.yaml").write_text("name: [torn", "utf-8")
    with pytest.raises(HomewardError, match="torn/definition.yaml"):
        load_measure(tmp_path, "torn")


def test_an_unknown_measure_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="hrrp_ami.*hwr_adapted"):
        load_measure(MEASURES, "hrrp")


def test_every_condition_has_a_way_in() -> None:
    ways_in = {row["condition"] for row in CODES if row["role"] in {"principal", "procedure"}}
    assert sorted(ways_in) == CONDITIONS
    assert {row["condition"] for row in CODES} == ways_in


def test_a_second_way_in_has_both_halves() -> None:
    halves = [{row["condition"] for row in CODES if row["role"] == role} for role in ("principal_with", "secondary")]
    assert halves == [{"copd", "pneumonia"}, {"copd", "pneumonia"}]


def test_condition_codes_are_codes(known_codes: dict[str, set[str]]) -> None:
    assert [r["code_prefix"] for r in CODES if not re.fullmatch(SHAPES[r["code_system"]], r["code_prefix"])] == []
    prefixes = {(row["code_system"], row["code_prefix"]) for row in CODES}
    assert {code for system, code in prefixes if code not in known_codes[system]} == NEWER


def test_no_condition_code_lies_within_another() -> None:
    lists: dict[tuple[str, ...], set[str]] = {}
    for row in CODES:
        lists.setdefault((row["condition"], row["role"], row["code_system"]), set()).add(row["code_prefix"])
    for codes in lists.values():
        assert {c for c in codes for size in range(1, len(c)) if c[:size] in codes} == set()


def test_condition_rows_are_sorted_and_single() -> None:
    keys = [tuple(row.values())[:4] for row in CODES]
    assert keys == sorted(set(keys))


# what a stay is of -> codes that belong, codes that do not
BELONGING = [
    ("ami", "principal", "I2101 I214 I219 I21A9", "I21A1 I220 I252 I200"),
    ("hf", "principal", "I0981 I110 I130 I132 I5023 I509", "I119 I1310 I1311 I420"),
    ("pneumonia", "principal", "J129 J13 J189 J690 J1008", "J1282 J182 J17 J101 J698"),
    ("pneumonia", "principal_with", "A409 A4101 A419", "R6520 A421"),
    ("pneumonia", "excluded_with", "R6520 R6521", "A419"),
    ("copd", "principal", "J418 J42 J439 J449", "J40 J410 J45901 J479"),
    ("copd", "principal_with", "J9600 J9622 R092 J80", "J9610 J95821"),
    ("cabg", "procedure", "021009W 02104Z9 021309W", "02703DZ 02103D4 02104D4"),
    ("cabg", "excluded_procedure", "02RF0JZ 02QG0ZZ 03CH0ZZ", "5A1221Z 021009W"),
    ("tha_tka", "procedure", "0SR9019 0SRB04A 0SRC0J9 0SRD0L9", "0SRR019 0SR90EZ 0SG0070"),
    ("tha_tka", "excluded_procedure", "0SRR019 0SW90JZ 0SPC0JZ 0SU90BZ", "0SR9019 0SRC0J9"),
    ("tha_tka", "excluded_diagnosis", "S72001A S72141B M84359A", "S72001D S72001S M1611 M84359D"),
    ("tha_tka", "excluded_principal", "T84010A C7951", "T8450XA M170"),
]


@pytest.mark.parametrize(("condition", "role", "inside", "outside"), BELONGING)
def test_codes_belong_to_conditions(condition: str, role: str, inside: str, outside: str) -> None:
    prefixes = tuple(r["code_prefix"] for r in CODES if (r["condition"], r["role"]) == (condition, role))
    assert [code for code in inside.split() if not code.startswith(prefixes)] == []
    assert [code for code in outside.split() if code.startswith(prefixes)] == []


def test_planned_exceptions_are_rows_of_the_planned_algorithm() -> None:
    with gzip.open(VALUE_SETS / "planned_readmission.csv.gz", "rt", encoding="utf-8") as lines:
        planned = {tuple(row.values()) for row in csv.DictReader(lines)}
    with (VALUE_SETS / "hrrp_planned_exception.csv").open(encoding="utf-8") as lines:
        exceptions = [(row["condition"], (row["list"], row["system"], row["code"])) for row in csv.DictReader(lines)]
    assert {condition for condition, _ in exceptions} == {"cabg", "tha_tka"}
    assert {row for _, row in exceptions} <= planned


def test_the_page_counts_long_lists_and_shows_short_ones() -> None:
    measure = load_measure(MEASURES, "hrrp_hf")
    row = {"condition": "hf", "role": "principal", "code_system": "ICD-10-CM", "needs_present_on_admission": "false"}
    short = render_measures([measure], [row | {"code_prefix": "I50"}])
    long = render_measures([measure], [row | {"code_prefix": f"I{n}"} for n in range(100)])
    assert "| principal | ICD-10-CM | I50 |" in short
    assert "| principal | ICD-10-CM | 100 codes |" in long


def test_the_page_shows_only_what_the_measure_has() -> None:
    page = render_measures([load_measure(MEASURES, "all_cause")], CODES)
    assert "| planned returns | count |" in page
    assert "condition" not in page
    assert "ICD-10" not in page


def test_the_page_is_current() -> None:
    page = PROJECT / "docs" / "reference" / "measures.md"
    expected = render_measures(load_measures(MEASURES), CODES)
    assert page.read_text("utf-8") == expected, "run `python -m features.cohort.measure`"


def test_a_measure_that_is_checked_says_yes() -> None:
    measure = load_measure(MEASURES, "hwr_adapted")
    assert "| 18 | yes |" in render_measures([Measure(**measure.model_dump() | {"checked": True})], [])
