"""Measures as data: ``reference/measures/<name>/definition.yaml`` read and checked, and the page made from them."""

import csv
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_contracts.errors import HomewardError, UsageError

FILE_NAME = "definition.yaml"
# A longer list of codes is counted on the page, not shown.
CODES_SHOWN = 80
DROP_RULES = (
    "outside_condition",
    "age_under_18",
    "not_finished",
    "died_in_hospital",
    "transferred_out",
    "against_medical_advice",
    "psychiatric",
    "rehabilitation",
    "cancer_medical",
    "exempt_facility",
    "discharged_same_day",
    "transferred_in",
    "too_many_procedures",
    "prior_excluded_procedure",
    "later_operation",
    "within_30_days_of_index",
    "no_full_follow_up",
)
# A drop rule that reads an option of the measure: naming the rule and setting the option go together.
OPTION_OF_RULE = {
    "outside_condition": "condition",
    "exempt_facility": "exempt_facility_kinds",
    "too_many_procedures": "procedure_count_max",
    "prior_excluded_procedure": "procedure_look_back_days",
    "later_operation": "operation_period_days",
    "within_30_days_of_index": "index_gap_days",
}
# Drop rules about the condition of the measure: without one they would drop nothing.
RULES_OF_CONDITION = {"too_many_procedures", "prior_excluded_procedure", "later_operation"}


class Measure(BaseModel):
    """A readmission measure: whom it counts from (age, drop rules, condition) and what it counts as a return.

    ``checked`` is true, or says what was not read in a primary source. ``drop_rules`` are in the order of the
    attrition table. ``condition`` names rows of ``reference.hrrp_condition``; null: every stay.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    source: str
    source_year: int
    version: str
    owner: str
    checked: Literal[True] | str = Field(union_mode="left_to_right")
    notes: list[str]
    min_age_years: int = Field(ge=0)
    follow_up_days: int = Field(ge=1)
    follow_up_convention: Literal["calendar_days", "hours"]
    short_horizon_days: int = Field(ge=1)
    long_horizon_days: int = Field(ge=1)
    non_acute_facility_kinds: list[str]
    exempt_facility_kinds: list[str]
    drop_rules: list[str] = Field(min_length=1)
    condition: str | None
    counts_planned_returns: bool
    index_gap_days: int = Field(default=0, ge=0)
    procedure_look_back_days: int = Field(default=0, ge=0)
    operation_period_days: int = Field(default=0, ge=0)
    procedure_count_max: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _check_horizons(self) -> Self:
        if not self.short_horizon_days < self.follow_up_days < self.long_horizon_days:
            raise ValueError("short_horizon_days, follow_up_days and long_horizon_days must rise")
        return self

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        if unknown := sorted(set(self.drop_rules) - set(DROP_RULES)):
            raise ValueError(f"unknown drop rules {', '.join(unknown)}; known are {', '.join(DROP_RULES)}")
        if len(set(self.drop_rules)) < len(self.drop_rules):
            raise ValueError("a drop rule is named twice")
        for rule, option in OPTION_OF_RULE.items():
            if (rule in self.drop_rules) != bool(getattr(self, option)):
                raise ValueError(f"drop rule {rule} and {option} go together")
        if self.condition is None and (idle := sorted(RULES_OF_CONDITION & set(self.drop_rules))):
            raise ValueError(f"drop rules {', '.join(idle)} need a condition")
        return self

    @model_validator(mode="after")
    def _check_checked(self) -> Self:
        if isinstance(self.checked, str) and not self.checked.startswith("to be checked: "):
            raise ValueError("checked is true, or 'to be checked: ' and what")
        return self


def list_measures(folder: Path) -> list[str]:
    """Name the measures of a folder: its folders that hold a definition."""
    return sorted(path.parent.name for path in folder.glob(f"*/{FILE_NAME}"))


def load_measure(folder: Path, name: str) -> Measure:
    """Read one measure.

    Parameters
    ----------
    folder : Path
        ``reference/measures``.
    name : str
        A folder in it.

    Returns
    -------
    Measure

    Raises
    ------
    UsageError
        There is no such measure.
    HomewardError
        Its definition is not valid.
    """
    if name not in (known := list_measures(folder)):
        raise UsageError(f"no measure {name!r}", where="measure", next_step=f"choose one of {', '.join(known)}")
    where = f"reference/measures/{name}/{FILE_NAME}"
    try:
        measure = Measure.model_validate(yaml.safe_load((folder / name / FILE_NAME).read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise _not_valid(_words(error), where) from error
    if measure.name != name:
        raise _not_valid(f"calls itself {measure.name!r}", where)
    return measure


def load_measures(folder: Path) -> tuple[Measure, ...]:
    """Read every measure of ``reference/measures``, in the order of their names."""
    return tuple(load_measure(folder, name) for name in list_measures(folder))


def read_condition_codes(path: Path) -> list[dict[str, str]]:
    """Read ``value_sets/hrrp_condition.csv``: one mapping per condition, role and code prefix."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def render_measures(measures: Sequence[Measure], codes: Sequence[dict[str, str]]) -> str:
    """Write the measures as a Markdown page (``docs/reference/measures.md``).

    Parameters
    ----------
    measures : sequence of Measure
    codes : sequence of mappings
        Rows of ``reference.hrrp_condition``.
    """
    lines = [
        "# Measures",
        "",
        "Generated from `reference/measures/*/definition.yaml` by `python -m features.cohort.measure`; do not edit.",
        "Choose one with `--set measure=<name>`. What each drop rule means: [rule book](rule-book.md).",
        "",
        "| measure | what | age | checked |",
        "|---|---|---|---|",
        *(f"| [{m.name}](#{m.name}) | {m.title} | {m.min_age_years} | {_checked(m)} |" for m in measures),
    ]
    for measure in measures:
        lines += _render_measure(measure)
        if measure.condition:
            lines += _render_codes(row for row in codes if row["condition"] == measure.condition)
    return "\n".join(lines) + "\n"


