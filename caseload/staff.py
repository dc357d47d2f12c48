"""The staff: what each active case manager can still take on, and whom they cover."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caseload.languages import read_language
from caseload.policy import Policy
from caseload.resources import read_list


@dataclass
class Staff:
    """Active managers in the order of their ids; arrays have one entry per manager.

    ``points_open`` and ``heads_open`` fall as patients are placed. Empty coverage sets mean all.
    """

    ids: list[str]
    names: list[str]
    points_cap: np.ndarray
    heads_cap: np.ndarray
    points_open: np.ndarray
    heads_open: np.ndarray
    facilities: list[frozenset[str]]
    units: list[frozenset[str]]
    languages: list[frozenset[str]]
    skills: list[frozenset[str]]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def load(self) -> np.ndarray:
        """Used share of the scarcer cap, per manager."""
        points = 1 - self.points_open / self.points_cap
        return np.maximum(points, 1 - self.heads_open / self.heads_cap)


def find_staff(managers: pd.DataFrame | None, open_cases: pd.DataFrame | None, policy: Policy) -> Staff:
    """Read the active managers and subtract their open cases.

    Parameters
    ----------
    managers : DataFrame or None, one row per manager
        ``core.case_manager``; a missing cap is the policy's default; ``is_active`` missing counts as active.
    open_cases : DataFrame or None, one row per open case that is *not* on today's list
        ``case_manager_id``, ``acuity_points``.
    policy : Policy
        ``capacity``, ``languages``.

    Returns
    -------
    Staff
        Empty when there is no table or nobody is active.
    """
    rows = pd.DataFrame(columns=["case_manager_id"]) if managers is None else managers
    if "is_active" in rows:
        rows = rows[rows["is_active"].astype("boolean").fillna(True).astype(bool)]
    rows = rows.sort_values("case_manager_id", ignore_index=True)
    ids = [str(word) for word in rows["case_manager_id"]]
    points = _fill_caps(rows, "capacity_points", policy.capacity.default_points)
    heads = _fill_caps(rows, "capacity_heads", policy.capacity.default_heads)
    taken = pd.DataFrame(columns=["case_manager_id", "acuity_points"]) if open_cases is None else open_cases
    by_manager = taken.groupby("case_manager_id")["acuity_points"]
    used_points = by_manager.sum().reindex(ids).fillna(0).to_numpy(dtype=float)
    used_heads = by_manager.size().reindex(ids).fillna(0).to_numpy(dtype=float)
    names = rows["name"].fillna(rows["case_manager_id"]) if "name" in rows else rows["case_manager_id"]
    return Staff(
        ids=ids,
        names=[str(name) for name in names],
        points_cap=np.maximum(points, np.finfo(float).tiny),
        heads_cap=np.maximum(heads, np.finfo(float).tiny),
        points_open=np.maximum(points - used_points, 0),
        heads_open=np.maximum(heads - used_heads, 0),
        facilities=_sets(rows, "facility_ids"),
        units=_sets(rows, "units"),
        languages=[frozenset(_codes(words, policy)) for words in _sets(rows, "languages")],
        skills=[frozenset(word.strip().lower() for word in words) for words in _sets(rows, "skills")],
    )


def _fill_caps(rows: pd.DataFrame, column: str, default: float) -> np.ndarray:
    if column not in rows:
        return np.full(len(rows), float(default))
    return rows[column].astype("Float64").fillna(float(default)).to_numpy(dtype=float)


def _sets(rows: pd.DataFrame, column: str) -> list[frozenset[str]]:
    if column not in rows:
        return [frozenset()] * len(rows)
    return [frozenset(read_list(value)) for value in rows[column]]


def _codes(words: frozenset[str], policy: Policy) -> list[str]:
    codes = (read_language(word, policy) for word in words)
    return [code for code in codes if code is not None]
