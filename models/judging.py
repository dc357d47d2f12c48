"""Point values of the metrics that decide about models; null where they cannot be computed."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from models import metrics as measured
from models.columns import FloatArray

Metrics = Mapping[str, float | int | None]


def judge_risks(outcome: npt.NDArray[np.int64], risk: FloatArray) -> Metrics:
    """Size, events, AUROC, Brier score, log loss and expected over observed.

    Parameters
    ----------
    outcome : array of 0/1
    risk : array, 0-1

    Returns
    -------
    mapping
        Null (not 0, not 1) for what cannot be computed, for example AUROC without events.
    """
    events = int(outcome.sum())
    result: dict[str, float | int | None] = {"stays": len(outcome), "readmissions": events}
    functions = {
        "auroc": measured.auroc,
        "brier": measured.brier,
        "log_loss": measured.log_loss,
        "expected_over_observed": measured.expected_over_observed,
    }
    for name, function in functions.items():
        result[name] = None
        if len(outcome):
            value = float(function(outcome.astype(np.float64), risk))
            result[name] = value if np.isfinite(value) else None
    return result
