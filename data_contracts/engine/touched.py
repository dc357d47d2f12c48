"""Which patients a build of core has changed, for stages that work anew on those only and keep the rest.

Each build leaves ``lake/touched/<number>.parquet``, one row per table and patient any of whose rows there differ from
the core before; without a patient the table has changed for everybody. The file is in place before the new core is, and
a consumer remembers the last build it has worked in: what it has not seen adds up, and a build killed half-way names
patients too many, never too few.
"""

import filecmp
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.ledger import replace_text
from data_contracts.engine.parse_sql import quote
from data_contracts.engine.scan import files_sql
from data_contracts.lake_table import FRESH, relation

FOLDER = "touched"
BUILD_FILE = "build.json"
NUMBER_DIGITS = 6
# How many rows there are changes with every load and no row of any patient; whether there are any does not.
NOT_COMPARED = {"core.table_presence": frozenset({"row_count"})}
NOBODY = "SELECT NULL::INTEGER AS patient_key LIMIT 0"


@dataclass(frozen=True)
class Touched:
    """Whom a consumer has to work on again.

    ``build`` : number of the core build up to which this speaks. ``everything`` : why all patients are concerned, else
    None. ``sql`` : SELECT of the column patient_key, each patient once, where not all are.
    """

    build: int
    everything: str | None
    sql: str


def read_touched(lake: Path, consumer: str, tables: Collection[str], inputs: str = "") -> Touched:
    """Say whom a consumer has to work on again since it last called ``mark_consumed``.

    Parameters
    ----------
    lake : Path
        With a core that ``build_core`` made.
    consumer : str
        Name of the stage; each has a memory of its own.
    tables : collection of str
        Core tables the stage reads; what happened to others does not concern it.
    inputs : str
        Hash of whatever else its result depends on (code, settings, value sets); another one concerns all patients.
    """
    build = _read_number(lake / "core" / BUILD_FILE)
    mark = _read_json(_mark_file(lake, consumer))
    files = [_touched_file(lake, number) for number in range(mark.get("build", build) + 1, build + 1)]
    if (reason := _find_reason(mark, build, files, inputs)) or not files:
        return Touched(build, reason, NOBODY)
    names = ", ".join(quote(table) for table in sorted(tables))
    concerned = f"FROM read_parquet({files_sql([str(f) for f in files])}) WHERE table_name IN ({names})"
    with duckdb.connect() as con:
        changed = con.execute(f"SELECT min(table_name) {concerned} AND patient_key IS NULL").fetchall()[0][0]
    if changed:
        return Touched(build, f"{changed} has changed for all patients", NOBODY)
    return Touched(build, None, f"SELECT DISTINCT patient_key {concerned}")


def mark_consumed(lake: Path, consumer: str, touched: Touched, inputs: str = "") -> None:
    """Remember that a consumer's tables agree with the build and the inputs it read; forget what everybody has seen."""
    replace_text(_mark_file(lake, consumer), json.dumps({"build": touched.build, "inputs": inputs}))
    oldest = min(_read_number(path) for path in (lake / FOLDER).glob("*.json"))
    for path in _touched_files(lake):
        if int(path.stem) <= oldest:
            path.unlink()


def compare_cores(con: duckdb.DuckDBPyConnection, old: Path, new: Path, contracts: Iterable[Contract]) -> None:
    """Collect who is touched in the table ``touched``: table_name and patient_key, null where it is everybody."""
    for contract in contracts:
        pairs = _pair_parts(old / contract.name, new / contract.name)
        if pairs is None or _columns(con, old / contract.name) != _columns(con, new / contract.name):
            con.execute("INSERT INTO touched VALUES (?, NULL)", [contract.table])
            continue
        for before, after in pairs:
            is_fresh = (old / contract.name / FRESH).is_dir()
            if is_fresh or not filecmp.cmp(before, after, shallow=False):
                sides = (relation(path.parent, path.stem) for path in (before, after))
                compare_rows(con, contract, *sides)


def compare_rows(con: duckdb.DuckDBPyConnection, contract: Contract, before: str, after: str) -> None:
    """Add to ``touched`` whose rows differ between two relations of one table.

    Rows are compared as a sum of their hashes with the sign of the side they are on: equal rows cancel out, however
    often they stand there and in whatever order.
    """
    patient = "patient_key" if contract.patient_local else "NULL::INTEGER AS patient_key"
    ignored = NOT_COMPARED.get(contract.table, frozenset())
    columns = ", ".join(c.name for c in contract.stored_columns if c.name not in ignored)
    sides = " UNION ALL ".join(
        f"SELECT {patient}, {sign} * hash({columns})::HUGEINT AS signed_hash FROM {side}"
        for sign, side in ((-1, before), (1, after))
    )
    con.execute(
        f"INSERT INTO touched SELECT {quote(contract.table)}, patient_key FROM ({sides}) "
        "GROUP BY ALL HAVING sum(signed_hash) <> 0"
    )


def open_touched(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``touched``, of nobody so far."""
    con.execute("CREATE TEMP TABLE touched (table_name VARCHAR, patient_key INTEGER)")


def write_touched(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Write the table ``touched``."""
    con.execute(f"COPY (FROM touched ORDER BY ALL) TO {quote(str(target))} (FORMAT parquet)")


def _pair_parts(old: Path, new: Path) -> list[tuple[Path, Path]] | None:
    """Pair the parts of one table; None where they are cut otherwise, or there were none."""
    before, after = (sorted(folder.glob("*.parquet")) for folder in (old, new))
    same = [path.name for path in before] == [path.name for path in after]
    return list(zip(before, after, strict=True)) if same else None


def _columns(con: duckdb.DuckDBPyConnection, folder: Path) -> list[tuple[str, str]]:
    parts = quote(str(folder / "*.parquet"))
    return [row[:2] for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet({parts})").fetchall()]


def next_build_number(lake: Path) -> int:
    """Give a build a number above all that core, the files of touched patients or a consumer's memory know."""
    known = [_read_number(lake / "core" / BUILD_FILE), *(int(path.stem) for path in _touched_files(lake))]
    known += [_read_number(path) for path in (lake / FOLDER).glob("*.json")]
    return max(known) + 1


def write_build_number(core: Path, number: int) -> None:
    """Write the number of a build into the core it made."""
    replace_text(core / BUILD_FILE, json.dumps({"build": number}))


def place_touched(lake: Path, made: Path, number: int) -> None:
    """Move the file of a build into lake/touched."""
    target = _touched_file(lake, number)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.replace(target)


def _find_reason(mark: dict[str, Any], build: int, files: list[Path], inputs: str) -> str | None:
    """Say why nothing of what the consumer has made can be kept."""
    if not mark:
        return "the stage has not worked here before"
    if mark["inputs"] != inputs:
        return "the stage's code, settings or value sets have changed"
    if build < mark["build"]:
        return "core is older than what the stage has made"
    if not all(path.exists() for path in files):
        return "what has changed since the stage last worked is not known"
    return None


def _touched_file(lake: Path, number: int) -> Path:
    return lake / FOLDER / f"{number:0{NUMBER_DIGITS}d}.parquet"


def _mark_file(lake: Path, consumer: str) -> Path:
    return lake / FOLDER / f"{consumer}.json"


def _touched_files(lake: Path) -> list[Path]:
    return sorted((lake / FOLDER).glob("*.parquet"))


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _read_number(path: Path) -> int:
    """Read which build a file of core, or a consumer's memory, speaks of; 0 when there is no such file."""
    return int(_read_json(path).get("build", 0))
