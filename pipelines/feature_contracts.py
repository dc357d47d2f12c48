"""The contracts of the feature tables, written from the catalogue: a feature is described once."""

from collections.abc import Mapping
from typing import Any

from data_contracts.contract import Contract
from features.catalogue import Feature, contract_columns, load_catalogue, load_descriptions
from features.features import PREDICTION_POINTS

POINT_KEY = {
    "name": "point_key", "type": "int", "present": True, "min": 1, "description": "The prediction point: stay and day.",
}  # fmt: skip
GRAIN = "one row per prediction point"
MATRIX = "Every feature of the catalogue side by side; the subjects' own tables are views of its columns."
IDENTIFIERS: list[dict[str, Any]] = [
    POINT_KEY,
    {"name": "stay_key", "type": "int", "present": True, "min": 1, "description": "The stay, see cohort.stay."},
    {"name": "stay_id", "type": "id", "present": True, "description": "The stay: the id of its first encounter."},
    {"name": "encounter_id", "type": "id", "present": True, "description": "Last encounter of the stay."},
    {"name": "patient_key", "type": "int", "present": True, "min": 1, "description": "The patient, see core.patient."},
    {"name": "patient_id", "type": "id", "present": True, "description": "The source's own patient id."},
    {"name": "discharge_date", "type": "date", "description": "Calendar day of discharge, site time."},
    {"name": "known_at", "type": "ts", "present": True, "description": "Prediction time: what was known then, UTC."},
    {
        "name": "prediction_point", "type": "enum", "present": True, "values": PREDICTION_POINTS,
        "description": "At which point of the stay the prediction is made.",
    },
    {"name": "facility_id", "type": "id", "description": "Facility that has, or discharged, the patient."},
]  # fmt: skip


def feature_contracts() -> dict[str, Contract]:
    """Contracts of every subject and of ``features.matrix``, by table name."""
    catalogue = load_catalogue()
    subjects = {
        table: _contract(table, description, [POINT_KEY, *_columns_of(catalogue, table)])
        for table, description in load_descriptions().items()
    }
    return {
        **subjects,
        "features.matrix": _contract("features.matrix", MATRIX, [*IDENTIFIERS, *contract_columns(catalogue)]),
    }


def _columns_of(catalogue: tuple[Feature, ...], table: str) -> list[dict[str, Any]]:
    return contract_columns(feature for feature in catalogue if feature.table == table)


def _contract(table: str, description: str, columns: list[dict[str, Any]]) -> Contract:
    entry: Mapping[str, object] = {
        "table": table, "description": description, "grain": GRAIN, "owner": "features", "key": ["point_key"],
        "columns": columns,
    }  # fmt: skip
    return Contract.model_validate(entry)
