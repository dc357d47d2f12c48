"""Columns of the landing tables: their order and kinds, and how arrays of positions and minutes become them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sources.simulated.units import NEVER

# Column -> kind, in the order of the source contract (version 1). Kinds: id, text, ts, date, int, float, bool.
LANDING: dict[str, dict[str, str]] = {
    "patients": dict.fromkeys(("patient_id",), "id")
    | {"birth_date": "date"}
    | dict.fromkeys(("sex", "race", "ethnicity", "language", "zip_code", "county_fips", "census_tract"), "text")
    | {"death_date": "date"}
    | dict.fromkeys(("primary_care_provider_id", "name", "mrn", "phone"), "text"),
    "encounters": dict.fromkeys(("encounter_id", "patient_id"), "id")
    | {"encounter_class": "text", "started_at": "ts", "ended_at": "ts", "status": "text", "facility_id": "id"}
    | dict.fromkeys(("unit", "service", "admission_type", "admission_source", "discharge_disposition"), "text")
    | dict.fromkeys(("drg_code", "payer_class", "attending_provider_id"), "text")
    | {"source_updated_at": "ts"},
    "diagnoses": dict.fromkeys(("encounter_id", "patient_id"), "id")
    | {"code_system": "text", "code": "text", "sequence": "int", "present_on_admission": "text", "recorded_at": "ts"},
    "procedures": dict.fromkeys(("encounter_id", "patient_id"), "id")
    | {"code_system": "text", "code": "text", "performed_at": "ts"},
    "medications": dict.fromkeys(("patient_id", "encounter_id"), "id")
    | dict.fromkeys(("kind", "code_system", "code", "name"), "text")
    | {"started_at": "ts", "ended_at": "ts"},
    "lab_results": dict.fromkeys(("patient_id", "encounter_id"), "id")
    | {"loinc_code": "text", "value": "float", "unit": "text", "collected_at": "ts", "resulted_at": "ts"},
    "sdoh_screenings": dict.fromkeys(("patient_id", "encounter_id"), "id")
    | dict.fromkeys(("instrument", "question_loinc", "answer_loinc", "answer_text", "answer_state"), "text")
    | {"screened_at": "ts"},
    "area_sdoh": {"area_type": "text", "area_id": "id", "index_name": "text", "vintage": "int", "value": "float"},
    "facilities": {"facility_id": "id", "name": "text", "kind": "text", "system_id": "text"},
    "case_managers": {"case_manager_id": "id"}
    | dict.fromkeys(("name", "role", "facility_ids", "units", "languages", "skills"), "text")
    | {"capacity_points": "float", "capacity_heads": "int", "active": "bool"},
    "resources": {"resource_id": "id"} | dict.fromkeys(("domain", "name", "zip_codes", "languages", "contact"), "text"),
    "interventions": dict.fromkeys(("patient_id", "encounter_id"), "id")
    | {"kind": "text", "started_at": "ts", "ended_at": "ts", "outcome": "text"},
}
ARROW_TYPES = {
    "id": pa.string(),
    "text": pa.string(),
    "ts": pa.timestamp("s"),
    "date": pa.date32(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
}


def words(values: Sequence[str | None], position: np.ndarray) -> pa.Array:
    """Return ``values[position]`` as text; a negative position is missing."""
    index = pa.array(position, mask=position < 0)
    return pa.array(list(values), pa.string()).take(index)


def numbered(prefix: str, width: int, number: np.ndarray) -> pa.Array:
    """Return text ids: prefix and number with leading zeros to ``width`` digits."""
    digits = pc.utf8_lpad(pc.cast(pa.array(number), pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def stamps(minute: np.ndarray) -> pa.Array:
    """Return timestamps without zone from minutes since 1970; NEVER is missing."""
    return pa.array(np.where(minute < NEVER, minute, 0) * 60, mask=minute >= NEVER).cast(pa.timestamp("s"))


def dates(day: np.ndarray) -> pa.Array:
    """Return dates from days since 1970; NEVER is missing."""
    return pa.array(np.where(day < NEVER, day, 0).astype(np.int32), mask=day >= NEVER).cast(pa.date32())


def masked(values: pa.Array, missing: np.ndarray) -> pa.Array:
    """Return the column with the marked entries missing."""
    return pc.if_else(pa.array(missing), pa.scalar(None, values.type), values)


def constant(value: str, size: int) -> pa.Array:
    """Return a text column that says the same everywhere."""
    return words([value], np.zeros(size, dtype=np.int64))


def frame(table: str, columns: dict[str, pa.Array | np.ndarray]) -> pd.DataFrame:
    """Return a landing table as a DataFrame with exactly the contract's columns, in its order (dates as datetime64)."""
    kinds = LANDING[table]
    arrow = pa.table({name: pa.array(columns[name]) for name in kinds})
    return arrow.to_pandas(date_as_object=False)
