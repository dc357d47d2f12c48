"""The cohort: stays, index stays with their drop reasons, planned care and labels. One SQL file per rule.

Files in ``across/`` look across patients and run when all buckets are done.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

from features.cohort.measure import DROP_RULES
from features.sql_steps import closure, order_steps, read_steps

SQL_FOLDER = Path(__file__).parent

# Looks at what the other rules leave, so it joins them in stay_drop.sql.
LAST_DROP_RULE = "within_30_days_of_index"


def _drop_rule_statement(rules: Collection[str]) -> str:
    """Put the rows of the rules together, each with its place in the measure's order; one not named drops nothing."""
    dropped = "\nunion all ".join(
        f"select '{rule}' as rule, * from cohort.drop_{rule}"  # noqa: S608  our own names
        for rule in rules
    )
    return (
        f"with dropped as (\n{dropped}\n)\n"
        "select stay_key, list_position($drop_rules::varchar[], rule) as step, rule, known_from\n"
        "from dropped\n"
        "where step is not null"
    )


def _with_rules(rules: Collection[str]) -> dict[str, str]:
    united = [rule for rule in DROP_RULES if rule in rules and rule != LAST_DROP_RULE]
    statement = {"cohort.stay_drop_rule": _drop_rule_statement(united)}
    return order_steps({**read_steps(SQL_FOLDER, "cohort"), **statement})


STEPS = _with_rules(DROP_RULES)
ACROSS = read_steps(SQL_FOLDER / "across", "cohort")

# Tables by patient that are written; the other steps only serve them.
WRITTEN = (
    "cohort.stay_encounter",
    "cohort.stay",
    "cohort.condition",
    "cohort.stay_drop",
    "cohort.index_stay",
    "cohort.label",
)
REPORTED = ("cohort.attrition", "cohort.attrition_by_facility", "cohort.attrition_by_month", "cohort.return_rate")
PUBLISHED = (*WRITTEN, *REPORTED)
TRANSIENT = tuple(step for step in STEPS if step not in WRITTEN)


def steps_of(drop_rules: Collection[str]) -> dict[str, str]:
    """Choose the statements that a measure needs: those of drop rules that it does not name are left out.

    Parameters
    ----------
    drop_rules : collection of str
        Names among `features.cohort.measure.DROP_RULES`.

    Returns
    -------
    dict
        Table name to statement, in order.
    """
    return closure(_with_rules(drop_rules), WRITTEN)


def parameters(measure: Mapping[str, object], cut_off: dt.date) -> dict[str, object]:
    """Collect the named parameters of the cohort's SQL files.

    Parameters
    ----------
    measure : mapping
        A measure definition of ``reference/measures``.
    cut_off : date
        Data cut-off, that day included.

    Returns
    -------
    dict
        Parameter name to value.
    """
    names = (
        "min_age_years",
        "follow_up_days",
        "follow_up_convention",
        "short_horizon_days",
        "long_horizon_days",
        "non_acute_facility_kinds",
        "exempt_facility_kinds",
        "drop_rules",
        "condition",
        "counts_planned_returns",
        "index_gap_days",
        "procedure_look_back_days",
        "operation_period_days",
        "procedure_count_max",
    )
    return {"cut_off_date": cut_off, **{name: measure[name] for name in names}}
