"""A small load laid beside the core that stands: every table, count and key is that of core built anew."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.engine import LoadReport
from data_contracts.lake_table import FRESH, relation
from tests.contract.conftest import ANEW, BESIDE, Site
from tests.contract.landing import Tables, good, lake_content, read
from tests.contract.random_loads import ROSTER, full_house, series, small_series


def account(outcome: LoadReport | str) -> object:
    """What a load says, but for how it was built."""
    return outcome if isinstance(outcome, str) else outcome.to_dict() | {"built_anew": ""}


def last_touched(lake: Path) -> list[tuple[object, ...]]:
    file = max((lake / "touched").glob("*.parquet"))
    return duckdb.sql(f"FROM read_parquet('{file}') ORDER BY ALL").fetchall()


def assert_alike(beside: Site, anew: Site) -> None:
    assert lake_content(beside.lake) == lake_content(anew.lake)
    assert last_touched(beside.lake) == last_touched(anew.lake)


@settings(deadline=None, max_examples=6)
@given(
    landings=st.one_of(small_series(), series()),
    are_strict=st.lists(st.sampled_from([False, False, True]), min_size=3, max_size=3),
)
def test_after_each_load_all_is_as_if_built_anew(landings: list[Tables], are_strict: list[bool]) -> None:
    with TemporaryDirectory() as folder:
        beside, anew = Site(Path(folder) / "beside", BESIDE), Site(Path(folder) / "anew", ANEW)
        is_first = True
        for landing, is_strict in zip(landings, are_strict, strict=False):
            outcome, expected = (site.take(landing, is_strict) for site in (beside, anew))
            assert account(outcome) == account(expected)
            if not isinstance(outcome, str):
                assert bool(outcome.built_anew) == is_first
                assert_alike(beside, anew)
                is_first = False


def with_poison() -> Tables:
    """Load a dozen people, and beside them rows whose fate hangs on others."""
    tables = full_house()
    tables["patients"] += [good("patients", patient_id="P50", birth_date="2024-02-01")]
    tables["patients"] += [good("patients", patient_id="P62")]
    tables["patients"] += [good("patients", patient_id="", birth_date="2024-02-01", sex="F")]
    tables["encounters"] += [
        good("encounters", encounter_id="P62a", patient_id="P62"),
        good("encounters", encounter_id="P62b", patient_id="P62"),
        good("encounters", encounter_id="P50a", patient_id="P50"),
        good("encounters", encounter_id="P60a", patient_id="P60"),
        good("encounters", encounter_id=" P60b ", patient_id=" P60"),
        good("encounters", encounter_id="-999", patient_id="P60"),
        good("encounters", encounter_id="P61a", patient_id="P23", source_updated_at="2024-05-01T00:00:00"),
    ]
    tables["diagnoses"] += [
        good("diagnoses", encounter_id="P60a ", patient_id="P60", code="E11.9"),
        good("diagnoses", encounter_id="P20a", patient_id="P20", code="J18.9"),
    ]
    tables["lab_results"] += [
        good("lab_results", patient_id="P22", encounter_id="P70a"),
        good("lab_results", patient_id="P24", encounter_id="P25a"),
        good("lab_results", patient_id="P24", encounter_id="P70a"),
        good("lab_results", patient_id=" P24 ", encounter_id="NOBODY", value="141"),
        good("lab_results", patient_id="P60", encounter_id="P25a"),
        good("lab_results", patient_id="UNKNOWN", encounter_id="P70a"),
    ]
    return tables


def people(number: str, *stays: str, **changes: str) -> Tables:
    """Give a load of one patient with some encounters and a diagnosis each."""
    return {
        "patients": [good("patients", patient_id=number, **changes)],
        "encounters": [good("encounters", encounter_id=stay, patient_id=number) for stay in stays],
        "diagnoses": [good("diagnoses", encounter_id=stay, patient_id=number) for stay in stays],
    }


def rows_of_one() -> Tables:
    """Give the tables that every extract has, of one patient who is known."""
    return {
        "encounters": [good("encounters", encounter_id="P20a", patient_id="P20")],
        "diagnoses": [good("diagnoses", encounter_id="P20a", patient_id="P20")],
    }


REACHES = {
    "nobody else": people("P90", "P90a"),
    "the patient whose encounter now belongs to another": people("P21") | {
        "encounters": [good("encounters", encounter_id="P20a", patient_id="P21", source_updated_at="2024-06-01")],
        "diagnoses": [good("diagnoses", encounter_id="P21a", patient_id="P21", code="Z99.2")],
    },
    "the other rows of a patient who lost an encounter": people("P21") | rows_of_one() | {
        "encounters": [good("encounters", encounter_id="P62a", patient_id="P21", source_updated_at="2024-06-01")],
    },
    "facts that named an encounter nobody knew": people("P21", "P70a"),
    "whom the moved cut-off releases": people("P21", "P21z") | {
        "encounters": [good("encounters", encounter_id="P21z", patient_id="P21", ended_at="2024-03-01T00:00:00")],
    },
    "orphans, however they are spelled": people("P60", "P60c"),
    "facts that name the encounter of somebody else": people("P24", "P24z") | {
        "lab_results": [good("lab_results", patient_id="P24", encounter_id="P25b")],
    },
    "the patient of an older version": people("P61", "P61a"),
    "codes that nobody has any more": people("P20", "P20a", birth_date="2024-01-08") | {
        "encounters": [good("encounters", encounter_id="P20a", patient_id="P99", source_updated_at="2024-09-01")],
    },
    "events after a death": people("P26", "P26z", death_date="2024-01-06"),
    "tables that had no row": people("P27", "P27z") | {
        "interventions": [good("interventions", patient_id="P27", encounter_id="P27a", outcome="missed")],
        "facilities": [good("facilities"), good("facilities", facility_id="F2", kind="psychiatric")],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("standing"))
    site.load(with_poison())
    return site.lake


def copy_of(standing: Path, folder: Path, largest_share: float) -> Site:
    site = Site(folder, largest_share)
    shutil.copytree(standing, site.lake)
    return site


@pytest.mark.parametrize("reached", REACHES)
def test_a_load_reaches(standing: Path, tmp_path: Path, reached: str) -> None:
    beside, anew = (copy_of(standing, tmp_path / name, share) for name, share in (("a", BESIDE), ("b", ANEW)))
    outcome, expected = (site.load(REACHES[reached]) for site in (beside, anew))
    assert (outcome.built_anew == "", expected.built_anew == "") == (True, False)
    assert account(outcome) == account(expected)
    assert_alike(beside, anew)


def test_no_part_that_stands_is_written_again_and_only_who_differs_is_fresh(standing: Path, tmp_path: Path) -> None:
    site = copy_of(standing, tmp_path / "a", BESIDE)
    before = {p.name: p.read_bytes() for p in site.lake.glob("core/diagnosis/*.parquet")}
    site.load(rows_of_one() | people("P21", "P21a", language="es"))
    assert {p.name: p.read_bytes() for p in site.lake.glob("core/diagnosis/*.parquet")} == before
    assert not (site.lake / "core" / "diagnosis" / FRESH).exists()
    fresh = duckdb.sql(f"FROM '{site.lake}/core/patient/{FRESH}/patients.parquet'").fetchall()
    assert fresh == [(row["patient_key"],) for row in read(site.lake, "core.patient") if row["patient_id"] == "P21"]


@pytest.mark.parametrize(("count", "is_beside"), [(2, True), (3, False)])
def test_beyond_a_fifth_of_the_patients_core_is_built_anew(
    standing: Path, tmp_path: Path, count: int, is_beside: bool
) -> None:
    site = copy_of(standing, tmp_path / "a", 0.2)
    report = site.load(rows_of_one() | {"patients": [good("patients", patient_id=p) for p in ROSTER[:count]]})
    assert (report.built_anew == "") is is_beside
    assert len(read(site.lake, "core.patient")) == len(ROSTER) + 1


@pytest.mark.parametrize("happened", ["other buckets", "other zone", "not accepted", "half moved", "unreadable state"])
def test_core_is_built_anew_when_what_stands_cannot_be_built_upon(
    standing: Path, tmp_path: Path, happened: str
) -> None:
    site = copy_of(standing, tmp_path / "a", BESIDE)
    changed: dict[str, object] = {"other buckets": {"n_buckets": 5}, "other zone": {"site_timezone": "Asia/Tokyo"}}.get(
        happened, {}
    )
    state = site.lake / "core" / "standing.state" / "standing.json"
    if happened == "not accepted":
        ledger = (site.lake / "raw" / "loads.json").read_text()
        site.load(people("P80", "P80a"))
        (site.lake / "raw" / "loads.json").write_text(ledger)
    elif happened == "half moved":
        state.unlink()
    elif happened == "unreadable state":
        state.write_text(json.dumps({"inputs": "of an older version"}))
    report = site.load(people("P21", "P21z"), **changed)
    assert report.built_anew
    anew = Site(tmp_path / "b", ANEW)
    anew.load(with_poison(), **changed)
    anew.load(people("P21", "P21z"), **changed)
    assert lake_content(site.lake) == lake_content(anew.lake)


def test_the_buckets_of_a_table_with_fresh_rows_add_up_to_it(standing: Path, tmp_path: Path) -> None:
    site = copy_of(standing, tmp_path / "a", BESIDE)
    site.load(REACHES["orphans, however they are spelled"])
    for table in ("patient", "encounter", "diagnosis"):
        folder = site.lake / "core" / table
        assert (folder / FRESH).is_dir()
        parts = [relation(folder, path.stem) for path in folder.glob("bucket_*.parquet")]
        together = duckdb.sql(f"FROM ({' UNION ALL '.join(f'FROM {part}' for part in parts)}) ORDER BY ALL").fetchall()
        assert together == duckdb.sql(f"FROM {relation(folder)} ORDER BY ALL").fetchall()
