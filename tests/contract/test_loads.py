"""What happens load after load: the same file again, corrections, orphans, broken files, gates."""

import gzip
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.errors import UsageError
from tests.contract.conftest import Site
from tests.contract.landing import (
    CONTRACTS,
    Tables,
    csv_bytes,
    good,
    good_tables,
    gzipped,
    load,
    read,
    tolerant,
    write_landing,
)


def base() -> Tables:
    """Three patients with an encounter and a diagnosis each."""
    people = range(1, 4)
    return {
        "patients": [good("patients", patient_id=f"P{i}") for i in people],
        "encounters": [good("encounters", encounter_id=f"E{i}", patient_id=f"P{i}") for i in people],
        "diagnoses": [good("diagnoses", encounter_id=f"E{i}", patient_id=f"P{i}") for i in people],
    }


def test_the_same_file_twice_changes_nothing(site: Site) -> None:
    first = site.load(base())
    before = site.core_bytes()
    again = site.load(base())
    assert site.core_bytes() == before
    assert sorted(again.known_files) == ["diagnoses.csv", "encounters.csv", "patients.csv"]
    assert again.tables == first.tables


def test_the_same_rows_in_another_file_are_superseded(site: Site) -> None:
    site.load(base())
    before = site.core_bytes()
    tables = base()
    report = site.load({name: [*rows, rows[0]] for name, rows in tables.items()})
    assert site.core_bytes() == before
    counts = report.of("core.patient", "0002")
    assert (counts.rows_in, counts.kept, counts.superseded, counts.warnings) == (4, 3, 1, {})


def test_rows_in_another_order_give_the_same_bytes(site: Site, tmp_path: Path) -> None:
    tables = good_tables() | base()
    tables["lab_results"] = [good("lab_results", value=str(v)) for v in range(50)]
    site.load(tables)
    other = Site(tmp_path / "other")
    for rows in tables.values():
        Random(7).shuffle(rows)
    other.load(tables)
    assert other.core_bytes() == site.core_bytes()


def test_parts_csv_gzip_and_parquet_load_alike(site: Site, tmp_path: Path) -> None:
    tables = base()
    site.load(tables)
    other = Site(tmp_path / "other")
    write_landing(other.landing, {"encounters.csv.gz": gzipped(tables["encounters"]), "_SUCCESS": b""})
    folder = other.landing / "patients"
    folder.mkdir()
    for i, row in enumerate(tables["patients"]):
        (folder / f"part-{i}.csv").write_bytes(csv_bytes([row]).replace(b"\n", b"\r\n"))
    pq.write_table(pa.Table.from_pylist(tables["diagnoses"]), other.landing / "diagnoses.parquet")
    report = load(other.landing, other.lake)
    assert report.unknown_files == []
    assert other.core_bytes() == site.core_bytes()


@pytest.mark.parametrize(
    ("updated", "unit"),
    [("2024-02-01T00:00:00", "new"), ("2023-01-01T00:00:00", "4W"), ("", "new"), ("2024-01-10T00:00:00", "new")],
    ids=["newer replaces", "older does not", "undated in a later load replaces", "same version: later line"],
)
def test_corrections(site: Site, updated: str, unit: str) -> None:
    site.load(base())
    tables = base()
    tables["encounters"] = [good("encounters", unit="new", source_updated_at=updated)]
    report = site.load(tables)
    assert {r["encounter_id"]: r["unit"] for r in read(site.lake, "core.encounter")} == {
        "E1": unit,
        "E2": "4W",
        "E3": "4W",
    }
    conflicts = sum(c.warnings.get("conflicting_rows(encounter_id)", 0) for c in report.tables)
    assert conflicts == (1 if updated == "2024-01-10T00:00:00" else 0)


def test_an_older_version_never_replaces_an_undated_correction(site: Site) -> None:
    for updated, unit in (("2024-01-10T00:00:00", "first"), ("", "corrected"), ("2024-01-09T00:00:00", "late old")):
        site.load(base() | {"encounters": [good("encounters", unit=unit, source_updated_at=updated)]})
    assert [row["unit"] for row in read(site.lake, "core.encounter")] == ["corrected"]


def test_different_rows_of_one_key_in_one_load_the_later_line_wins_and_is_warned_of(site: Site) -> None:
    tables = base()
    tables["patients"].append(good("patients", patient_id="P2", language="es", name="Eva Later"))
    report = site.load(tables)
    counts = report.of("core.patient", "0001")
    assert (counts.superseded, counts.warnings) == (1, {"conflicting_rows(patient_id)": 1})
    assert [row["language"] for row in read(site.lake, "core.patient")] == ["en", "es", "en"]
    assert [row["name"] for row in read(site.lake, "identity.patient")] == ["Ada Planted", "Eva Later", "Ada Planted"]


