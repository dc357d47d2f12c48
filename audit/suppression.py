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


def merge_giveaways(group: npt.NDArray[np.str_], minimum: int) -> npt.NDArray[np.str_]:
    """Merge a group too small to show with the next larger one, where hiding it alone would give it away.

    Parameters
    ----------
    group : array of str, shape (rows,)
        The group of each row.
    minimum : int
        Smaller groups are not shown.

    Returns
    -------
    array of str
        The same, or with the groups of `hidden` under one name, the larger first: "male or unknown". A large group is
        never hidden for the sake of a small one.

    Examples
    --------
    >>> sorted(set(merge_giveaways(np.array(["a"] * 40 + ["b"] * 30 + ["c"] * 4), 10).tolist()))
    ['a', 'b or c']
    """
    names, code, rows = np.unique(group, return_inverse=True, return_counts=True)
    hide = hidden(rows, minimum)
    if not (hide & (rows >= minimum)).any():
        return group
    merged = " or ".join(sorted(names[hide], key=lambda name: -rows[names == name][0]))
    return np.where(hide[code], merged, group)
