"""Features as the policy's rules read them."""

import numpy as np
import pandas as pd


def reaches(rows: pd.DataFrame, column: str, at_least: float) -> np.ndarray:
    """Tell per row whether a feature (number or yes/no) is known and at least a value; an absent column never is."""
    if column not in rows:
        return np.zeros(len(rows), dtype=bool)
    known = pd.to_numeric(rows[column]).astype("Float64").fillna(-np.inf)
    return known.to_numpy(dtype=float) >= at_least
