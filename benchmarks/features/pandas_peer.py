"""The pandas peer: W in NumPy on packed sorted keys, as well as we can; in one go, or bucket by bucket like ours.

The data have no stay in progress and no diagnosis without a time, so what only those need is left out.
"""

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.features.data import read_cut_off
from benchmarks.features.pandas_columns import DiagnosisCodes, read_codes, read_parts
from benchmarks.features.pandas_features import (
    count_admissions,
    count_emergencies,
    count_home_drugs,
    find_last_values,
    flag_conditions,
)
from benchmarks.features.pandas_stays import (
    build_stays,
    find_ages,
    find_index_stays,
    find_planned,
    find_readmitted,
    read_visits,
)
from benchmarks.features.rules import Rules, read_rules

WORKERS = 2
EPOCH = dt.date(1970, 1, 1)


def run(data: Path, work: Path) -> dict[str, int]:
    """Do W in one go."""
    return {"rows": _write(data, work, _list_parts(data))}


def run_buckets(data: Path, work: Path) -> dict[str, int]:
    """Do W bucket by bucket, in two processes."""
    _look_up(data / "lake" / "core")  # before the processes part, so that each has it
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        return {"rows": sum(pool.map(_write, repeat(data), repeat(work), [[part] for part in _list_parts(data)]))}


def _list_parts(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "lake" / "core" / "encounter").glob("*.parquet"))


def _write(data: Path, work: Path, parts: Sequence[str]) -> int:
    cut_off_day = (dt.date.fromisoformat(read_cut_off(data)) - EPOCH).days
    core = data / "lake" / "core"
    frame = do_work(core, parts, *_look_up(core), cut_off_day)
    folder = work / "features" / "work"
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / parts[0], index=False)
    return len(frame)


@cache
def _look_up(core: Path) -> tuple[Rules, DiagnosisCodes]:
    rules = read_rules()
    return rules, read_codes(core, rules)


def do_work(core: Path, parts: Sequence[str], rules: Rules, codes: DiagnosisCodes, cut_off_day: int) -> pd.DataFrame:
    """Do W on the patients of these parts.

    Returns
    -------
    DataFrame, one row per index stay
        Columns as in ``work.sql``.
    """
    acute, emergency, keys = read_visits(core, parts, rules)
    principal = _read_principal(core, parts, keys)
    stays = build_stays(acute, codes.ccs[principal[acute.key]], keys)
    principal = principal[stays.key]
    ccs = codes.ccs[principal]
    planned, surgical = find_planned(core, parts, stays, principal, codes, rules)
    is_index = find_index_stays(stays, find_ages(core, parts, stays), ccs, surgical, rules, cut_off_day)
    columns = {
        "stay_key": stays.key,
        "readmitted_30d": find_readmitted(stays, planned, rules.measure.follow_up_days),
        **count_admissions(stays),
        **count_emergencies(stays, emergency, rules.parameters["emergency_lead_hours"]),
        **flag_conditions(core, parts, stays, codes, rules),
        **find_last_values(core, parts, stays, is_index, rules),
        "home_medication_count": count_home_drugs(core, parts, stays, rules.parameters["home_medication_days"]),
    }
    return pd.DataFrame({name: column[is_index] for name, column in columns.items()})


def _read_principal(core: Path, parts: Sequence[str], keys: int) -> np.ndarray:
    """Code key of the principal diagnosis by encounter key; 0 where there is none."""
    principal = np.zeros(keys, dtype="int32")
    for part in read_parts([core / "diagnosis" / name for name in parts], "encounter_key code_key sequence"):
        rows = np.flatnonzero(part["sequence"] == 1)
        principal[part["encounter_key"][rows]] = part["code_key"][rows]
    return principal