def test_a_broken_newer_version_leaves_the_good_older_one(site: Site) -> None:
    site.load(base())
    broken = good("encounters", ended_at="2024-01-01T00:00:00", source_updated_at="2024-03-01T00:00:00")
    report = site.load(base() | {"encounters": [broken]})
    assert len(read(site.lake, "core.encounter")) == 3
    assert report.of("core.encounter", "0002").rules == {"ended_before_started(ended_at)": 1}


def test_orphans_wait_in_quarantine_and_are_released(site: Site) -> None:
    tables = base()
    missing = tables["patients"].pop(1)
    report = site.load(tables)
    assert report.of("core.encounter", "0001").rules == {"orphan_patient(patient_id)": 1}
    # What hangs on the orphan is an orphan too.
    assert report.of("core.diagnosis", "0001").rules == {"orphan_encounter(encounter_id)": 1}
    assert [(r["file"], r["line"]) for r in read(site.lake, "quarantine.encounters")] == [("encounters.csv", 3)]
    report = site.load(tables | {"patients": [missing]})
    assert (report.of("core.encounter", "0001").kept, report.of("core.diagnosis", "0001").kept) == (3, 3)
    assert read(site.lake, "quarantine.encounters") == []


def test_loads_one_after_the_other_equal_one_load(site: Site, tmp_path: Path) -> None:
    tables = base()
    for i in range(3):
        site.load({name: rows[: i + 1] for name, rows in tables.items()})
    other = Site(tmp_path / "other")
    other.load(tables)
    assert all(read(other.lake, table) == read(site.lake, table) for table in CONTRACTS)


def test_diagnosis_key_takes_the_lowest_sequence_of_dotted_and_dotless_codes(site: Site) -> None:
    tables = base()
    tables["diagnoses"] = [
        good("diagnoses", sequence=s, code=c) for s, c in (("3", "i50.9"), ("2", "I509"), ("1", "E11.9"))
    ]
    site.load(tables)
    assert [(r["code"], r["sequence"], r["ccs"]) for r in read(site.lake, "core.diagnosis")] == [
        ("E119", 1, 49), ("I509", 2, 108),
    ]  # fmt: skip


def test_of_two_principal_diagnoses_the_lower_line_keeps_it(site: Site) -> None:
    tables = base()
    tables["diagnoses"] = [good("diagnoses", code=code) for code in ("I50.9", "E11.9")]
    report = site.load(tables)
    assert {r["code"]: r["sequence"] for r in read(site.lake, "core.diagnosis")} == {"I509": 1, "E119": None}
    assert report.of("core.diagnosis", "0001").warnings == {"two_principal_diagnoses(sequence)": 1}


def test_icd9_goes_through_the_equivalence_map_and_unmapped_codes_are_counted(site: Site) -> None:
    tables = base()
    tables["diagnoses"] = [
        good("diagnoses", code_system="ICD-9-CM", code="428.0"),
        good("diagnoses", code="U07.1", sequence="2"),
        good("diagnoses", code="Z99.ABCD", sequence="3"),
    ]
    report = site.load(tables)
    rows = {r["code"]: (r["icd10_code"], r["ccs"]) for r in read(site.lake, "core.diagnosis")}
    assert rows == {"4280": ("I509", 108), "U071": ("U071", None), "Z99ABCD": ("Z99ABCD", None)}
    assert report.unmapped["core.diagnosis"] == {"codes": 2, "rows": 2}


def test_procedures_of_one_code_on_two_days_are_two(site: Site) -> None:
    days = ("2024-01-06T09:00:00", "2024-01-06T15:00:00", "2024-01-07T09:00:00", "", "")
    site.load(base() | {"procedures": [good("procedures", performed_at=day) for day in days]})
    assert len(read(site.lake, "core.procedure")) == 3


def test_status_follows_from_the_end(site: Site) -> None:
    encounters = [
        good("encounters", encounter_id=f"E{i}", status=status, ended_at=end)
        for i, (status, end) in enumerate(
            [
                ("", "2024-01-09"),
                ("", ""),
                ("in_progress", "2024-01-09"),
                ("IN_PROGRESS", ""),
                ("cancelled", ""),
                ("planned", ""),
            ]
        )
    ]
    site.load(base() | {"encounters": encounters})
    statuses = [row["status"] for row in read(site.lake, "core.encounter")]
    assert statuses == ["finished", "in_progress", "finished", "in_progress", "cancelled", "planned"]


