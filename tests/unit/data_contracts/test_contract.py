"""A contract that promises what nothing can hold is refused when it is read."""

from pathlib import Path

import pytest

from data_contracts.contract import load_contract, load_contracts
from data_contracts.errors import HomewardError
from tests.contract.landing import ROOT

GOOD = """
table: cohort.stay
description: Stays.
grain: one row per stay
owner: lead
key: [stay_id]
columns:
  - {name: stay_id, type: id, present: true, description: Id of the stay.}
  - {name: status, type: enum, values: [open, over], description: State.}
"""


def write(folder: Path, text: str, name: str = "cohort/stay.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_good_contract_is_read(tmp_path: Path) -> None:
    contract = load_contract(write(tmp_path, GOOD))
    assert (contract.layer, contract.name, contract.column("status").values) == ("cohort", "stay", ("open", "over"))
    assert list(load_contracts(tmp_path)) == ["cohort.stay"]
    with pytest.raises(KeyError, match="no column nothing"):
        contract.column("nothing")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("owner: lead", "owner: lead\nowned_by: me", "owned_by"),
        ("present: true", "presnt: true", "presnt"),
        ("key: [stay_id]", "key: [stay]", "key names no column stay"),
        ("name: status", "name: stay_id", "stay_id appears twice"),
        ("name: status", "name: arrival", "arrival is reserved"),
        ("values: [open, over], ", "", "enum status lists no values"),
        ("type: enum", "type: varchar", "type"),
        ("grain: one", "grain one", "not a valid contract"),
        ("key: [stay_id]", "version: updated", "version names no column updated"),
        (
            "columns:",
            "rules: [{name: r, columns: [gone], when: 'TRUE'}, {name: r, columns: [status], when: 'TRUE'}]\ncolumns:",
            "rule r names no column gone; rule r appears twice",
        ),
        (
            "columns:",
            "references: [{columns: [gone], to: core.patient, rule: orphan}]\ncolumns:",
            "reference orphan names no column gone",
        ),
        ("table: cohort.stay", "table: cohort.stays", "says it is cohort.stays"),
    ],
)
def test_a_bad_contract_is_refused_with_its_reason(tmp_path: Path, before: str, after: str, reason: str) -> None:
    with pytest.raises(HomewardError, match="cohort/stay.yaml") as error:
        load_contract(write(tmp_path, GOOD.replace(before, after)))
    assert reason in error.value.message


def test_every_contract_of_every_layer_is_valid_and_described() -> None:
    contracts = load_contracts(ROOT / "data_contracts")
    assert {"core.encounter", "core.table_presence"} <= set(contracts)
    for contract in contracts.values():
        assert contract.grain.startswith("one row per"), contract.table


def test_resource_domains_are_the_reference_domains() -> None:
    contract = load_contract(ROOT / "data_contracts" / "core" / "resource.yaml")
    lines = (ROOT / "reference" / "value_sets" / "sdoh_domain.csv").read_text().splitlines()[1:]
    assert contract.column("domain").values == tuple(line.split(",")[0] for line in lines)


def test_required_and_present_decide_what_a_bad_value_does() -> None:
    encounter = load_contract(ROOT / "data_contracts" / "core" / "encounter.yaml")
    facility, ended, started = (encounter.column(n) for n in ("facility_id", "ended_at", "started_at"))
    assert [(c.must_exist, c.breaks) for c in (facility, ended, started)] == [
        (True, "reject"), (False, "warn"), (True, "reject"),
    ]  # fmt: skip
