"""Plant bad rows on purpose, and keep the list of them."""

from typing import Any

import numpy as np
import pandas as pd

from sources.simulated.columns import LANDING
from sources.simulated.parameters import Parameters

FORMATS = {"ts": "%Y-%m-%dT%H:%M:%S", "date": "%Y-%m-%d"}
PLANTED_COLUMNS = ("table", "row", "rule", "outcome")


def plant(
    rng: np.random.Generator, tables: dict[str, pd.DataFrame], share: float, p: Parameters
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables with bad rows added, and one row per planted row.

    Parameters
    ----------
    tables : landing tables
    share : bad rows per good row of each table in ``dirt.yaml``, spread evenly over its rules, each at least once

    Returns
    -------
    tables, planted
        ``planted`` has ``table``, ``row`` (0-based position in the written file), ``rule`` and ``outcome``
        (rejected, superseded, warned). In a table with planted rows every column is text, as it is in a file.
    """
    dirty, manifests = dict(tables), []
    for table, rules in p["dirt"].items():
        clean = as_text(table, tables[table])
        parts, planted = [clean], []
        for rule in rules:
            count = max(1, round(share * len(clean) / len(rules)))
            bad, rows = _bad_rows(rng, clean, rule, min(count, len(clean)), table)
            if not rule.get("in_place"):
                rows = sum(map(len, parts)) + np.arange(len(bad))
                parts.append(bad)
            entry = {"table": table, "row": rows, "rule": rule["rule"], "outcome": rule["outcome"]}
            planted.append(pd.DataFrame(entry))
        dirty[table] = pd.concat(parts, ignore_index=True)
        manifests.append(pd.concat(planted, ignore_index=True))
    return dirty, pd.concat(manifests, ignore_index=True)[list(PLANTED_COLUMNS)]


def as_text(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a landing table with every column as text, dates and timestamps in ISO 8601."""
    text = {}
    for name, kind in LANDING[table].items():
        column = frame[name]
        if kind in FORMATS:
            text[name] = pd.to_datetime(column).dt.strftime(FORMATS[kind]).astype("str")
        else:
            text[name] = column.astype("str")
    return pd.DataFrame(text)


def _bad_rows(
    rng: np.random.Generator, clean: pd.DataFrame, rule: dict[str, Any], count: int, table: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return changed copies of ``count`` random rows and where the originals are; in place changes ``clean``."""
    fit = np.ones(len(clean), dtype=bool)
    for column, value in rule.get("where", {}).items():
        fit &= (clean[column] == value).to_numpy(dtype=bool, na_value=False)
    for column in rule.get("where_present", []):
        fit &= clean[column].notna().to_numpy()
    candidates = np.flatnonzero(fit)
    rows = np.sort(rng.choice(candidates, size=min(count, len(candidates)), replace=False))
    if rule.get("in_place"):
        for column, value in rule["set"].items():
            clean.loc[rows, column] = value
        return clean.iloc[rows], rows
    bad = clean.iloc[rows].reset_index(drop=True)
    if "swap" in rule:
        one, other = rule["swap"]
        bad[one], bad[other] = bad[other].copy(), bad[one].copy()
    for column, value in rule.get("set", {}).items():
        bad[column] = pd.Series([None if value is None else str(value)] * len(bad), dtype="str")
    if "new_key" in rule:
        bad[rule["new_key"]] = [f"X{table[0].upper()}-{rule['rule']}-{number:06d}" for number in range(len(bad))]
    return bad, rows
