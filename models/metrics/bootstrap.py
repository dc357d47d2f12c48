"""Resampling of patients: every stay of a drawn patient comes along, as a weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from models.metrics.result import FloatArray

# Larger blocks leave the processor's cache, smaller ones pay more for each call (measured).
BLOCK_CELLS = 500_000

Statistic = Callable[[FloatArray], Mapping[str, FloatArray]]
AnyArray = npt.NDArray[Any]


def cluster_weights(clusters: AnyArray, replicates: int, seed: int) -> Iterator[FloatArray]:
    """Yield row weights of a patient-clustered bootstrap, a block of replicates at a time.

    Parameters
    ----------
    clusters : array of shape (rows,)
        The patient of every row.
    replicates : int
        Number of resamples in all.
    seed : int
        Same seed, same weights; the order of the patients' keys counts, the order of the rows does not.

    Yields
    ------
    array of shape (block, rows)
        How often the patient of the row was drawn: as many draws as there are patients, with replacement.

    Notes
    -----
    Source : Field and Welsh, Bootstrapping clustered data, JRSS B 2007;69:369-390 (cluster bootstrap).
    """
    _, code = np.unique(np.asarray(clusters), return_inverse=True)
    patients = int(code.max()) + 1 if code.size else 0
    rng = np.random.default_rng(seed)
    block = max(1, BLOCK_CELLS // max(1, code.size))
    for start in range(0, replicates, block):
        drawn = [
            np.bincount(rng.integers(0, patients, patients), minlength=patients)
            for _ in range(min(block, replicates - start))
        ]
        yield np.array(drawn, dtype=np.float64)[:, code]


def bootstrap(
    statistic: Statistic, clusters: AnyArray, replicates: int, seed: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Compute statistics once on the data and once on every resample.

    Parameters
    ----------
    statistic : callable
        Takes weights of shape (block, rows), returns named arrays whose first axis is the block.
    clusters, replicates, seed
        As in `cluster_weights`.

    Returns
    -------
    point : dict of arrays
        The statistics with every weight 1, without the block axis.
    resampled : dict of arrays
        The statistics with the replicates along the first axis.

    Notes
    -----
    All statistics see the same resamples, so differences between them are paired.
    """
    from threadpoolctl import threadpool_limits

    # One thread: the matrices are small, and sums then do not depend on the number of processors.
    with threadpool_limits(limits=1, user_api="blas"):
        point = {name: np.asarray(value)[0] for name, value in statistic(np.ones((1, len(clusters)))).items()}
        blocks = [statistic(weights) for weights in cluster_weights(clusters, replicates, seed)]
    resampled = {
        name: np.concatenate([np.asarray(block[name]) for block in blocks])
        if blocks
        else np.empty((0, *np.shape(value)))
        for name, value in point.items()
    }
    return point, resampled
