"""Every check of every core contract has a row that breaks it, and a good row breaks none."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from data_contracts.engine import BuildSettings, LoadReport
from data_contracts.engine.scan import compile_scan
from tests.contract.cases import CASES, Case
from tests.contract.landing import BY_SOURCE, GOOD, Row, Tables, good, good_tables, load, read, write_landing

FACTS = ("diagnoses", "procedures", "medications", "lab_results", "sdoh_screenings", "interventions")
SETTINGS = BuildSettings(n_buckets=1, cut_off=date(2024, 12, 30))
IN_CORE = {"encounter_id": "encounter_key", "active": "is_active"}


def case_row(number: int, case: Case) -> tuple[str, Row]:
    """The changed row of a case, under ids of its own so that cases do not meet; and the id it is found by."""
    own = f"C{number:03d}"
    match case.table:
        case "patients":
            return own, good("patients", patient_id=own) | case.change
        case "encounters":
            return own, good("encounters", encounter_id=own) | case.change
        case "area_sdoh":
            return own, good("area_sdoh", index_name=own) | case.change
        case table if table in FACTS:
            return own, good(table, patient_id=own, encounter_id=own) | case.change
        case table:
            return own, good(table, **{next(iter(GOOD[table])): own}) | case.change


class Loaded:
    """All cases loaded at once, with what became of them."""

    def __init__(self, folder: Path) -> None:
        tables: Tables = good_tables()
        self.lines: list[int] = []
        self.ids: list[str] = []
        for number, case in enumerate(CASES):
            own, row = case_row(number, case)
            if case.table in FACTS:
                tables["patients"].append(good("patients", patient_id=own))
                tables["encounters"].append(good("encounters", encounter_id=own, patient_id=own))
            tables[case.table].append(row)
            self.lines.append(len(tables[case.table]) + 1)
            self.ids.append(own)
        lake = folder / "lake"
        self.report: LoadReport = load(write_landing(folder / "landing", tables), lake, settings=SETTINGS)
        self.quarantine = {t: {row["line"]: row for row in read(lake, f"quarantine.{t}")} for t in BY_SOURCE}
        self.core = {t: read(lake, c.table) for t, c in BY_SOURCE.items()}
        self.patient_keys = {row["patient_id"]: row["patient_key"] for row in self.core["patients"]}

    def core_row(self, number: int) -> Row | None:
        """The core row of a case; None when there is none."""
        case, own = CASES[number], self.ids[number]
        match case.table:
            case "patients":
                finds = partial(has, column="patient_id", value=own)
            case "encounters":
                finds = partial(has, column="encounter_id", value=own)
            case "area_sdoh":
                finds = partial(has, column="index_name", value=own)
            case table if table in FACTS:
                finds = partial(has, column="patient_key", value=self.patient_keys.get(own, -1))
            case table:
                finds = partial(has, column=next(iter(GOOD[table])), value=own)
        return next((row for row in self.core[case.table] if finds(row)), None)


def has(row: Row, column: str, value: object) -> bool:
    return row[column] == value


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(tmp_path_factory.mktemp("cases"))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[str(case) for case in CASES])
def test_case(loaded: Loaded, number: int) -> None:
    case = CASES[number]
    rejected = loaded.quarantine[case.table].get(loaded.lines[number])
    if case.outcome == "reject":
        assert rejected is not None
        assert rejected["rules"] == case.expected
        assert f"{rejected['rule']}({rejected['column_name']})" == case.expected
        assert loaded.core_row(number) is None
        return
    assert rejected is None
    row = loaded.core_row(number)
    assert row is not None
    column = case.expected.partition("(")[2].rstrip(")")
    value = row[column] if column in row else row[IN_CORE[column]]
    assert ("-" if value is None else str(value)) == case.outcome


def test_rejections_and_warnings_are_counted_by_rule_and_column(loaded: Loaded) -> None:
    for table, contract in BY_SOURCE.items():
        counts = loaded.report.of(contract.table, "0001")
        mine = [case for case in CASES if case.table == table]
        rejected = [case.expected for case in mine if case.outcome == "reject"]
        assert counts.rules == {name: rejected.count(name) for name in sorted(set(rejected))}
        assert counts.quarantined == len(rejected)
        for name in {case.expected for case in mine if case.outcome != "reject"}:
            assert counts.warnings[name] >= 1, name


def test_every_check_of_every_contract_has_a_case() -> None:
    for table, contract in BY_SOURCE.items():
        scan = compile_scan(contract, in_utc=True)
        checks = {f"{c.rule}({c.column})" for c in (*scan.reject_checks, *scan.warn_checks)}
        cases = {case.expected for case in CASES if case.table == table}
        assert checks == cases, table


def test_good_rows_pass_without_a_remark(tmp_path: Path) -> None:
    report = load(write_landing(tmp_path / "landing", good_tables()), tmp_path / "lake", settings=SETTINGS)
    assert [(c.rows_in, c.kept, c.rules, c.warnings) for c in report.tables] == [(1, 1, {}, {})] * len(BY_SOURCE)
