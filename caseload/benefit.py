"""Expected benefit and rank: whom an intervention helps most, not only who is at risk."""

import numpy as np
import pandas as pd

from caseload.features import reaches
from caseload.policy import Policy

RANK_ORDER = {"expected_benefit": False, "risk": False, "contact_due": True, "stay_id": True}


def add_expected_benefit(listed: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Add ``relative_risk_reduction``, ``impact_group`` and ``expected_benefit`` = risk x reduction.

    Parameters
    ----------
    listed : DataFrame, one row per patient
        ``risk`` (0-1) and the feature columns that the policy's groups name.
    policy : Policy
        ``impact``; the first group that fits is used, else the default.

    Returns
    -------
    DataFrame
        ``expected_benefit`` : readmissions avoided per patient worked, 0-1.

    Notes
    -----
    Source : clinical definitions, section 5 (impactability).
    """
    out = listed.copy()
    reduction = np.full(len(out), policy.impact.default.value)
    group = np.full(len(out), "default", dtype=object)
    for effect in reversed(policy.impact.groups):
        fits = reaches(out, effect.column, effect.at_least)
        reduction[fits], group[fits] = effect.value, effect.name
    out["relative_risk_reduction"], out["impact_group"] = reduction, group
    out["expected_benefit"] = out["risk"] * reduction
    return out


def add_rank(listed: pd.DataFrame) -> pd.DataFrame:
    """Order the rows and number them from 1: benefit and risk descending, earlier contact due first, then stay_id."""
    ordered = listed.sort_values(list(RANK_ORDER), ascending=list(RANK_ORDER.values()), na_position="last")
    ordered = ordered.reset_index(drop=True)
    ordered["rank"] = np.arange(1, len(ordered) + 1)
    return ordered