def _checked(measure: Measure) -> str:
    return "yes" if measure.checked is True else measure.checked


def _days(days: int) -> str:
    return f"{days} days" if days else ""


def _render_measure(measure: Measure) -> list[str]:
    options = {
        "source": measure.source,
        "version": measure.version,
        "owner": measure.owner,
        "return within": f"{measure.follow_up_days} days ({measure.follow_up_convention})",
        "also": f"{measure.short_horizon_days} and {measure.long_horizon_days} days",
        "planned returns": "count" if measure.counts_planned_returns else "do not count",
        "index stays at least": f"{measure.index_gap_days} days apart" if measure.index_gap_days else "",
        "excluded procedures before": _days(measure.procedure_look_back_days),
        "first operation of": _days(measure.operation_period_days),
        "codes of the operation at most": str(measure.procedure_count_max or ""),
        "condition": measure.condition or "",
        "not acute": ", ".join(measure.non_acute_facility_kinds),
        "exempt": ", ".join(measure.exempt_facility_kinds),
        "drop rules, in order": ", ".join(f"`{rule}`" for rule in measure.drop_rules),
    }
    return [
        "",
        f"## {measure.name}",
        "",
        f"{measure.title}.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in options.items() if value),
        "",
        *(f"- {note}" for note in measure.notes),
    ]


def _render_codes(rows: Iterable[dict[str, str]]) -> list[str]:
    role = itemgetter("role", "code_system", "needs_present_on_admission")
    lines = ["", "| role | system | code begins with |", "|---|---|---|"]
    for (name, system, on_admission), group in groupby(sorted(rows, key=role), key=role):
        prefixes = [row["code_prefix"] for row in group]
        shown = " ".join(prefixes) if len(prefixes) <= CODES_SHOWN else f"{len(prefixes)} codes"
        present = ", present on admission" if on_admission == "true" else ""
        lines.append(f"| {name}{present} | {system} | {shown} |")
    return lines


def _words(error: yaml.YAMLError | ValidationError) -> str:
    if isinstance(error, yaml.YAMLError):
        return "not readable as YAML"
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'measure'}: {e['msg']}" for e in error.errors())


def _not_valid(what: str, where: str) -> HomewardError:
    return HomewardError(what, where=where, next_step="mend it; hwr_adapted/definition.yaml shows every field")


if __name__ == "__main__":
    project = Path(__file__).parents[2]
    codes = read_condition_codes(project / "reference" / "value_sets" / "hrrp_condition.csv")
    text = render_measures(load_measures(project / "reference" / "measures"), codes)
    (project / "docs" / "reference" / "measures.md").write_text(text, encoding="utf-8")
