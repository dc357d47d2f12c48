"""The gates of a load: which tables of it cannot be taken, all of them at once."""

from collections import Counter

from data_contracts.engine.core_table import CoreTable
from data_contracts.engine.failures import TableFailure
from data_contracts.engine.ledger import Part, StagedLoad


def find_failures(tables: list[CoreTable], parts: list[Part], staged: StagedLoad) -> list[TableFailure]:
    """Collect what stands against the staged load: unreadable files, missing or empty tables, too many rejected rows.

    Parameters
    ----------
    tables : list of CoreTable
        Scanned tables, parents before those that refer to them.
    parts : list of Part
        Parts of all accepted loads and of the staged one.
    staged : StagedLoad
        The load in question; earlier loads passed the gates when they came.
    """
    failures = list(staged.failures)
    broken = {failure.table for failure in staged.failures}
    # An orphan of a table that failed itself says nothing about its own file; tables come after their parents.
    failed: set[str] = set()
    for table in tables:
        found = [*_find_empty(table, parts, staged, broken), *_find_rejected(table, staged, failed)]
        failures += found
        orphaned = any(r.to in failed and r.severity == "reject" for r in table.contract.references)
        if found or orphaned or table.contract.source in broken:
            failed.add(table.contract.table)
    return failures


def _find_empty(table: CoreTable, parts: list[Part], staged: StagedLoad, broken: set[str]) -> list[TableFailure]:
    source = str(table.contract.source)
    known = any(name == source for name, _ in staged.known_files)
    rows = sum(p.rows for p in staged.parts if p.table == source)
    if source not in staged.tables or source in broken or known or rows:
        return []
    before = sum(p.rows for p in parts if p.table == source and p.load_id != staged.load_id)
    if before:
        return [TableFailure(source, f"is empty; earlier loads brought {before:,} rows", "export the table again")]
    if table.contract.required:
        return [TableFailure(source, "is empty and required", "export the table again")]
    return []


def _find_rejected(table: CoreTable, staged: StagedLoad, failed: set[str]) -> list[TableFailure]:
    contract, load = table.contract, int(staged.load_id)
    source = str(contract.source)
    rows = sum(p.rows for p in staged.parts if p.table == source)
    if not rows:
        return []
    excused = {f"{r.rule}({r.columns[0]})" for r in contract.references if r.to in failed}
    rules = Counter({rule: n for rule, n in table.rules.get(load, {}).items() if rule not in excused})
    # With a parent failed, rows are told from mere orphans by their own rules only: the commonest is a lower bound.
    rejected = max(rules.values(), default=0) if excused else table.rejected.get(load, 0)
    if rejected <= contract.reject_limit * rows:
        return []
    commonest = min(rules, key=lambda rule: (-rules[rule], rule))  # of equals always the same
    rule, _, column = commonest.rstrip(")").partition("(")
    return [
        TableFailure(
            source,
            f"rejected, more than the limit of {contract.reject_limit:.0%}",
            f"read lake/quarantine/{source}/refused-{staged.load_id}.parquet and mend the extract",
            file=", ".join(sorted(p.file for p in staged.parts if p.table == source)),
            rule=rule,
            column=column,
            rows=rejected,
            of=rows,
        )
    ]
