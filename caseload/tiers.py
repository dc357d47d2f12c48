"""Tiers from capacity: as many intensive places and calls as the staff has room for, in rank order."""

import pandas as pd

from caseload.acuity import acuity_points
from caseload.policy import Policy

INTENSIVE, CALL, AUTOMATED, USUAL = 1, 2, 3, 4


def assign_tiers(base: pd.Series, points_open: float, heads_open: int, policy: Policy) -> pd.Series:
    """Give each row its tier.

    Parameters
    ----------
    base : Series of float, in rank order
        Acuity points without the tier's weight (`caseload.acuity.base_acuity_points`).
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
    intensive_heads = int(heads_open * rules.intensive_heads_share)
    heavy = acuity_points(base, INTENSIVE, policy)
    intensive = _count_fitting(heavy, points_open * rules.intensive_points_share, intensive_heads)
    points_left = points_open - float(heavy.iloc[:intensive].sum())
    light = acuity_points(base.iloc[intensive:], CALL, policy)
    call = _count_fitting(light, points_left, heads_open - intensive)
    tier.iloc[:intensive] = INTENSIVE
    tier.iloc[intensive : intensive + call] = CALL
    tier.iloc[intensive + call : intensive + call + rules.automated_heads] = AUTOMATED
    return tier


def _count_fitting(points: pd.Series, points_open: float, heads_open: int) -> int:
    fits = points.cumsum().le(points_open + _ROUNDING)
    return min(int(fits.sum()), max(heads_open, 0))


_ROUNDING = 1e-9  # sums of decimal points are not exact in binary
