"""Who sees whom: greedy in rank order under every cap, with one-step repair; says why and why not."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from caseload.matching import Matching
from caseload.staff import Staff
from caseload.tiers import CALL, INTENSIVE

UNASSIGNED = -1
_ROUNDING = 1e-9


@dataclass
class Placement:
    """State while patients are placed; ``manager`` holds a staff position or ``UNASSIGNED`` per row."""

    staff: Staff
    matching: Matching
    points: np.ndarray
    manager: np.ndarray
    how: list[str] = field(default_factory=list)
    # Room only shrinks while placing, so a class that found none for some points finds none for as many.
    failed_at: dict[int, float] = field(default_factory=dict)

    def has_room(self, points: float) -> np.ndarray:
        """Find the managers with room for one more patient of these points."""
        return (self.staff.points_open + _ROUNDING >= points) & (self.staff.heads_open >= 1)

    def place(self, row: int, manager: int, how: str) -> None:
        """Give a row to a manager."""
        self.manager[row], self.how[row] = manager, how
        self.staff.points_open[manager] -= self.points[row]
        self.staff.heads_open[manager] -= 1

    def lift(self, row: int) -> int:
        """Take a row from its manager and return who it was."""
        manager = int(self.manager[row])
        self.manager[row] = UNASSIGNED
        self.staff.points_open[manager] += self.points[row]
        self.staff.heads_open[manager] += 1
        return manager


def assign_managers(
    rows: pd.DataFrame, staff: Staff, matching: Matching, kept: np.ndarray, previous: np.ndarray
) -> Placement:
    """Place patients with managers.

    Parameters
    ----------
    rows : DataFrame, one row per patient in rank order
        ``tier``, ``service_points`` (acuity points when worked by a manager).
    staff : Staff
        Changed: its room falls.
    matching : Matching
        Coverage and fit per class.
    kept : ndarray of int
        Manager of the patient's open case, placed first whatever the tier; -1 = none.
    previous : ndarray of int
        Manager of the previous list, tried first within a tier; -1 = none.

    Returns
    -------
    Placement
        Nobody above a cap or outside coverage (an open case stays where it is).

    Notes
    -----
    Order: open cases; then tier by tier (1, 2, then the room that is left for the others) patients with a previous
    manager, then the others by rank. Among managers with room: language, skills, lightest load, smaller id. A patient
    who finds no room may move one other patient to a colleague who has some. Heavy patients are not traded for several
    light ones: points come from needs too, and such a trade would put those with most needs last.
    """
    placement = Placement(
        staff, matching, rows["service_points"].to_numpy(dtype=float), np.full(len(rows), UNASSIGNED), [""] * len(rows)
    )
    for row in np.flatnonzero(kept != UNASSIGNED):
        placement.place(int(row), int(kept[row]), "open case")
    tiers = rows["tier"].to_numpy()
    for is_wave, may_move in ((tiers == INTENSIVE, True), (tiers == CALL, True), (tiers > CALL, False)):
        _place_wave(placement, np.flatnonzero(is_wave & (placement.manager == UNASSIGNED)), previous, may_move)
    return placement


def _place_wave(placement: Placement, wave: np.ndarray, previous: np.ndarray, may_move: bool) -> None:
    for row in wave[previous[wave] != UNASSIGNED]:
        manager = int(previous[row])
        covers = placement.matching.covers[placement.matching.patient_class[row], manager]
        if covers and placement.has_room(placement.points[row])[manager]:
            placement.place(int(row), manager, "continuity")
    for row in wave[placement.manager[wave] == UNASSIGNED]:
        _place_one(placement, int(row), may_move)


def _place_one(placement: Placement, row: int, may_move: bool) -> None:
    group, points = int(placement.matching.patient_class[row]), float(placement.points[row])
    if points >= placement.failed_at.get(group, np.inf):
        return
    covers = placement.matching.covers[group]
    found = _best(placement, group, covers & placement.has_room(points))
    if found != UNASSIGNED:
        placement.place(row, found, "match")
    elif not (may_move and covers.any() and _make_room(placement, row, covers)):
        placement.failed_at[group] = points


def _best(placement: Placement, group: int, may: np.ndarray) -> int:
    """Find the best of the managers who may: least misfit, lightest load, smaller id; -1 if nobody may."""
    candidates = np.flatnonzero(may)
    if not len(candidates):
        return UNASSIGNED
    misfit = placement.matching.misfit[group, candidates]
    candidates = candidates[misfit == misfit.min()]
    return int(candidates[np.argmin(np.round(placement.staff.load[candidates], 9))])


def _make_room(placement: Placement, row: int, covers: np.ndarray) -> bool:
    """Move one patient of a covering manager to a colleague with room so that the row fits."""
    staff, points, matching = placement.staff, placement.points, placement.matching
    placed = np.flatnonzero((placement.manager != UNASSIGNED) & (np.array(placement.how) == "match"))
    placed = placed[covers[placement.manager[placed]]]
    placed = placed[staff.points_open[placement.manager[placed]] + points[placed] + _ROUNDING >= points[row]]
    room = (staff.points_open[None, :] + _ROUNDING >= points[placed][:, None]) & (staff.heads_open >= 1)[None, :]
    may = room & matching.covers[matching.patient_class[placed]]
    may[np.arange(len(placed)), placement.manager[placed]] = False
    movable = np.flatnonzero(may.any(axis=1))
    if not len(movable):
        return False
    # The lowest ranked moves: its relation to the manager is no older than anyone's, and its case is the lightest loss.
    other = int(placed[movable[-1]])
    target = _best(placement, int(matching.patient_class[other]), may[movable[-1]])
    freed = placement.lift(other)
    placement.place(other, target, "match")
    placement.place(row, freed, "match")
    placement.failed_at.clear()
    return True
