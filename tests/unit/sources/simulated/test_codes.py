"""The codes are real, and say what the simulation means by them."""

import pytest

from sources.simulated.clinical import Codes
from sources.simulated.parameters import Parameters
from tests.unit.sources.simulated.contract_text import UB04
from tests.unit.sources.simulated.naive_cohort import VALUE_SETS, load_groups, read

pytestmark = pytest.mark.skipif(
    not (VALUE_SETS / "ccs_diagnosis.csv.gz").exists(), reason="value sets are not built yet"
)


def dotless(code: str) -> str:
    return code.replace(".", "")


def test_each_reason_lies_in_its_one_ccs_category(parameters: Parameters) -> None:
    groups = load_groups()
    for row in parameters.reasons.itertuples():
        for code in parameters["conditions"]["codes"][row.name]:
            expected = None if row.ccs != row.ccs else str(int(row.ccs))  # not a number: no category
            assert groups.diagnosis.get(dotless(code)) == expected, code


def test_planned_reasons_are_planned_and_unplanned_ones_never(parameters: Parameters) -> None:
    groups = load_groups()
    never_returns = parameters["conditions"]["not_as_return"]  # so the algorithm is never asked about them
    for row in parameters.reasons[~parameters.reasons["name"].isin(never_returns)].itertuples():
        procedures = list(parameters["conditions"]["procedures"].get(row.name, {}))
        for code in parameters["conditions"]["codes"][row.name]:
            assert groups.is_planned(dotless(code), procedures) == (row.kind == "planned"), row.name


def test_planned_reasons_always_have_the_procedure_that_makes_them_so(parameters: Parameters) -> None:
    groups = load_groups()
    for name in parameters.reasons.query("kind == 'planned'")["name"]:
        sure = [code for code, share in parameters["conditions"]["procedures"].get(name, {}).items() if share == 1]
        for code in parameters["conditions"]["codes"][name]:
            assert groups.is_planned(dotless(code), sure), name


def test_procedures_are_known_codes(parameters: Parameters) -> None:
    known = set(load_groups().procedure)
    for pool in parameters["conditions"]["procedures"].values():
        assert set(pool) <= known


def test_diagnoses_are_known_codes_or_younger_than_the_categories(parameters: Parameters) -> None:
    known = set(load_groups().diagnosis) | {dotless(code) for code in read("sdoh_z_code.csv")["icd10cm_code"]}
    younger = {"U07.1", "I48.20"}
    assert {code for code in Codes(parameters).all if dotless(code) not in known} <= younger


def test_z_codes_mean_their_domain(parameters: Parameters) -> None:
    domains = dict(read("sdoh_z_code.csv")[["icd10cm_code", "domain"]].to_numpy())
    for row in parameters.domains.itertuples():
        assert domains[dotless(row.z_code)] == row.domain


def test_every_ub04_disposition_can_be_drawn(parameters: Parameters) -> None:
    from sources.simulated.facts import disposition_codes

    assert sorted(disposition_codes(parameters)) == sorted(UB04)


def test_points_are_charlson_weights(parameters: Parameters) -> None:
    prefixes = read("charlson_prefix.csv").query("code_system != 'ICD-9-CM'")["code_prefix"]
    for row in parameters.chronic.itertuples():
        for code in parameters["chronic"]["codes"][row.name]:
            counted = any(dotless(code).startswith(prefix) for prefix in prefixes)
            assert counted == (row.points > 0), code
