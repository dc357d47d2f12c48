"""Homeward's definitions as plain loops: the answer the SQL is compared with.

Written from design/clinical-definitions.md and source-contract.md alone, without reading the SQL, one rule one
function, the sentence of the definition as its docstring. Slow and obvious on purpose: nothing here may be clever.
"""

from tests.naive.answer import Answer, answer
from tests.naive.rows import (
    Diagnosis,
    Encounter,
    Facility,
    History,
    LabResult,
    Medication,
    Patient,
    Procedure,
    Screening,
)
from tests.naive.settings import Settings
from tests.naive.value_sets import ValueSets, read_value_sets

__all__ = [
    "Answer",
    "Diagnosis",
    "Encounter",
    "Facility",
    "History",
    "LabResult",
    "Medication",
    "Patient",
    "Procedure",
    "Screening",
    "Settings",
    "ValueSets",
    "answer",
    "read_value_sets",
]
