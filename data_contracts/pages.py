"""The contracts as a page for people: ``docs/reference/tables.md``."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from data_contracts.contract import Column, Contract, Reference, Rule

LAYERS = {
    "core": "Checked tables. Each is fed by one table of the landing folder.",
    "cohort": "Stays, index stays and labels.",
    "features": "What was known of each stay at discharge.",
    "scores": "Risks, their reasons, and who trained and judged the model.",
    "caseload": "The day's list.",
}
INTRODUCTION = """# Tables

Generated from the contracts in `data_contracts/` by `python -m data_contracts.pages`; do not edit.

The name of a table is its name in `warehouse.duckdb`, its asset key in Dagster and the name of its contract. What each
promise does when it is broken: [contracts](../how-to/contracts.md), [quarantine](../how-to/quarantine.md).

In `core`, *landing* says where a column comes from: **!** the file must have the column and each row a value;
**\\*** the file must have the column; **o** optional; **·** made by us. A value of an optional column that breaks its
promise is set to missing and counted; other broken rows are rejected. *Identifying* columns live in the schema
`identity` only.
"""


def render_tables(contracts: Mapping[str, Contract]) -> str:
    """Write every contract as Markdown.

    Parameters
    ----------
    contracts : mapping of table name to Contract
        As `data_contracts.contract.load_contracts` gives them.

    Returns
    -------
    str
        One page: an index by layer, then one section a table in order of layer and name.
    """
    found = dict.fromkeys([*LAYERS, *(contract.layer for contract in contracts.values())])
    layers = {layer: [c for c in contracts.values() if c.layer == layer] for layer in found}
    layers = {layer: sorted(tables, key=lambda c: c.table) for layer, tables in layers.items() if tables}
    lines = [INTRODUCTION, "| layer | tables |", "|---|---|"]
    lines += [f"| [{layer}](#{layer}) | {_index(tables)} |" for layer, tables in layers.items()]
    for layer, tables in layers.items():
        lines += ["", f"## {layer}", "", *([LAYERS[layer]] if layer in LAYERS else [])]
        for contract in tables:
            lines += ["", *_render_table(contract)]
    return "\n".join(lines) + "\n"


def _index(tables: Iterable[Contract]) -> str:
    return ", ".join(f"[{c.name}](#{c.table.replace('.', '')})" for c in tables)


def _render_table(contract: Contract) -> list[str]:
    is_core = contract.layer == "core"
    facts = [f"Grain: {contract.grain}.", f"Key: {_names(contract.key)}." if contract.key else "No key."]
    facts.append(f"Owner: {contract.owner}.")
    if contract.source:
        need = "required" if contract.required else "optional"
        facts.append(f"Landing table: `{contract.source}`, {need}; limit of rejected rows {contract.reject_limit:.0%}.")
    if contract.version:
        facts.append(f"The newest `{contract.version}` of a key counts.")
    heads = ("column", "type", *(("landing",) if is_core else ()), "promise", "meaning")
    lines = [f"### {contract.table}", "", f"{contract.description.rstrip('.')}. {' '.join(facts)}", "", _row(heads)]
    lines.append("|" + "---|" * len(heads))
    lines += [_row(_render_column(column, is_core)) for column in contract.columns]
    promises = [*map(_render_rule, contract.rules), *map(_render_reference, contract.references)]
    return [*lines, *([""] if promises else []), *promises]


def _render_column(column: Column, is_core: bool) -> tuple[str, ...]:
    kind = f"{column.type}, {column.unit}" if column.unit else column.type
    origin = (_origin(column),) if is_core else ()
    return (f"`{column.name}`", kind, *origin, "; ".join(_promises(column)), column.description)


def _origin(column: Column) -> str:
    if column.derived:
        return "·"
    if column.present:
        return "!"
    return "\\*" if column.required else "o"


def _promises(column: Column) -> list[str]:
    found = ["always there"] if column.present else []
    if column.values:
        found.append(f"one of {', '.join(column.values)}")
    if column.min is not None or column.max is not None:
        found.append(_bounds(column.min, column.max))
    if column.pattern:
        found.append(f"`{column.pattern}`")
    if column.pattern_by:
        found.append(f"form by {', '.join(column.pattern_by)}")
    if column.identifying:
        found.append("*identifying*")
    if column.landing_only:
        found.append("read, not stored")
    return found


def _bounds(low: float | str | None, high: float | str | None) -> str:
    shown = [f"{bound:g}" if isinstance(bound, float) else str(bound) for bound in (low, high)]
    if high is None:
        return f"at least {shown[0]}"
    return f"at most {shown[1]}" if low is None else f"{shown[0]} to {shown[1]}"


def _render_rule(rule: Rule) -> str:
    effect = f"{rule.severity}, sets `{rule.sets_missing}` to missing" if rule.sets_missing else rule.severity
    second = f", from the second per {_names(rule.once_per)} on" if rule.once_per else ""
    return f"- `{rule.name}` ({effect}): a row is bad when `{' '.join(rule.when.split())}`{second}"


def _render_reference(reference: Reference) -> str:
    return f"- `{reference.rule}` ({reference.severity}): {_names(reference.columns)} must be in `{reference.to}`"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    from data_contracts.contract import load_contracts

    here = Path(__file__).parent
    page = here.parent / "docs" / "reference" / "tables.md"
    page.write_text(render_tables(load_contracts(here)), encoding="utf-8")
