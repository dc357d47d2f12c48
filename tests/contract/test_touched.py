"""Keys are kept for ever, and a build says exactly whose rows it has changed: over random series of loads."""

import shutil
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings

from data_contracts.engine import BuildSettings, StagedLoad, build_core, mark_consumed, read_touched
from data_contracts.engine.ledger import next_load_id
from data_contracts.engine.workshop import settle_bucket_count
from tests.contract.conftest import Site
from tests.contract.landing import CONTRACTS, ROOT, Row, Tables, good, good_tables, lake_content, read, tolerant
from tests.contract.random_loads import series

LOCAL = [name for name, contract in CONTRACTS.items() if contract.patient_local]
IDS = {"core.patient": ("patient_id", "patient_key"), "core.encounter": ("encounter_id", "encounter_key")}

Cores = dict[str, list[Row]]


def read_core(lake: Path) -> Cores:
    return {name: read(lake, name) for name in CONTRACTS} if (lake / "core").exists() else {n: [] for n in CONTRACTS}


def keys_of(core: Cores) -> dict[tuple[str, object], object]:
    return {(table, row[text]): row[key] for table, (text, key) in IDS.items() for row in core[table]}


def changed_patients(before: Cores, after: Cores) -> set[object]:
    """Patients whose rows are not the same, by comparing rows one by one."""
    changed = set()
    for table in LOCAL:
        old, new = (Counter(repr(row) for row in core[table]) for core in (before, after))
        changed |= {
            row["patient_key"] for core in (before, after) for row in core[table] if old[repr(row)] != new[repr(row)]
        }
    return changed


def touched_patients(lake: Path, consumer: str, tables: list[str] | None = None) -> set[object] | str:
    """Keys, or why it is everybody; the consumer has worked them in."""
    touched = read_touched(lake, consumer, tables or LOCAL)
    keys = {key for (key,) in duckdb.sql(touched.sql).fetchall()}
    mark_consumed(lake, consumer, touched)
    return touched.everything or keys


def rebuild(lake: Path, other: Path) -> Path:
    """Build a lake anew from nothing but the accepted loads of another."""
    for layer in ("raw", "identity"):
        shutil.copytree(lake / layer, other / layer)
    for path in other.glob("identity/*/all.parquet"):
        path.unlink()
    build_core(other, tolerant(), ROOT / "reference", StagedLoad(next_load_id(other)), BuildSettings(n_buckets=2))
    return other


@settings(deadline=None, max_examples=10)
@given(landings=series())
def test_over_random_loads_keys_stay_and_touched_are_those_who_changed(landings: list[Tables]) -> None:
    with TemporaryDirectory() as folder:
        site = Site(Path(folder))
        before, known = read_core(site.lake), {}
        for number, landing in enumerate(landings):
            site.load(landing)
            after, touched = read_core(site.lake), touched_patients(site.lake, "cohort")
            assert touched == changed_patients(before, after) if number else "not worked here before" in str(touched)
            keys = keys_of(after)
            assert {name: key for name, key in keys.items() if name in known} == {
                name: key for name, key in known.items() if name in keys
            }
            known |= keys
            before = after
        assert lake_content(rebuild(site.lake, Path(folder) / "rebuilt")) == lake_content(site.lake)


def people(*numbers: int, **changes: str) -> Tables:
    """A patient, an encounter and a diagnosis for each number."""
    return {
        "patients": [good("patients", patient_id=f"P{n}", **changes) for n in numbers],
        "encounters": [good("encounters", encounter_id=f"E{n}", patient_id=f"P{n}") for n in numbers],
        "diagnoses": [good("diagnoses", encounter_id=f"E{n}", patient_id=f"P{n}") for n in numbers],
    }


def test_ids_are_numbered_by_first_load_then_text_and_a_rejected_row_counts(site: Site) -> None:
    first = people(20, 3, 1)
    first["patients"].append(good("patients", patient_id="P10", sex="F"))
    site.load(first)
    assert keys_of(read_core(site.lake)) == {
        ("core.patient", "P1"): 1, ("core.patient", "P20"): 3, ("core.patient", "P3"): 4,
        ("core.encounter", "E1"): 1, ("core.encounter", "E20"): 2, ("core.encounter", "E3"): 3,
    }  # fmt: skip
    site.load(people(0, 10))
    keys = keys_of(read_core(site.lake))
    assert (keys["core.patient", "P10"], keys["core.patient", "P0"]) == (2, 5)
    assert (keys["core.encounter", "E0"], keys["core.encounter", "E10"]) == (4, 5)


def test_rows_of_a_part_are_in_order_of_patient_then_key(site: Site) -> None:
    site.load(people(2))
    tables = people(1, 3)
    tables["encounters"] += [good("encounters", encounter_id=e, patient_id="P2") for e in ("E0", "E9")]
    site.load(tables)
    for part in site.lake.glob("core/encounter/*.parquet"):
        rows = duckdb.sql(f"SELECT patient_key, encounter_id FROM '{part}'").fetchall()
        assert rows == sorted(rows)


def test_the_same_rows_again_touch_nobody_and_a_change_touches_its_patient(site: Site) -> None:
    site.load(people(1, 2))
    touched_patients(site.lake, "cohort")
    site.load({table: [*rows, rows[0]] for table, rows in people(1, 2).items()})
    assert touched_patients(site.lake, "cohort") == set()
    site.load(people(2, language="es"))
    assert touched_patients(site.lake, "cohort", ["core.encounter"]) == set()
    site.load(people(1, language="es"))
    assert touched_patients(site.lake, "cohort") == {1}


