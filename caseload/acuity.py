"""Acuity points: how much of a manager's day a patient takes."""

import numpy as np
import pandas as pd

from caseload.policy import Policy


def base_acuity_points(listed: pd.DataFrame, policy: Policy) -> pd.Series:
    """Points that do not depend on the tier: comorbidity, open needs, interpreter, recency.

    Parameters
    ----------
    listed : DataFrame, one row per patient
        ``charlson_365d`` (missing counts as 0), ``open_need_count``, ``needs_interpreter``, ``days_since_discharge``.
    policy : Policy
        ``acuity``.

    Returns
    -------
    Series of float, points >= 0
    """
    weights = policy.acuity
    charlson = listed["charlson_365d"].fillna(0).to_numpy(dtype=float)
    comorbidity = np.zeros(len(listed))
    for step in sorted(weights.charlson_points, key=lambda step: step.at_least):
        comorbidity[charlson >= step.at_least] = step.points
    need_count = listed["open_need_count"].to_numpy(dtype=float)
    needs = np.minimum(need_count * weights.points_per_need, weights.needs_points_max)
    interpreter = listed["needs_interpreter"].to_numpy(dtype=float) * weights.interpreter_points
    days = listed["days_since_discharge"].to_numpy(dtype=float)
    recency = np.zeros(len(listed))
    for late in sorted(weights.recency_points, key=lambda step: -step.days_at_most):
        recency[days <= late.days_at_most] = late.points
    return pd.Series(comorbidity + needs + interpreter + recency, index=listed.index)


def acuity_points(base: pd.Series, tier: pd.Series | int, policy: Policy) -> pd.Series:
    """Acuity points of patients at a tier (one for all, or one per row): tier weight + base points."""
    weight = policy.acuity.tier_points[tier] if isinstance(tier, int) else tier.map(policy.acuity.tier_points)
    return base + weight
