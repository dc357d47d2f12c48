"""The same contract as a Great Expectations suite, which judges whether a finished table keeps its promises.

The scan that builds core decides row by row; this judges whole tables, of every layer, after the fact. Parts are read
by DuckDB a bounded number of rows at a time, with one true/false column for each pattern and rule, and handed to Great
Expectations as a frame of the columns that promise anything. Only counts come back.
"""

import functools
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from data_contracts.contract import Column, Contract
from data_contracts.expectations import Promise, judged_columns, promises_of, type_verdicts

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 250_000


@dataclass(frozen=True)
class Verdict:
    """What became of one expectation: ``failed`` of ``total`` rows (or columns, for the shape of the table)."""

    expectation: str
    column: str
    severity: str
    failed: int
    total: int

    @property
    def success(self) -> bool:
        """Whether nothing failed."""
        return self.failed == 0


@dataclass(frozen=True)
class Judgement:
    """All verdicts on one table."""

    table: str
    rows: int
    checks: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether no blocking expectation failed."""
        return not any(c.severity == "block" and not c.success for c in self.checks)

    @property
    def failures(self) -> list[str]:
        """One line per expectation that failed, blocking ones first; counts and names only."""
        failed = sorted((c for c in self.checks if not c.success), key=lambda c: (c.severity, c.column, c.expectation))
        return [
            f"{self.table}.{c.column}: {c.failed:,} of {c.total:,} fail {c.expectation} ({c.severity})" for c in failed
        ]

    def to_dict(self) -> dict[str, Any]:
        """Give the judgement as plain JSON types."""
        return {
            "table": self.table,
            "rows": self.rows,
            "passed": self.passed,
            "checks": [{**asdict(c), "success": c.success} for c in self.checks],
        }


class ExpectationError(RuntimeError):
    """An expectation could not be evaluated; that is a fault of the contract or of us, never a failed check."""


def judge(parts: list[Path], contract: Contract, batch_rows: int = BATCH_ROWS) -> Judgement:
    """Judge a table by its contract.

    Parameters
    ----------
    parts : list of Path
        The Parquet parts of the table, at least one. Uniqueness is judged within a batch of whole parts, which is exact
        for tables by bucket whose key belongs to one patient, and for tables in one part.
    contract : Contract
        Of any layer.
    batch_rows : int
        Parts are judged together up to about so many rows; bounds the memory.

    Returns
    -------
    Judgement
        Verdicts without any value of the table.

    Raises
    ------
    ExpectationError
        An expectation raised instead of passing or failing.
    """
    con = duckdb.connect()
    try:
        types = dict(con.execute(_describe_sql(parts)).fetchall())
        verdicts = [Verdict(*v) for v in type_verdicts(contract, types)]
        sound = {v.column for v in verdicts if v.success} & set(types)
        promises = [p for p in promises_of(contract) if set(p.needs) <= sound]
        found = [[0, 0] for _ in promises]
        rows = 0
        for frame in _frames(con, parts, contract, promises, batch_rows):
            rows += len(frame)
            for total, (failed, count) in zip(found, _validate(frame, promises), strict=True):
                total[0] += failed
                total[1] += count
    finally:
        con.close()
    verdicts += [
        Verdict(p.expectation, p.column, p.severity, failed, total)
        for p, (failed, total) in zip(promises, found, strict=True)
    ]
    return Judgement(contract.table, rows, tuple(verdicts))


def _paths_sql(parts: list[Path]) -> str:
    return "[" + ", ".join("'" + str(part).replace("'", "''") + "'" for part in parts) + "]"


def _describe_sql(parts: list[Path]) -> str:
    return f"SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet({_paths_sql(parts)}))"


def _frames(
    con: duckdb.DuckDBPyConnection, parts: list[Path], contract: Contract, promises: list[Promise], batch_rows: int
) -> Iterator["pd.DataFrame"]:
    """Read whole parts together until a batch has about ``batch_rows`` rows."""
    select = ", ".join(judged_columns(contract, promises)) or "1 AS nothing"
    enums = [c.name for c in contract.stored_columns if c.values]
    batch: list[Path] = []
    rows = 0
    for part in parts:
        count = con.execute(f"SELECT count(*) FROM read_parquet({_paths_sql([part])})").fetchall()[0][0]
        if batch and rows + count > batch_rows:
            yield _read_frame(con, select, enums, batch)
            batch, rows = [], 0
        batch.append(part)
        rows += count
    yield _read_frame(con, select, enums, batch)


def _read_frame(con: duckdb.DuckDBPyConnection, select: str, enums: list[str], parts: list[Path]) -> "pd.DataFrame":
    # By way of Arrow text stays Arrow; DuckDB's own df() makes a Python object of each value.
    table = con.sql(f"SELECT {select} FROM read_parquet({_paths_sql(parts)})").to_arrow_table()
    return table.to_pandas(categories=[name for name in enums if name in table.column_names])


@functools.cache
def _batch_definition() -> Any:  # noqa: ANN401 - Great Expectations is imported late, its types with it
    """One throw-away context for the life of the process."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]  # GX types its own setting wrongly
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _validate(frame: "pd.DataFrame", promises: list[Promise]) -> list[tuple[int, int]]:
    """Validate one frame; failed and judged rows of each promise, in their order."""
    if frame.empty or not promises:
        return [(0, len(frame))] * len(promises)
    import great_expectations as gx
    import great_expectations.expectations as gxe

    definition = _batch_definition()
    built = [getattr(gxe, p.expectation)(**p.arguments, meta={"position": i}) for i, p in enumerate(promises)]
    suite = gx.ExpectationSuite(name="contract", expectations=built)
    outcome = definition.get_batch({"dataframe": frame}).validate(
        suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0}
    )
    counts = [(0, 0)] * len(promises)
    for result in outcome.results:
        position = result.expectation_config.meta["position"]
        _raise_if_erring(result.exception_info, promises[position])
        counts[position] = (int(result.result["unexpected_count"]), int(result.result["element_count"]))
    return counts


def _raise_if_erring(info: dict[str, Any] | None, promise: Promise) -> None:
    """Tell erring from failing: an erring one has exception_info, sometimes one level down."""
    levels = [info or {}, *(v for v in (info or {}).values() if isinstance(v, dict))]
    if any(level.get("raised_exception") for level in levels):
        raise ExpectationError(f"{promise.expectation} on {promise.column} could not be evaluated")


def describe_expectations(contract: Contract) -> list[tuple[str, str, str]]:
    """List (expectation, column, severity) of a contract, for the reference pages."""
    return [(p.expectation, p.column, p.severity) for p in promises_of(contract)]


__all__ = ["Column", "ExpectationError", "Judgement", "Verdict", "describe_expectations", "judge"]
