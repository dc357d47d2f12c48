"""What a build leaves in core so that the next load can be laid beside it, and when that must not be trusted.

Besides its tables core keeps ``standing.state``: the numbers of text ids and codes, and the account of the build. It is
used only by the same code, contracts and value sets, for the same accepted loads; else everything is built anew.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.ledger import Part, replace_text
from data_contracts.engine.parse_sql import quote
from data_contracts.engine.workshop import BuildSettings

FOLDER = "standing.state"  # no table has a dot in its name
FILE = "standing.json"
PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Standing:
    """A core as its build left it.

    ``inputs`` : hash of code, contracts, value sets and settings. ``parts`` : the landing files it was built from.
    ``last_instant`` : of any visit that took place, ISO, UTC; ``cut_off`` : ISO day. ``report`` : as plain JSON types.
    """

    inputs: str
    parts: tuple[str, ...]
    last_instant: str | None
    cut_off: str
    report: dict[str, Any]


def hash_inputs(contracts: Mapping[str, Contract], reference_folder: Path, settings: BuildSettings) -> str:
    """Hash everything but the loads and the cut-off that decides what core says."""
    digest = hashlib.sha256()
    for name, contract in sorted(contracts.items()):
        # How many rejected rows are too many decides whether a load is taken, not what it says.
        digest.update(f"{name} {contract.model_dump_json(exclude={'reject_limit'})}".encode())
    for folder, suffixes in ((PACKAGE, {".py", ".sql"}), (reference_folder, {".csv", ".gz", ".yaml"})):
        for path in sorted(p for p in folder.rglob("*") if p.suffix in suffixes):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    digest.update(f"{settings.site_timezone} {settings.n_buckets} {duckdb.__version__}".encode())
    return digest.hexdigest()


def name_parts(parts: Iterable[Part]) -> tuple[str, ...]:
    """Name landing files by where they lie and what is in them."""
    return tuple(sorted(f"{part.path} {part.sha256}" for part in parts))


def read_standing(core: Path, inputs: str, accepted: Iterable[Part]) -> Standing | None:
    """Read what the last build left; None when there is nothing, or it cannot be built upon."""
    path = core / FOLDER / FILE
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if content.get("inputs") != inputs or tuple(content["parts"]) != name_parts(accepted):
        return None
    return Standing(**content)


def write_standing(core: Path, standing: Standing) -> None:
    """Say of a core, when all else in it is written, that it can be built upon."""
    replace_text(core / FOLDER / FILE, json.dumps(asdict(standing)))


def forget_standing(core: Path) -> None:
    """Say of a core that it cannot be built upon: what belongs to it is about to be replaced."""
    (core / FOLDER / FILE).unlink(missing_ok=True)


def keep(con: duckdb.DuckDBPyConnection, core: Path, relation: str, file: str) -> None:
    """Write a relation into what core keeps."""
    (core / FOLDER).mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY (FROM {relation}) TO {quote(str(core / FOLDER / f'{file}.parquet'))} (FORMAT parquet)")


def kept(core: Path, file: str) -> str:
    """Relation of what core keeps; ``file`` may hold a ``*``."""
    return f"read_parquet({quote(str(core / FOLDER / f'{file}.parquet'))})"


def link_files(source: Path, target: Path, pattern: str = "*.parquet") -> None:
    """Give the files of a folder a second name in another: no byte is copied. Without the folder nothing happens."""
    for path in sorted(source.glob(pattern)):
        target.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target / path.name)
        except OSError:  # a file system without links
            shutil.copyfile(path, target / path.name)
