"""Measures as data: ``reference/measures/<name>/definition.yaml`` read and checked."""

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_contracts.errors import HomewardError, UsageError

FILE_NAME = "definition.yaml"
# A drop rule that reads an option of the measure: naming the rule and setting the option go together.
OPTION_OF_RULE = {
    "outside_condition": "condition",
    "exempt_facility": "exempt_facility_kinds",
    "within_30_days_of_index": "index_gap_days",
}


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
    index_gap_days: int = Field(ge=0)

    @model_validator(mode="after")
    def _check_horizons(self) -> Self:
        if not self.short_horizon_days < self.follow_up_days < self.long_horizon_days:
            raise ValueError("short_horizon_days, follow_up_days and long_horizon_days must rise")
        return self

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        if len(set(self.drop_rules)) < len(self.drop_rules):
            raise ValueError("a drop rule is named twice")
        for rule, option in OPTION_OF_RULE.items():
            if (rule in self.drop_rules) != bool(getattr(self, option)):
                raise ValueError(f"drop rule {rule} and {option} go together")
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


def _words(error: yaml.YAMLError | ValidationError) -> str:
    if isinstance(error, yaml.YAMLError):
        return "not readable as YAML"
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'measure'}: {e['msg']}" for e in error.errors())


def _not_valid(what: str, where: str) -> HomewardError:
    return HomewardError(what, where=where, next_step="mend it; hwr_adapted/definition.yaml shows every field")
