"""The most an assignment could reach, to measure the greedy one against."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack


def bound_total_benefit(benefit, points, covers, points_cap, heads_cap) -> float:
    """Upper bound of the expected benefit of any assignment under every cap: patients may be split (linear programme).

    ``benefit`` and ``points`` per patient; ``covers`` patients x managers; caps per manager. The best whole assignment
    lies between what we reach and this bound, so the gap to the bound is at least the gap to the best.
    """
    patient, manager = np.nonzero(covers)
    if not len(patient):
        return 0.0
    pair = np.arange(len(patient))
    shape = (covers.shape[1], len(pair))
    once = coo_array((np.ones(len(pair)), (patient, pair)), shape=(len(benefit), len(pair)))
    weight = coo_array((points[patient], (manager, pair)), shape=shape)
    heads = coo_array((np.ones(len(pair)), (manager, pair)), shape=shape)
    limits = np.concatenate([np.ones(len(benefit)), points_cap, heads_cap])
    solved = linprog(-benefit[patient], A_ub=vstack([once, weight, heads]).tocsr(), b_ub=limits, bounds=(0, 1))
    assert solved.success, solved.message
    return float(-solved.fun)
