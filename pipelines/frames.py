"""Tables as frames, and frames as tables: the seam between DuckDB stages and pandas stages."""

import datetime as dt
import hashlib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.contract import Contract
from data_contracts.lake_table import FRESH, PATIENTS, fresh_files
from pipelines.home import Home
from pipelines.tables import contracts

ARROW_TYPES = {
    **dict.fromkeys(("id", "text", "enum", "code"), pa.string()),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "ts": pa.timestamp("us"),
}


def read_table(home: Home, table: str, columns: str = "*") -> pd.DataFrame:
    """Read a table of the lake, in order of its first column."""
    names = None if columns == "*" else columns.split(",")
    fresh = home.folder(table) / FRESH
    is_patched = fresh.is_dir()
    asked = None if names is None else [*names, *({"patient_key"} - set(names) if is_patched else ())]
    frame = pd.concat([pq.read_table(part, columns=asked).to_pandas() for part in home.parts(table)])
    if is_patched:
        replaced = pq.read_table(fresh / PATIENTS).column("patient_key").to_pandas()
        anew = [pq.read_table(file, columns=asked).to_pandas() for file in fresh_files(home.folder(table))]
        frame = pd.concat([frame[~frame["patient_key"].isin(replaced)], *anew])
        frame = frame if names is None else frame[names]
    return frame.sort_values(frame.columns[0], kind="stable").reset_index(drop=True)


def read_points(home: Home, table: str = "features.matrix", point: str = "discharge") -> pd.DataFrame:
    """Read the rows of one kind of prediction point in order of stay_key; known_at becomes scored_at."""
    frame = read_table(home, table)
    frame = frame[frame["prediction_point"] == point].drop(columns="point_key")
    frame = frame.rename(columns={"known_at": "scored_at"})
    return frame.sort_values("stay_key", kind="stable").reset_index(drop=True)


def digest(home: Home, table: str, day: dt.date) -> str:
    """Hash what a small table said on a day: of one by month, the months that had begun."""
    frame = read_table(home, table)
    if "month" in frame:
        frame = frame[pd.to_datetime(frame["month"]) <= pd.Timestamp(day)]
    return hashlib.sha256(frame.sort_values(list(frame.columns)).to_csv(index=False).encode()).hexdigest()


def write_table(home: Home, table: str, frame: pd.DataFrame | pa.Table) -> Path:
    """Write a table of the lake as one part, moved into place when complete."""
    schema, entity = table.split(".")
    folder = home.lake / schema / entity
    folder.mkdir(parents=True, exist_ok=True)
    content = (
        frame
        if isinstance(frame, pa.Table)
        else _typed(pa.Table.from_pandas(frame, preserve_index=False), contracts()[table])
    )
    part, target = folder / ".all.parquet.part", folder / "all.parquet"
    pq.write_table(content, part, compression="zstd")
    part.replace(target)
    return target


def _typed(table: pa.Table, contract: Contract) -> pa.Table:
    """Give columns without a single value the contract's type: neither pandas nor Arrow can guess it."""
    for place, field in enumerate(table.schema):
        if table.column(place).null_count == len(table):
            wanted = ARROW_TYPES.get(contract.column(field.name).type, field.type)
            table = table.set_column(place, field.name, pa.nulls(len(table), wanted))
    return table