@pytest.mark.parametrize(
    ("zone", "text", "utc", "day"),
    [
        ("UTC", "2024-07-01T23:30:00", "2024-07-01 23:30:00", "2024-07-01"),
        ("UTC", "2024-07-01T23:30:00+02:00", "2024-07-01 21:30:00", "2024-07-01"),
        ("UTC", "2024-07-01 23:30:00.250Z", "2024-07-01 23:30:00.250000", "2024-07-01"),
        ("America/New_York", "2024-07-01T23:30:00", "2024-07-02 03:30:00", "2024-07-01"),
        ("America/New_York", "2024-07-02T03:30:00Z", "2024-07-02 03:30:00", "2024-07-01"),
        ("America/New_York", "2024-01-01T00:30:00-0600", "2024-01-01 06:30:00", "2024-01-01"),
    ],
)
def test_times_become_utc_and_days_are_those_of_the_site(site: Site, zone: str, text: str, utc: str, day: str) -> None:
    encounters = [good("encounters", started_at=text, ended_at="", status="")]
    site.load(base() | {"encounters": encounters}, site_timezone=zone)
    row = read(site.lake, "core.encounter")[0]
    assert (str(row["started_at"]), str(row["started_date"])) == (utc, day)


def test_an_unknown_time_zone_is_a_usage_error(site: Site) -> None:
    with pytest.raises(UsageError, match="time zone"):
        site.load(base(), site_timezone="Mars/Olympus")


def test_lists_are_split_and_absent_tables_are_said_to_be_absent(site: Site) -> None:
    tables = good_tables()
    del tables["lab_results"]
    report = site.load(tables)
    manager = read(site.lake, "core.case_manager")[0]
    assert (manager["facility_ids"], manager["languages"], manager["skills"]) == (["F1", "F2"], ["en", "es"], None)
    presence = {r["table_name"]: (r["is_present"], r["row_count"]) for r in read(site.lake, "core.table_presence")}
    assert (presence["lab_result"], presence["encounter"]) == ((False, 0), (True, 1))
    assert (presence["encounter:inpatient"], presence["encounter:emergency"]) == ((True, 1), (False, 0))
    assert read(site.lake, "core.lab_result") == []
    assert report.absent_tables == ["core.lab_result"]


@pytest.mark.parametrize("table", ["interventions", "lab_results", "procedures", "case_managers"])
def test_an_optional_table_may_have_a_header_and_no_row(site: Site, table: str) -> None:
    tables = good_tables()
    header = (",".join(tables.pop(table)[0]) + "\n").encode()
    report = site.load({**tables, f"{table}.csv": header})
    name = table.removesuffix("s")
    assert report.absent_tables == [f"core.{name}"]
    assert read(site.lake, f"core.{name}") == []


def test_names_live_in_identity_only(site: Site) -> None:
    report = site.load(good_tables())
    for path in sorted(p for p in site.lake.rglob("*") if p.is_file() and "identity" not in p.parts):
        content = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text()
        assert not [word for word in ("Ada Planted", "MRN-777", "555-0100") if word in content], path
    assert "Planted" not in str(report.to_dict())
    identity = {"patient_id": "P1", "name": "Ada Planted", "mrn": "MRN-777", "phone": "555-0100"}
    assert read(site.lake, "identity.patient") == [identity]


def test_extra_columns_and_unknown_files_are_reported_and_left_out(site: Site) -> None:
    tables = base()
    for row in tables["patients"]:
        row["shoe_size"] = "43"
    write_landing(site.landing, tables | {"notes.txt": b"hello"})
    report = load(site.landing, site.lake)
    assert (report.extra_columns, report.unknown_files) == ({"patients": ["shoe_size"]}, ["notes.txt"])