def test_whoever_is_released_or_loses_a_row_to_another_is_touched(site: Site) -> None:
    first = people(1, 2, 3)
    claimed = good("encounters", encounter_id="E1", patient_id="P9", source_updated_at="2024-05-01T00:00:00")
    first["encounters"].append(claimed)
    site.load(first)
    touched_patients(site.lake, "cohort")
    # With patient P9 the newer version of E1, an orphan so far, takes the place of P1's.
    site.load(people(3) | {"patients": [good("patients", patient_id="P9")]})
    patients = {row["patient_id"]: row["patient_key"] for row in read(site.lake, "core.patient")}
    assert touched_patients(site.lake, "cohort") == {patients["P1"], patients["P9"]}


def test_a_row_released_because_the_cut_off_moved_on_touches_its_patient(site: Site) -> None:
    first = people(1, 2)
    first["patients"][0]["birth_date"] = "2024-02-01"
    site.load(first)
    touched_patients(site.lake, "cohort")
    later = people(2)
    later["encounters"].append(good("encounters", encounter_id="E5", patient_id="P2", ended_at="2024-03-01T00:00:00"))
    site.load(later)
    assert touched_patients(site.lake, "cohort") == {1, 2}


def test_what_is_not_of_patients_concerns_all_that_read_it(site: Site) -> None:
    tables = good_tables()
    site.load(tables)
    reads = {"label": ["core.patient", "core.facility"], "needs": ["core.patient", "core.table_presence"]}
    for consumer, names in reads.items():
        touched_patients(site.lake, consumer, names)
    site.load(tables | {"facilities": [good("facilities", kind="psychiatric")], "patients": people(7)["patients"]})
    assert touched_patients(site.lake, "label", reads["label"]) == "core.facility has changed for all patients"
    assert touched_patients(site.lake, "needs", reads["needs"]) == {2}
    tables = people(8)
    tables["encounters"] = [good("encounters", encounter_id="E8", encounter_class="emergency")]
    site.load(tables)
    assert touched_patients(site.lake, "needs", reads["needs"]) == "core.table_presence has changed for all patients"


def test_what_a_consumer_has_not_seen_adds_up(site: Site) -> None:
    site.load(people(1, 2, 3))
    for consumer in ("cohort", "features"):
        touched_patients(site.lake, consumer)
    site.load(people(1, language="es"))
    assert touched_patients(site.lake, "features") == {1}
    site.load(people(3, language="fr"))
    assert touched_patients(site.lake, "features") == {3}
    assert touched_patients(site.lake, "cohort") == {1, 3}
    assert touched_patients(site.lake, "cohort") == set()
    assert not list(site.lake.glob("touched/*.parquet"))


def test_a_build_that_was_killed_before_or_after_its_core_stood_loses_nobody(site: Site) -> None:
    site.load(people(1, 2, 3))
    touched_patients(site.lake, "cohort")
    old_core, ledger = site.lake / "kept_core", (site.lake / "raw" / "loads.json").read_text()
    shutil.copytree(site.lake / "core", old_core)
    site.load(people(1, language="es"))
    (site.lake / "raw" / "loads.json").write_text(ledger)  # killed before the load was accepted
    site.load(people(1, language="es") | {"facilities": [good("facilities")]})
    assert read_touched(site.lake, "cohort", LOCAL).everything is None
    shutil.rmtree(site.lake / "core")
    old_core.rename(site.lake / "core")  # killed before the core was swapped
    site.load(people(2, language="es"))
    assert touched_patients(site.lake, "cohort") == {1, 2}


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        ("other inputs", "code, settings or value sets have changed"),
        ("older core", "core is older"),
        ("history lost", "not known"),
        ("more buckets", "core.diagnosis has changed for all"),
    ],
)
def test_all_are_touched_when_nothing_can_be_kept(site: Site, happened: str, reason: str) -> None:
    site.load(people(1))
    if happened == "older core":
        shutil.copytree(site.lake / "core", site.lake / "old_core")
        site.load(people(2))
    mark_consumed(site.lake, "cohort", read_touched(site.lake, "cohort", LOCAL), inputs="a")
    if happened == "older core":
        shutil.rmtree(site.lake / "core")
        (site.lake / "old_core").rename(site.lake / "core")
    elif happened == "more buckets":
        site.load(people(2), n_buckets=5)
    elif happened == "history lost":
        site.load(people(2))
        shutil.rmtree(site.lake / "core")
        site.load(people(3))
        next(site.lake.glob("touched/*.parquet")).unlink()
    touched = read_touched(site.lake, "cohort", LOCAL, inputs="b" if happened == "other inputs" else "a")
    assert reason in str(touched.everything)


@pytest.mark.parametrize(
    ("current", "wanted", "expected"), [(0, 3, 3), (4, 2, 4), (4, 4, 4), (4, 8, 4), (4, 9, 9), (1, 2, 1)]
)
def test_a_core_keeps_its_buckets_until_outgrown_twice(current: int, wanted: int, expected: int) -> None:
    assert settle_bucket_count(current, wanted) == expected
