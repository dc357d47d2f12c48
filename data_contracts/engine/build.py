"""Build the core layer from every accepted load and the staged one, or say everything that stands against it."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.engine.beside import build_beside
from data_contracts.engine.job import Job
from data_contracts.engine.ledger import OLD_CORE, StagedLoad, read_accepted
from data_contracts.engine.report import LoadReport
from data_contracts.engine.standing import (
    Standing,
    forget_standing,
    hash_inputs,
    name_parts,
    read_standing,
    write_standing,
)
from data_contracts.engine.touched import (
    next_build_number,
    open_touched,
    place_touched,
    write_build_number,
    write_touched,
)
from data_contracts.engine.whole import build_whole
from data_contracts.engine.workshop import BuildSettings, open_workshop, settle_bucket_count
from data_contracts.reference import load_reference

TOUCHED = "touched.parquet"
LOOKUP_TABLES = {"ccs_diagnosis", "ccs_procedure", "gem_diagnosis", "gem_procedure"}
NOT_STANDING = "no core stands that the same code has made from the accepted loads"
TOO_MANY = "the load concerns more patients than a piecemeal build is good for"


def build_core(
    lake: Path,
    contracts: Mapping[str, Contract],
    reference_folder: Path,
    staged: StagedLoad,
    settings: BuildSettings,
) -> LoadReport:
    """Build lake/core, lake/quarantine and lake/identity, as if all loads had come at once.

    A small load is laid beside the core that stands, any other has core built anew: the tables are the same. Nothing is
    moved into place before everything is known to be good; the caller then calls ``accept_load``, or ``refuse_load``
    when this raises.

    Returns
    -------
    LoadReport
        Counts per table and load; they reconcile.

    Raises
    ------
    ContractFailure
        A table of the staged load cannot be taken; lists all of them. Its rejected lines stay readable in
        lake/quarantine/<table>/refused-<load id>.parquet until the next load.
    UsageError
        There is no such time zone.
    """
    buckets = len(list((lake / "core" / "patient").glob("bucket_*.parquet")))
    settings = replace(settings, n_buckets=settle_bucket_count(buckets, settings.n_buckets))
    folder = lake / "core.work"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with open_workshop(folder, settings) as con:
            load_reference(con, reference_folder, only=LOOKUP_TABLES)
            job = Job(con, lake, folder, dict(contracts), staged, settings, tuple(read_accepted(lake)))
            report = _build(job, hash_inputs(contracts, reference_folder, settings))
        _move_into_place(lake, folder)
        return report
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(job: Job, inputs: str) -> LoadReport:
    """Write the core in the making, beside the one that stands where that will do."""
    open_touched(job.con)
    standing = read_standing(job.standing_core, inputs, job.accepted)
    built = build_beside(job, standing) if standing else None
    report, last = built or build_whole(job)
    if not built:
        report.built_anew = TOO_MANY if standing else NOT_STANDING
    write_touched(job.con, job.folder / TOUCHED)
    instant = last.isoformat() if last else None
    parts = name_parts(job.parts)
    write_standing(job.core, Standing(inputs, parts, instant, report.data_cut_off, report.to_dict()))
    return report


def _move_into_place(lake: Path, folder: Path) -> None:
    """Swap the finished core for the old one; quarantine and identity file by file, who is touched before all.

    From the first move to the last nothing can be built upon: a build after one that was killed here starts anew.
    """
    number = next_build_number(lake)
    write_build_number(folder / "core", number)
    place_touched(lake, folder / TOUCHED, number)
    core, old = lake / "core", lake / OLD_CORE
    forget_standing(core)
    for layer in ("quarantine", "identity"):
        for path in sorted((folder / layer).glob("*/all.parquet")):
            target = lake / layer / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    if core.exists():
        core.rename(old)
    (folder / "core").rename(core)
    shutil.rmtree(old, ignore_errors=True)
