"""Reading for the pandas peer: only the columns needed, text as dictionary codes, times as whole seconds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.features.rules import Rules

# Patient and second in one number: sorts by both, and a range of time of one patient is a range of numbers.
SECOND_BITS = 31
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Text:
    """A text column: each row's place in ``values``; -1 where it is missing."""

    places: np.ndarray
    values: list[str]

    def map(self, function: Callable[[str], object], missing: object, dtype: str) -> np.ndarray:
        """Apply a function once to each distinct value."""
        answers = np.array([*(function(value) for value in self.values), missing], dtype=dtype)
        return answers[self.places]

    def isin(self, values: frozenset[str] | set[str]) -> np.ndarray:
        """Mark the rows whose value is one of these."""
        return self.map(values.__contains__, missing=False, dtype="bool")


def read_parts(parts: Sequence[Path], numbers: str, texts: str = "") -> Iterator[dict]:
    """Read the columns of each part: numbers and times as arrays, texts as `Text`.

    Times come as whole seconds, days as days since 1970; a missing whole number as -1.
    """
    names = texts.split()
    for part in parts:
        table = pq.read_table(part, columns=[*numbers.split(), *names], read_dictionary=names).unify_dictionaries()
        columns = {name: table.column(name).combine_chunks() for name in table.column_names}
        yield {name: _read_text(column) if name in names else _read_number(column) for name, column in columns.items()}


@dataclass(frozen=True)
class DiagnosisCodes:
    """What a diagnosis code means, by its key: CCS category (-1: none), Charlson bits, and the planned-care lists."""

    ccs: np.ndarray
    charlson: np.ndarray
    is_always_planned: np.ndarray
    is_acute: np.ndarray


def read_codes(core: Path, rules: Rules) -> DiagnosisCodes:
    """Look every code up once."""
    columns = ("code_key ccs", "code_system code icd10_code")
    part = next(read_parts([core / "diagnosis_code" / "all.parquet"], *columns))
    # A key that is no code's, such as 0, is at the end of every list: no category, no condition.
    order = np.full(int(part["code_key"].max()) + 1, -1)
    order[part["code_key"]] = np.arange(len(part["code_key"]))
    systems, codes, icd10 = part["code_system"], part["code"], part["icd10_code"]
    masks = [
        rules.mask_of_code(systems.values[system], codes.values[code])
        for system, code in zip(systems.places.tolist(), codes.places.tolist(), strict=True)
    ]
    ccs = np.append(part["ccs"], -1)
    planned, acute = rules.always_planned_diagnosis, rules.acute_diagnosis
    return DiagnosisCodes(
        ccs[order],
        np.array([*masks, 0], dtype="int32")[order],
        (np.isin(ccs, list(planned.ccs)) | np.append(icd10.isin(planned.codes), False))[order],
        (np.isin(ccs, list(acute.ccs)) | np.append(icd10.isin(acute.codes), False))[order],
    )


def pack(patients: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Put patient and second into one number."""
    return (patients.astype("int64") << SECOND_BITS) + seconds


def _read_text(column: pa.ChunkedArray | pa.Array) -> Text:
    chunk = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    places = chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Text(places, chunk.dictionary.to_pylist())


def _read_number(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.int64()).to_numpy(zero_copy_only=False) // 1_000_000
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    if column.null_count and pa.types.is_integer(column.type):
        column = column.fill_null(-1)
    return column.to_numpy(zero_copy_only=False)
