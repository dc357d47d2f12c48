"""Tables as frames, and frames as tables: the seam between DuckDB stages and pandas stages."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.contract import Contract
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
    parts = home.parts(table)
    frame = pd.concat(
        [pq.read_table(p, columns=None if columns == "*" else columns.split(",")).to_pandas() for p in parts]
    )
    first = frame.columns[0]
    return frame.sort_values(first, kind="stable").reset_index(drop=True)


def read_points(home: Home, table: str = "features.matrix", point: str = "discharge") -> pd.DataFrame:
    """Read the rows of one kind of prediction point in order of stay_key; known_at becomes scored_at."""
    frame = read_table(home, table)
    frame = frame[frame["prediction_point"] == point].drop(columns="point_key")
    frame = frame.rename(columns={"known_at": "scored_at"})
    return frame.sort_values("stay_key", kind="stable").reset_index(drop=True)


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