BIG = [good("patients", patient_id=f"P{i}", name=f"Planted {i}") for i in range(2000)]
CSV = csv_bytes(BIG)
GZIP = gzip.compress(CSV, mtime=0)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("patients.csv", CSV + b"P9,1950-01-01\n", "line 2002 has 2 fields, the header 14"),
        ("patients.csv", CSV + CSV.splitlines()[1] + b",x\n", "line 2002 has 15 fields, the header 14"),
        ("patients.csv", CSV.replace(b"Planted 7,", "Plantéd,".encode("latin-1")), "the encoding is not UTF-8"),
        ("patients.csv", CSV.decode().encode("utf-16"), "the encoding is not UTF-8"),
        ("patients.csv", CSV.rstrip(b"\n")[:-8] + b'"x\n', "a quote is opened and never closed"),
        ("patients.csv", b"", "empty, without even a header"),
        ("patients.csv", CSV.replace(b"race", b"sex", 1), "names a column twice: sex"),
        ("patients.csv", CSV.replace(b"race", b"", 1), "a column without a name"),
        ("patients.csv", CSV.replace(b"birth_date", b"born", 1), "has no column birth_date"),
        ("patients.csv.gz", GZIP[: len(GZIP) // 2], "gzip is truncated"),
        ("patients.csv.gz", GZIP[:-6], "gzip is truncated"),
        ("patients.csv.gz", b"hello", "gzip is truncated or damaged"),
        ("patients.parquet", b"PAR1 and no more", "Parquet file is truncated or damaged"),
    ],
)
def test_a_broken_file_is_refused_whole_by_name_and_reason(site: Site, name: str, content: bytes, reason: str) -> None:
    tables = base()
    del tables["patients"]
    message = site.refused(tables | {name: content})
    assert f"patients ({name})" in message
    assert reason in message
    assert "Planted" not in message
    assert "next:" in message
    # The orphans that follow from it are no failures of their own.
    assert message.count("next:") == 1
    assert not list(site.lake.glob("core/*")) and not list(site.lake.glob("raw/*/*"))


def test_a_truncated_parquet_file_is_refused(site: Site, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(BIG), tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    middle = len(whole) // 3
    for content in (whole[:-200], whole[:middle], whole[:middle] + b"\0" * 4000 + whole[middle + 4000 :]):
        tables = base()
        del tables["patients"]
        assert "patients.parquet" in site.refused(tables | {"patients.parquet": content})


def test_everything_wrong_is_said_at_once_and_yesterday_stays(site: Site) -> None:
    site.load(good_tables() | base())
    before = site.core_bytes()
    tables = good_tables() | base()
    del tables["diagnoses"]
    tables["encounters"] = [good("encounters", encounter_id=f"E{i}") for i in range(80)]
    tables["encounters"] += [good("encounters", encounter_id=f"B{i}", started_at="soon") for i in range(20)]
    tables["lab_results.csv"] = csv_bytes([], list(good("lab_results")))
    del tables["lab_results"]
    message = site.refused(tables)
    assert [line.strip().split(":")[0] for line in message.splitlines()[1:]] == [
        "diagnoses", "encounters (encounters.csv)", "lab_results",
    ]  # fmt: skip
    assert "20 of 100 rows" in message
    assert "unreadable_time in started_at" in message
    assert "is empty; earlier loads brought 1 rows" in message
    assert site.core_bytes() == before
    # The lines can be looked up until the next load, which gets the refused load's number.
    lines = read(site.lake, "quarantine.encounters")
    assert [(r["load_id"], r["line"]) for r in lines] == [("0002", n) for n in range(82, 102)]
    report = site.load(good_tables() | base() | {"facilities": [good("facilities", name="South")]})
    assert report.load_id == "0002"
    assert read(site.lake, "quarantine.encounters") == []


def test_a_required_table_must_not_be_empty_and_must_not_lie_there_twice(site: Site) -> None:
    tables = base()
    header = list(tables.pop("patients")[0])
    assert "patients: is empty and required" in site.refused(tables | {"patients.csv": csv_bytes([], header)})
    twice = {"patients.csv": csv_bytes(base()["patients"]), "patients.csv.gz": gzipped(base()["patients"])}
    assert "lies here more than once: patients.csv and patients.csv.gz" in site.refused(tables | twice)


def test_a_share_of_rejected_rows_at_the_limit_passes(site: Site) -> None:
    tables = base()
    tables["patients"] += [good("patients", patient_id=f"Q{i}") for i in range(16)] + [good("patients", sex="F")]
    write_landing(site.landing, tables)
    assert load(site.landing, site.lake, CONTRACTS).of("core.patient", "0001").quarantined == 1


def test_what_a_killed_run_left_is_removed_at_the_next_start(site: Site) -> None:
    site.load(base())
    left = [
        site.lake / "raw" / "patients" / "0002-1.parquet",
        site.lake / "identity" / "patients" / "0002-1.parquet",
        site.lake / "core.work" / "scratch.duckdb",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    before = site.core_bytes()
    site.load(base())
    assert site.core_bytes() == before
    assert not [path for path in left if path.exists()]


def test_a_run_killed_while_core_was_swapped_finds_the_old_core_again(site: Site) -> None:
    site.load(base())
    before = site.core_bytes()
    (site.lake / "core").rename(site.lake / "core.old.work")
    site.refused({"patients.csv": b""})
    assert site.core_bytes() == before


def test_a_missing_landing_folder_is_a_usage_error(site: Site) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        load(site.landing, site.lake, tolerant())
