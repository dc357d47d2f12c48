"""Stage a landing folder: every new file becomes a text Parquet part of lake/raw, identifying columns apart."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.contract import Contract
from data_contracts.engine.failures import TableFailure
from data_contracts.engine.ledger import MAX_PARTS, Part, StagedLoad, next_load_id, read_accepted, sweep
from sources.canonical.discover import LandingFile, discover
from sources.canonical.read_part import UnreadableFileError, read_part

READ_BYTES = 1 << 20


def stage_load(landing: Path, lake: Path, contracts: Mapping[str, Contract]) -> StagedLoad:
    """Read a landing folder into lake/raw and lake/identity as a load that is not yet accepted.

    Leftovers of killed runs are removed first. A file whose content was accepted before, for the same table, is passed
    over. What is wrong with files is collected, not raised: ``build_core`` raises it with what is wrong in rows.

    Parameters
    ----------
    landing : Path
        Folder in the canonical landing format.
    lake : Path
        HOME/lake; made when it is not there.
    contracts : mapping
        Contracts of the core layer by table name; each names its landing table as ``source``.

    Returns
    -------
    StagedLoad
        To be given to ``build_core`` and then to ``accept_load`` or ``refuse_load``.

    Raises
    ------
    UsageError
        The landing folder is not there.
    """
    sweep(lake)
    by_source = {c.source: c for c in contracts.values() if c.source}
    found = discover(landing, by_source)
    stage = _Stage(lake, next_load_id(lake), {(p.table, p.sha256) for p in read_accepted(lake)})
    stage.failures += found.failures
    stage.failures += [
        TableFailure(c.source, "is required and not in the landing folder", f"add {c.source}.csv or .parquet")
        for c in by_source.values()
        if c.source and c.required and c.source not in found.tables
    ]
    for file in found.files:
        stage.take(file, by_source[file.table])
    return StagedLoad(
        load_id=stage.load_id,
        parts=tuple(stage.parts),
        tables=found.tables,
        known_files=tuple(stage.known_files),
        unknown_files=found.unknown_files,
        extra_columns={table: tuple(sorted(names)) for table, names in stage.extra_columns.items()},
        failures=tuple(stage.failures),
    )


class _Stage:
    """What has been collected while the files of one landing folder are taken one after the other."""

    def __init__(self, lake: Path, load_id: str, accepted: set[tuple[str, str]]) -> None:
        self.lake, self.load_id, self.accepted = lake, load_id, accepted
        self.parts: list[Part] = []
        self.known_files: list[tuple[str, str]] = []
        self.extra_columns: dict[str, set[str]] = {}
        self.failures: list[TableFailure] = []

    def take(self, file: LandingFile, contract: Contract) -> None:
        """Stage one file, or note why not."""
        sha256 = _hash_file(file.path)
        if (file.table, sha256) in self.accepted:
            self.known_files.append((file.table, file.name))
            return
        number = 1 + sum(part.table == file.table for part in self.parts)
        if number > MAX_PARTS:
            self.failures.append(TableFailure(file.table, f"has more than {MAX_PARTS:,} files", "join some of them"))
            return
        part = Part(file.table, self.load_id, number, file.name, sha256, rows=0)
        try:
            header, first_line, batches = read_part(file.path)
            missing = [c.name for c in contract.landing_columns if c.must_exist and c.name not in header]
            if missing:
                self._fail(file, f"has no column {', '.join(missing)}, which is required", "add it to the extract")
                return
            rows = _write_part(self.lake, part, contract, batches, first_line)
        except UnreadableFileError as reason:
            for layer in ("raw", "identity"):
                (self.lake / layer / part.path).unlink(missing_ok=True)
            self._fail(file, f"refused whole: {reason}", "export the file again")
            return
        # The second copy of a file within one landing folder says nothing new either.
        self.accepted.add((file.table, sha256))
        self.parts.append(Part(**{**vars(part), "rows": rows}))
        extra = set(header) - {c.name for c in contract.landing_columns}
        if extra:
            self.extra_columns.setdefault(file.table, set()).update(extra)

    def _fail(self, file: LandingFile, what: str, next_step: str) -> None:
        self.failures.append(TableFailure(file.table, what, next_step, file=file.name))


def _hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _write_part(lake: Path, part: Part, contract: Contract, batches: Iterator[pa.RecordBatch], first_line: int) -> int:
    """Write the batches of one file to lake/raw, its identifying columns to lake/identity; give the number of rows."""
    keys = [c.name for c in contract.landing_columns if c.name in contract.key]
    hidden = [c.name for c in contract.identifying_columns]
    targets = {"raw": [c.name for c in contract.landing_columns if not c.identifying]}
    if hidden:
        targets["identity"] = keys + hidden
    writers: dict[str, pq.ParquetWriter] = {}
    rows = 0
    try:
        for layer, names in targets.items():
            path = lake / layer / part.path
            path.parent.mkdir(parents=True, exist_ok=True)
            writers[layer] = pq.ParquetWriter(path, _schema(names), compression="zstd", compression_level=1)
        for batch in batches:
            lines = np.arange(rows + first_line, rows + first_line + len(batch))
            for layer, names in targets.items():
                writers[layer].write_batch(_with_origin(batch, names, part, lines))
            rows += len(batch)
    finally:
        for writer in writers.values():
            writer.close()
    return rows


def _schema(names: list[str]) -> pa.Schema:
    origin = [("load_id", pa.string()), ("file", pa.string()), ("line", pa.int64()), ("arrival", pa.int64())]
    return pa.schema([*origin, *((name, pa.string()) for name in names)])


def _with_origin(batch: pa.RecordBatch, names: list[str], part: Part, lines: np.ndarray) -> pa.RecordBatch:
    """Put load, file, line and arrival before the columns asked for; a column the file lacks is missing throughout."""
    count = len(batch)
    here = set(batch.schema.names)
    columns = [
        pa.repeat(pa.scalar(part.load_id), count),
        pa.repeat(pa.scalar(part.file), count),
        pa.array(lines),
        pa.array(lines + part.first_arrival),
        *(batch.column(name) if name in here else pa.nulls(count, pa.string()) for name in names),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_schema(names))
