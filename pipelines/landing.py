"""From any source format to a canonical landing folder."""

import contextlib
import dataclasses
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.settings import REFERENCE


@dataclass(frozen=True)
class Adapted:
    """A canonical landing folder, and what the adapter has to say of the source: counts and sentences."""

    folder: Path
    report: dict[str, Any]


@contextlib.contextmanager
def adapt_source(source: str, landing: Path, scratch: Path, seed: int) -> Iterator[Adapted]:
    """Give a canonical landing folder for the duration of a block.

    Parameters
    ----------
    source : str
        ``canonical``, ``desynpuf``, ``omop`` or ``simulated``.
    landing : Path
        Folder in the source's format; not looked at for ``simulated``.
    scratch : Path
        Where a converted folder may lie; removed afterwards.
    seed : int
        Seeds the simulated hospital.
    """
    if source == "canonical":
        yield Adapted(landing, {"source": source, "missing": []})
        return
    folder = scratch / "landing.work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield Adapted(folder, _simulate(folder, seed) if source == "simulated" else _convert(source, landing, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _convert(source: str, landing: Path, folder: Path) -> dict[str, Any]:
    import importlib

    import duckdb

    from data_contracts.reference import load_reference

    adapter = importlib.import_module(f"sources.{source}")
    con = duckdb.connect()
    try:
        load_reference(con, REFERENCE)
        return dataclasses.asdict(adapter.to_landing(con, landing, folder))
    finally:
        con.close()


def _simulate(folder: Path, seed: int) -> dict[str, Any]:
    from sources.simulated import simulate, write_landing

    write_landing(simulate(patients=20_000, years=3, seed=seed), folder)
    return {"source": "simulated", "missing": []}
