"""A small made-up hospital for specifications of features: write down what happened, get the feature row of each stay.

One patient per case; the whole stage (cohort and features) runs once over all cases of a module, so a table of twenty
cases costs as much as one.
"""

from __future__ import annotations

import atexit
import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from features import cohort
from features import features as feature_stage
from tests.generative.core_tables import ARROW_TYPES, CORE_COLUMNS, number_codes
from tests.generative.sql_stage import REFERENCE, connect, read_measure, read_table, run_steps
from tests.naive import Settings

Row = dict[str, Any]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One connection with the value sets for every module; each run replaces the tables."""
    atexit.register(connection.cache_clear)  # else the bindings complain of a leak when Python ends
    return connect()


@cache
def ccs_of() -> dict[str, int]:
    """CCS category of each ICD-10-CM code."""
    text = gzip.decompress((Path(REFERENCE) / "value_sets" / "ccs_diagnosis.csv.gz").read_bytes()).decode()
    return {row["icd10cm_code"]: int(row["ccs"]) for row in csv.DictReader(io.StringIO(text))}


def moment(text: str | None) -> datetime | None:
    """Read "2024-03-01 10:00", or a day (noon)."""
    if text is None:
        return None
    return datetime.fromisoformat(text if ":" in text else f"{text} 12:00")


class Hospital:
    """Collects rows of core tables; times are text, UTC is the site's zone."""

    def __init__(self, absent: tuple[str, ...] = (), unsaid: tuple[str, ...] = ()) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.absent = absent
        self.unsaid = unsaid
        self.rows["facility"] = [{"facility_id": name, "kind": "acute"} for name in "AB"]

    def encounter(self, case: str, kind: str, started: str, ended: str | None, **more: Any) -> int:
        """Add an encounter (and its patient, if new); returns its key."""
        key = len(self.rows["encounter"]) + 1
        begin, end = moment(started), moment(ended)
        more = {
            "facility_id": "A",
            "discharge_disposition": "01",
            "status": "finished" if end else "in_progress",
        } | more
        self.rows["encounter"].append(
            {
                "encounter_key": key, "encounter_id": f"e{key:06d}",
                "patient_key": self.patient(case), "patient_id": case,
                "encounter_class": kind, "started_at": begin, "ended_at": end,
                "started_date": begin and begin.date(), "ended_date": end and end.date(),
            }
            | more
        )  # fmt: skip
        return key

    def stay(self, case: str, admitted: str, discharged: str, *codes: str, **more: Any) -> int:
        """Add an inpatient encounter with its diagnoses, the first one principal; returns its key."""
        key = self.encounter(case, "inpatient", admitted, discharged, **more)
        for sequence, code in enumerate(codes or ("J189",), start=1):
            self.diagnosis(case, key, code, sequence=sequence)
        return key

    def patient(self, case: str, **more: Any) -> int:
        """Add a patient of 64 years, or change one; returns its key."""
        known = {row["patient_id"]: row for row in self.rows["patient"]}
        row = known.get(case)
        if row is None:
            row = {"patient_key": len(known) + 1, "patient_id": case, "birth_date": date(1960, 1, 1), "sex": "female"}
            row["bucket"] = 0
            self.rows["patient"].append(row)
        row.update(more)
        return int(row["patient_key"])

    def diagnosis(self, case: str, encounter_key: int, code: str, sequence: int = 2, **more: Any) -> None:
        """Add an ICD-10-CM code; another ``code_system`` keeps it from mapping."""
        system = more.pop("code_system", "ICD-10-CM")
        icd10 = more.pop("icd10_code", code if system == "ICD-10-CM" else None)
        recorded = moment(more.pop("recorded_at", None))
        self._add(
            "diagnosis", case, encounter_key=encounter_key, code_system=system, code=code, icd10_code=icd10,
            ccs=ccs_of().get(icd10 or ""), sequence=sequence, recorded_at=recorded, **more,
        )  # fmt: skip

    def procedure(self, case: str, encounter_key: int, performed_at: str | None = None, **more: Any) -> None:
        """Add a procedure."""
        at = moment(performed_at)
        row = {"code_system": "ICD-10-PCS", "code": "3E0333Z", "performed_at": at, "performed_date": at and at.date()}
        self._add("procedure", case, encounter_key=encounter_key, **(row | more))

    def lab(
        self, case: str, loinc: str, value: float | None, unit: str | None, collected: str, resulted: str | None = None
    ) -> None:
        """Add a laboratory result."""
        times = {"collected_at": moment(collected), "resulted_at": moment(resulted)}
        self._add("lab_result", case, loinc_code=loinc, value=value, unit=unit, **times)

    def medication(self, case: str, kind: str, name: str, started: str, **more: Any) -> None:
        """Add an order or fill."""
        at = moment(started)
        self._add("medication", case, kind=kind, name=name, started_at=at, started_date=at and at.date(), **more)

    def answer(
        self, case: str, question: str, answer: str | None, at: str, instrument: str | None = "PRAPARE", **more: Any
    ) -> None:
        """Add a screening answer by LOINC code, or by text with ``answer_text``."""
        state = more.pop("answer_state", "answered")
        self._add(
            "sdoh_screening", case, question_loinc=question, answer_loinc=answer, instrument=instrument,
            answer_state=state, screened_at=moment(at), **more,
        )  # fmt: skip

    def area(self, kind: str, area_id: str, index: str, vintage: int, value: float) -> None:
        """Add an area index."""
        more = {"area_type": kind, "area_id": area_id, "index_name": index, "vintage": vintage, "value": value}
        self.rows["area_sdoh"].append(more)

    def _add(self, table: str, case: str, **row: Any) -> None:
        self.rows[table].append(row | {"patient_key": self.patient(case)})

    def load(self, con: duckdb.DuckDBPyConnection) -> None:
        """Create the core tables."""
        con.execute("CREATE SCHEMA IF NOT EXISTS core")
        self.rows["diagnosis_code"] = number_codes(self.rows["diagnosis"])
        self.rows["table_presence"] = [
            {"table_name": name, "is_present": name not in self.absent, "row_count": 0}
            for name in (*CORE_COLUMNS, "encounter:emergency", "encounter:observation")
            if name not in self.unsaid
        ]
        for name, columns in CORE_COLUMNS.items():
            typed = [column.strip().split(" ") for column in columns.split(",")]
            schema = pa.schema([(column, ARROW_TYPES[kind]) for column, kind in typed])
            filled = [{column: row.get(column) for column, _ in typed} for row in self.rows[name]]
            con.register("incoming", pa.Table.from_pylist(filled, schema=schema))
            con.execute(f"CREATE OR REPLACE TABLE core.{name} AS SELECT * FROM incoming")  # noqa: S608
            con.unregister("incoming")

    def run(self, point: str = "discharge") -> dict[str, Row]:
        """Run cohort and features at one kind of prediction point; returns the last matrix row of each case."""
        self.load(connection())
        run_stages(connection(), date(2030, 1, 1), (point,))
        return {row["patient_id"]: row for row in self.all_rows()}

    def all_rows(self) -> list[Row]:
        """Every matrix row of the last run in order of time."""
        return sorted(read_table(connection(), "features.matrix"), key=lambda row: row["known_at"])

    def needs(self) -> dict[tuple[str, str], Row]:
        """Rows of features.sdoh_need of the last run by (case, domain)."""
        owner = {row["patient_key"]: row["patient_id"] for row in self.rows["patient"]}
        rows = read_table(connection(), "features.sdoh_need")
        return {(owner[row["patient_key"]], row["domain"]): row for row in rows}


def run_stages(
    con: duckdb.DuckDBPyConnection, cut_off: date, prediction_points: Sequence[str] = ("discharge",)
) -> None:
    """Run the SQL of the cohort and the features on the core tables of a connection."""
    cohort_parameters = cohort.parameters(read_measure(Settings(cut_off)), cut_off)
    run_steps(con, {**cohort.STEPS, **cohort.ACROSS}, cohort_parameters)
    parameters = feature_stage.read_parameters(REFERENCE, cut_off, prediction_points)
    run_steps(con, {**feature_stage.STEPS, **feature_stage.ACROSS}, parameters)


def days_before(day: str, days: int, clock: str = "12:00") -> str:
    """Count calendar days back from a day."""
    return f"{date.fromisoformat(day) - timedelta(days=days)} {clock}"
