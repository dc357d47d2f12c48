"""Counts too small to be shown, and those that would give them away."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def hidden(counts: npt.ArrayLike, minimum: int) -> npt.NDArray[np.bool_]:
    """Say which counts of a partition must not be shown.

    Parameters
    ----------
    counts : array of shape (groups,)
        Parts of a total that is shown elsewhere.
    minimum : int
        Smaller counts are hidden.

    Returns
    -------
    array of bool
        True: hide. When all hidden counts together are still below the minimum, the total would tell them; the next
        larger count is then hidden too.

    Examples
    --------
    >>> hidden([400, 30, 4], 10).tolist()
    [False, True, True]
    >>> hidden([400, 30, 6, 7], 10).tolist()
    [False, False, True, True]
    """
    values = np.asarray(counts)
    hide = values < minimum
    for index in np.argsort(values, kind="stable"):
        if not 0 < values[hide].sum() < minimum:
            break
        hide[index] = True
    return np.asarray(hide)
