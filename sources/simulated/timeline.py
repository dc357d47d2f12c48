"""When the next event outside the 30 days comes: seasonal admissions, deaths and emergency visits in a gap."""

import numpy as np

from sources.simulated.parameters import Parameters
from sources.simulated.units import DAY, DAYS_PER_YEAR, NEVER


class SeasonalClock:
    """Days with a seasonal rhythm: maps calendar days to operational time, in which admissions come evenly."""

    def __init__(self, start_day: int, end_day: int, p: Parameters) -> None:
        rhythm = p["population"]["admission"]
        self._days = np.arange(start_day, end_day + 2, dtype=float)
        phase = 2 * np.pi * (self._days % DAYS_PER_YEAR - rhythm["winter_peak_day"]) / DAYS_PER_YEAR
        self._time = np.concatenate([[0.0], np.cumsum(1 + rhythm["winter"] * np.cos(phase))[:-1]])

    def after(self, day: np.ndarray, wait: np.ndarray) -> np.ndarray:
        """Return the calendar day (float) ``wait`` operational days after ``day``; the end day if beyond it."""
        return np.interp(np.interp(day, self._days, self._time) + wait, self._time, self._days)


def draw_gap(
    rng: np.random.Generator, clock: SeasonalClock, day: np.ndarray, admission: np.ndarray, death: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the next admission day from ``day`` on and the minute of death, if that comes first (else NEVER).

    ``admission`` and ``death`` are rates per day; an admission day beyond the end of the clock stays beyond it.
    """
    event = clock.after(day, rng.standard_exponential(len(day)) / admission)
    dies = day + rng.standard_exponential(len(day)) / death
    minute = (np.minimum(dies, 2.0**40) * DAY).astype(np.int64)
    return event, np.where(dies < event, minute, NEVER)


def draw_visits(
    rng: np.random.Generator, start: np.ndarray, end: np.ndarray, rate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw Poisson visits in each gap; return (position of the gap, minute), sorted by gap then minute."""
    length = (end - start).clip(0)
    count = rng.poisson(rate * length / DAY)
    gap = np.repeat(np.arange(len(start)), count)
    minute = start[gap] + (rng.random(len(gap)) * length[gap]).astype(np.int64)
    order = np.lexsort((minute, gap))
    return gap[order], minute[order]


class Ring:
    """The latest moments of one kind per patient, at most ``depth`` of them."""

    def __init__(self, patients: int, depth: int) -> None:
        self._minutes = np.full((patients, depth), -NEVER)
        self._next = np.zeros(patients, dtype=np.int64)

    def add(self, patient: np.ndarray, minute: np.ndarray) -> None:
        """Add moments; rows of one patient must be next to one another."""
        if not len(patient):
            return
        first = np.flatnonzero(np.diff(patient, prepend=patient[0] - 1))
        rank = np.arange(len(patient)) - np.repeat(first, np.diff(np.append(first, len(patient))))
        depth = self._minutes.shape[1]
        self._minutes[patient, (self._next[patient] + rank) % depth] = minute
        np.add.at(self._next, patient, 1)

    def count(self, patient: np.ndarray, since: np.ndarray) -> np.ndarray:
        """Count the patients' moments at or after ``since``."""
        return (self._minutes[patient] >= since[:, None]).sum(axis=1)
