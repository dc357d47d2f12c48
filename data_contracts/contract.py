"""The contract of a table: one YAML file, read into one checked object.

The same object compiles to the DuckDB scan that splits kept from quarantined rows, to the Great Expectations suite
that judges what was kept, and to the reference pages.
"""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_contracts.errors import HomewardError

ColumnType = Literal["id", "text", "enum", "code", "date", "ts", "int", "float", "bool", "list", "json"]
Severity = Literal["reject", "warn"]

# libyaml reads ten times faster than PyYAML's own parser, and is not in every build of it.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RESERVED = frozenset({"load_id", "file", "line", "arrival", "reject_bits", "warn_bits"})


class Strict(BaseModel):
    """A YAML mapping in which an unknown key is an error, not a silent wish."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Column(Strict):
    """One column: what it means and what may stand in it.

    ``required`` is about the column of the landing file, ``present`` about the value in each row. ``derived``
    columns are made by us, by the SQL expression ``as`` where there is one. ``pattern_by`` gives a pattern per value
    of another column, ``pad`` the length to which digits are padded with zeros. A ``landing_only`` column is read and
    checked but not stored; ``interns`` numbers the text id it names; ``lookup`` columns are filled by the contract's
    lookup.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: ColumnType
    description: str = Field(min_length=1)
    required: bool = False
    present: bool = False
    unit: str | None = None
    values: tuple[str, ...] | None = None
    min: float | str | None = None
    max: float | str | None = None
    pattern: str | None = None
    pattern_by: dict[str, dict[str, str]] | None = None
    pad: int | None = None
    severity: Severity | None = None
    identifying: bool = False
    derived: bool = False
    landing_only: bool = False
    interns: str | None = None
    lookup: bool = False
    expression: str | None = Field(default=None, alias="as")

    @property
    def must_exist(self) -> bool:
        """Whether the landing file has to carry the column."""
        return (self.required or self.present) and not self.derived

    @property
    def breaks(self) -> Severity:
        """What a bad value in a landing column does: reject the row, or be set to missing and counted."""
        return self.severity or ("reject" if self.required or self.present else "warn")


class Rule(Strict):
    """A rule across columns; ``when`` is SQL that is true for a bad row.

    ``uses`` names parent tables whose columns ``when`` reads (as ``patient.death_date``). Without ``sets_missing`` a
    warning only counts. With ``once_per`` the rows are bad only from the second one on: of those for which ``when`` is
    true, the first line within each group keeps its value.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    columns: tuple[str, ...]
    when: str
    severity: Severity = "reject"
    sets_missing: str | None = None
    uses: tuple[str, ...] = ()
    once_per: tuple[str, ...] = ()


class Reference(Strict):
    """A foreign key; a row without its parent is an orphan (reject) or loses the link (warn)."""

    columns: tuple[str, ...]
    to: str
    rule: str
    severity: Severity = "reject"


class Contract(Strict):
    """Everything that is promised about one table."""

    table: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    grain: str
    owner: str
    source: str | None = None
    required: bool = False
    key: tuple[str, ...] = ()
    version: str | None = None
    prefer_lowest: str | None = None
    reject_limit: float = 0.05
    sentinels: tuple[str, ...] = ()
    patient_local: bool = True
    lookup: str | None = None
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def layer(self) -> str:
        """The schema: core, cohort, features, scores, caseload."""
        return self.table.split(".")[0]

    @property
    def name(self) -> str:
        """The table without its schema."""
        return self.table.split(".")[1]

    @property
    def landing_columns(self) -> tuple[Column, ...]:
        """Columns a landing file may carry, identifying ones included."""
        return tuple(c for c in self.columns if not c.derived)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """Columns of the table itself: neither identifying nor read only."""
        return tuple(c for c in self.columns if not c.identifying and not c.landing_only)

    @property
    def identifying_columns(self) -> tuple[Column, ...]:
        """Columns that live in the identity schema only."""
        return tuple(c for c in self.columns if c.identifying)

    def column(self, name: str) -> Column:
        """Find a column by its name.

        Raises
        ------
        KeyError
            There is no such column.
        """
        return next((c for c in self.columns if c.name == name), None) or _no_column(self.table, name)

    @model_validator(mode="after")
    def _names_agree(self) -> "Contract":
        names = [c.name for c in self.columns]
        problems = [f"column {n} appears twice" for n in sorted({n for n in names if names.count(n) > 1})]
        problems += [f"column name {n} is reserved" for n in names if n in RESERVED]
        mentioned = [("key", n) for n in self.key]
        mentioned += [("version", n) for n in (self.version, self.prefer_lowest) if n]
        for rule in self.rules:
            mentioned += [(f"rule {rule.name}", n) for n in (*rule.columns, rule.sets_missing) if n]
        for reference in self.references:
            mentioned += [(f"reference {reference.rule}", n) for n in reference.columns]
        problems += [f"{who} names no column {n}" for who, n in mentioned if n not in names]
        problems += [f"enum {c.name} lists no values" for c in self.columns if c.type == "enum" and not c.values]
        rule_names = [r.name for r in self.rules]
        problems += [f"rule {n} appears twice" for n in sorted({n for n in rule_names if rule_names.count(n) > 1})]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _no_column(table: str, name: str) -> Column:
    raise KeyError(f"{table} has no column {name}")


def load_contract(path: Path) -> Contract:
    """Read one contract.

    Raises
    ------
    HomewardError
        The file is no YAML mapping, has an unknown key, names a column that it does not list, or is called
        otherwise than its table.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        contract = Contract.model_validate(yaml.load(path.read_text(encoding="utf-8"), YAML_LOADER))
    except (ValidationError, yaml.YAMLError) as error:
        raise HomewardError(f"not a valid contract: {error}", where=where, next_step="mend the YAML file") from error
    if contract.table != f"{path.parent.name}.{path.stem}":
        raise HomewardError(f"says it is {contract.table}", where=where, next_step="rename the file or the table")
    return contract


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Read every contract of a layer folder, or of all layer folders beneath.

    Returns
    -------
    dict
        By table name (``core.encounter``), in order of name.

    Raises
    ------
    HomewardError
        One of them is not valid.
    """
    contracts = (load_contract(path) for path in sorted(folder.rglob("*.yaml")))
    return {c.table: c for c in sorted(contracts, key=lambda c: c.table)}
