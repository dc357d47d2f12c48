"""Write the simulated tables as a landing folder, and the truth somewhere else."""

from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from data_contracts.errors import UsageError
from sources.simulated.columns import ARROW_TYPES, LANDING
from sources.simulated.hospital import SimulatedHospital

CSV_FORMATS = {"ts": "%Y-%m-%dT%H:%M:%S", "date": "%Y-%m-%d"}


def to_arrow(table: str, frame: pd.DataFrame) -> pa.Table:
    """Return a landing table as Arrow with the contract's types; columns that hold planted bad values stay text."""
    columns = {}
    for name, kind in LANDING[table].items():
        column = pa.array(frame[name], from_pandas=True)
        if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
            column = column.cast(ARROW_TYPES[kind])
        else:
            column = column.cast(pa.string())
        columns[name] = column
    return pa.table(columns)


def write_landing(hospital: SimulatedHospital, out: Path, fmt: Literal["parquet", "csv"] = "parquet") -> list[Path]:
    """Write every landing table as ``out/NAME.parquet`` or ``out/NAME.csv``; never the truth.

    Raises
    ------
    UsageError
        ``fmt`` is neither parquet nor csv.
    """
    if fmt not in ("parquet", "csv"):
        raise UsageError(f"landing format: got {fmt}, expected parquet or csv")
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in hospital.tables.items():
        path = out / f"{name}.{fmt}"
        table = to_arrow(name, frame)
        if fmt == "parquet":
            pq.write_table(table, path, compression="zstd", store_schema=False)
        else:
            pa_csv.write_csv(_as_text(name, table), path, pa_csv.WriteOptions(quoting_style="needed"))
        written.append(path)
    return written


def _as_text(name: str, table: pa.Table) -> pa.Table:
    """Return the table with dates and timestamps in ISO 8601, as a text file carries them."""
    for at, (column, kind) in enumerate(LANDING[name].items()):
        if kind in CSV_FORMATS and not pa.types.is_string(table[column].type):
            table = table.set_column(at, column, pc.strftime(table[column], format=CSV_FORMATS[kind]))
    return table


def write_truth(hospital: SimulatedHospital, path: Path) -> Path:
    """Write the truth to ``path`` (Parquet, or CSV by its ending).

    Raises
    ------
    UsageError
        The folder holds landing tables: the truth must not lie where a pipeline would read it.
    """
    if any((path.parent / f"patients.{fmt}").exists() for fmt in ("parquet", "csv")):
        raise UsageError("truth file: its folder is a landing folder; give a path outside it")
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pandas(hospital.truth, preserve_index=False).replace_schema_metadata(None)
    if path.suffix == ".csv":
        pa_csv.write_csv(table, path)
    else:
        pq.write_table(table, path, compression="zstd", store_schema=False)
    return path
