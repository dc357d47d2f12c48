"""Tiers from capacity: as many intensive places and calls as the staff has room for, in rank order."""

import numpy as np
import pandas as pd

from caseload.acuity import acuity_points
from caseload.policy import Policy

INTENSIVE, CALL, AUTOMATED, USUAL = 1, 2, 3, 4


def assign_tiers(
    base: pd.Series, is_covered: pd.Series, points_open: float, heads_open: int, policy: Policy
) -> pd.Series:
    """Give each row its tier.

    Parameters
    ----------
    base : Series of float, in rank order
        Acuity points without the tier's weight (`caseload.acuity.base_acuity_points`).
    is_covered : Series of bool, in rank order
        Whether any active manager covers the patient. Those whom nobody covers are tiered by their rank but use none of
        the room: it cannot be spent on them. As a bound, they may fill as much again.
    points_open, heads_open : float, int
        Room of all active managers together, open cases subtracted.
    policy : Policy
        ``tiers`` and ``acuity.tier_points``.

    Returns
    -------
    Series of int, 1-4
        Never better for a lower rank: a tier ends at the first patient who does not fit, nobody is skipped for being
        heavy (needs and interpreters make points, and must not push a patient down).

    Notes
    -----
    Source : clinical definitions, section 5. Calls get what the intensive tier leaves.
    """
    rules = policy.tiers
    tier = pd.Series(USUAL, index=base.index, dtype="int64")
    if not len(base):
        return tier
    heavy, light = acuity_points(base, INTENSIVE, policy), acuity_points(base, CALL, policy)
    share_points, share_heads = rules.intensive_points_share, rules.intensive_heads_share
    fits, after = pd.Series(True, index=base.index), pd.Series(True, index=base.index)
    for group in (is_covered, ~is_covered):
        fits &= _fits(heavy, group, points_open * share_points, int(heads_open * share_heads))
    intensive = _count_leading(fits)
    is_later = pd.Series(np.arange(len(base)) >= intensive, index=base.index)
    for group in (is_covered, ~is_covered):
        served = group & ~is_later
        points_left = points_open - float(heavy[served].sum())
        after &= _fits(light, group & is_later, points_left, heads_open - int(served.sum()))
    call = _count_leading(after.iloc[intensive:])
    tier.iloc[:intensive] = INTENSIVE
    tier.iloc[intensive : intensive + call] = CALL
    tier.iloc[intensive + call : intensive + call + rules.automated_heads] = AUTOMATED
    return tier


def _fits(points: pd.Series, group: pd.Series, points_open: float, heads_open: int) -> pd.Series:
    """Tell per row whether the group's rows up to it fit the room together; rows outside the group use none."""
    used_points, used_heads = points.where(group, 0.0).cumsum(), group.cumsum()
    return ~group | ((used_points <= points_open + _ROUNDING) & (used_heads <= max(heads_open, 0)))


def _count_leading(fits: pd.Series) -> int:
    """Count the rows before the first that does not fit."""
    return int(fits.astype(int).cummin().sum())


_ROUNDING = 1e-9  # sums of decimal points are not exact in binary
