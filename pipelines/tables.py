"""Asset specs and checks from contracts: one name is asset key, table, contract and SQL stem."""

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts.contract import Contract, load_contracts
from data_contracts.judge import Judgement
from data_contracts.lake_table import count_rows, fresh_files
from pipelines.home import Home
from pipelines.settings import CONTRACTS

CHECK = "contract"
MATRIX = "features.matrix"


@functools.cache
def contracts() -> dict[str, Contract]:
    """Every contract by table name; those of the feature subjects are written from the catalogue."""
    from pipelines.feature_contracts import feature_contracts

    return {**load_contracts(CONTRACTS), **feature_contracts()}


def key(table: str) -> dg.AssetKey:
    """Asset key of ``schema.entity``."""
    return dg.AssetKey(table.split("."))


def spec(table: str, deps: Sequence[str], *kinds: str) -> dg.AssetSpec:
    """Describe a table's asset from its contract."""
    contract = contracts()[table]
    return dg.AssetSpec(
        key(table),
        deps=[key(d) for d in deps],
        description=f"{contract.description} Grain: {contract.grain}.",
        group_name=contract.layer,
        owners=[f"team:{contract.owner.replace(' ', '-')}"],
        kinds=set(kinds or ("duckdb", "parquet")),
        metadata={"contract": f"data_contracts/{contract.layer}/{contract.name}.yaml", "key": ", ".join(contract.key)},
    )


def check_specs(tables: Sequence[str]) -> list[dg.AssetCheckSpec]:
    """One blocking check a table: its contract, judged by Great Expectations."""
    return [
        dg.AssetCheckSpec(CHECK, asset=key(t), blocking=True, description=f"{t} keeps its contract.") for t in tables
    ]


def results(
    home: Home, tables: Sequence[str], seconds: float, extra: dict[str, dict[str, Any]] | None = None
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Judge each written table by its contract and yield what Dagster wants to hear: counts and timings, no values.

    Of a table of which only some patients' rows were made anew those are judged. A subject of the features is judged as
    columns of the matrix.
    """
    from caseload.publish import mark_stale

    judged: dict[str, Judgement] = {}
    for table in tables:
        judgement = _judge(home, table, judged)
        if not judgement.passed:
            mark_stale(home.root, "contract_failed", "; ".join(judgement.failures), None)
        yield dg.MaterializeResult(
            asset_key=key(table),
            metadata={
                "dagster/row_count": _count_rows(home, table, judgement),
                "rows_judged": judgement.rows,
                "stage_seconds": round(seconds, 2),
                **(extra or {}).get(table, {}),
            },
        )
        yield dg.AssetCheckResult(
            check_name=CHECK,
            asset_key=key(table),
            passed=judgement.passed,
            metadata={
                "expectations": len(judgement.checks),
                "failed": "; ".join(judgement.failures) or "none",
            },
        )


def _judge(home: Home, table: str, judged: dict[str, Judgement]) -> Judgement:
    from data_contracts.judge import judge

    if parts := _written_parts(home, table):
        judged[table] = judge(parts, contracts()[table])
        return judged[table]
    matrix = judged.get(MATRIX) or _judge(home, MATRIX, judged)
    names = {column.name for column in contracts()[table].columns}
    return Judgement(table, matrix.rows, tuple(check for check in matrix.checks if check.column in names))


def _count_rows(home: Home, table: str, judgement: Judgement) -> int:
    folder = home.folder(table if home.parts(table) else MATRIX)
    return count_rows(folder) if fresh_files(folder) else judgement.rows


def _written_parts(home: Home, table: str) -> list[Path]:
    return fresh_files(home.folder(table)) or home.parts(table)
