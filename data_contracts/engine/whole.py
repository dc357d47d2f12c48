"""Core built anew from every load, as if all had come at once."""

from datetime import datetime

from data_contracts.contract import Contract
from data_contracts.engine.core_table import CoreTable
from data_contracts.engine.job import Job, check_gates, give_account, identity_sql, write_codes, write_presence
from data_contracts.engine.keys import map_codes, number_ids
from data_contracts.engine.parse_sql import quote
from data_contracts.engine.quarantine import write_quarantine
from data_contracts.engine.report import LoadReport
from data_contracts.engine.scan import compile_scan
from data_contracts.engine.standing import keep
from data_contracts.engine.touched import compare_cores
from data_contracts.engine.workshop import find_last_instant, set_cut_off


def build_whole(job: Job) -> tuple[LoadReport, datetime | None]:
    """Scan, judge and write every table.

    Returns
    -------
    (LoadReport, datetime or None)
        The account, and the last instant of any visit that took place.
    """
    encounter = job.contracts["core.encounter"]
    last = find_last_instant(job.con, job.settings, encounter, job.raw(encounter, job.parts))
    cut_off = set_cut_off(job.con, job.settings, last)
    tables = [_scanned(job, contract) for contract in job.landed]
    check_gates(job, tables)
    for table in tables:
        if table.contract.lookup:
            changes = [(1, table.work)] if table.work else []
            table.unmapped_codes = map_codes(job.con, table.contract, changes)
            keep(job.con, job.core, f"seen_code_{table.contract.name}", f"code_{table.contract.name}")
        table.write(job.core / table.contract.name)
    write_codes(job)
    report = give_account(job, tables, job.parts, cut_off)
    write_presence(job, report)
    for table in tables:
        _write_apart(job, table)
    compare_cores(job.con, job.standing_core, job.core, job.contracts.values())
    return report, last


def _scanned(job: Job, contract: Contract) -> CoreTable:
    raw = job.raw(contract, job.parts)
    scan = compile_scan(contract, job.settings.in_utc)
    read = f"({scan.read_sql.replace('{raw}', raw)})" if raw else None
    table = CoreTable(job.con, contract, job.settings, scan, read, job.folder / "rows" / contract.name)
    table.run_scan()
    if table.interned:
        if raw:
            number_ids(job.con, contract, raw)
            keep(job.con, job.core, f"number_{contract.name}", f"number_{contract.name}")
        table.settle_parent()
    return table


def _write_apart(job: Job, table: CoreTable) -> None:
    """Write what does not belong in core: rejected rows, and the identifying columns of the rows that stand."""
    contract = table.contract
    parts = [p for p in job.parts if p.table == contract.source]
    target = job.folder / "quarantine" / str(contract.source) / "all.parquet"
    write_quarantine(job.con, table.work, table.scan.reject_checks, parts, target)
    if contract.identifying_columns:
        target = job.folder / "identity" / contract.name / "all.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        select = identity_sql(job, contract, parts)
        order = ", ".join(contract.key)
        job.con.execute(f"COPY (FROM ({select}) ORDER BY {order}) TO {quote(str(target))} (FORMAT parquet)")
