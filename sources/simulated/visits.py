"""Encounters around the stays: clinics, observation, nursing, rehabilitation; cancelled and mistaken ones."""

import numpy as np

from sources.simulated.facts import disposition_codes
from sources.simulated.parameters import Parameters, between
from sources.simulated.people import People
from sources.simulated.stays import History
from sources.simulated.timeline import draw_visits
from sources.simulated.units import DAY, DAYS_PER_YEAR, HOUR, NEVER

CLASSES = (
    "inpatient",
    "emergency",
    "observation",
    "outpatient",
    "home_health",
    "skilled_nursing",
    "rehabilitation",
    "psychiatric",
    "hospice",
    "telehealth",
    "other",
)
STATUSES = ("finished", "in_progress", "cancelled", "entered_in_error", "planned")
FINISHED, IN_PROGRESS, CANCELLED, MISTAKEN, FUTURE = range(5)
OTHER_ROLE = 4
FIELDS = (
    "patient",
    "stay",
    "class",
    "start",
    "end",
    "facility",
    "reason",
    "admission_type",
    "source",
    "disposition",
    "role",
    "status",
)

Rows = dict[str, np.ndarray]


def rows(size: int, **given: np.ndarray) -> Rows:
    """Return encounter columns of ``size`` entries; what is not given is missing (-1)."""
    return {name: given.get(name, np.full(size, -1, dtype=np.int64)) for name in FIELDS}


def take(every: Rows, chosen: np.ndarray) -> Rows:
    """Return the chosen entries (mask or positions) of every column."""
    return {name: values[chosen] for name, values in every.items()}


def _keys(patient: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """Return sortable patient-and-minute keys: minutes since 1970 stay below 2**32 for eight thousand years."""
    return (patient.astype(np.int64) << 32) + minute


def next_admission(history: History, patient: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """Return the patient's first admission after ``minute`` (NEVER: none)."""
    stays = history.stays
    after = np.searchsorted(_keys(stays["patient"], stays["admit"]), _keys(patient, minute), side="right")
    inside = after < len(stays["patient"])
    at = np.where(inside, after, 0)
    same = inside & (stays["patient"][at] == patient)
    return np.where(same, stays["admit"][at], NEVER)


def is_free(history: History, patient: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Tell whether the patient is out of hospital from 12 hours before ``start`` to 12 hours after ``end``."""
    stays, room = history.stays, 12 * HOUR
    before = np.searchsorted(_keys(stays["patient"], stays["admit"]), _keys(patient, start), side="right") - 1
    at = before.clip(0)
    inside = (before >= 0) & (stays["patient"][at] == patient) & (stays["discharge"][at] + room > start)
    return ~inside & (next_admission(history, patient, start) > end + room)


def draw_outside(
    rng: np.random.Generator, people: People, history: History, span: tuple[int, int], p: Parameters
) -> Rows:
    """Draw visits outside hospital over the whole span, and one for everybody who would have no encounter at all."""
    hospital = p["hospital"]
    count = people.chronic.sum(axis=1)
    everyone, until = np.arange(people.size), np.minimum(history.death, span[1] * DAY)
    parts = []
    for name in ("outpatient", "telehealth", "observation", "other"):
        kind = hospital["visits"][name]
        rate = (kind["base"] + kind["chronic"] * count) / DAYS_PER_YEAR
        who, start = draw_visits(rng, np.full(people.size, span[0] * DAY), until, rate)
        if kind["daytime"]:
            start = start // DAY * DAY + rng.integers(8 * HOUR, 17 * HOUR, len(who))
        end = start + between(rng, kind["minutes"], len(who))
        parts.append(_outside(people, who, start, end, CLASSES.index(kind["class"])))
    parts.append(_psychiatric(rng, people, until, span, p))
    seen = np.zeros(people.size, dtype=bool)
    for part in parts:
        free = is_free(history, part["patient"], part["start"], part["end"])
        part.update(take(part, free))
        seen[part["patient"]] = True
    seen[history.stays["patient"]] = True
    seen[history.visit_patient] = True
    left = everyone[~seen]
    start = span[0] * DAY + (rng.random(len(left)) * (until[left] - span[0] * DAY)).astype(np.int64)
    parts.append(_outside(people, left, start, start + HOUR // 2, CLASSES.index("outpatient")))
    return {name: np.concatenate([part[name] for part in parts]) for name in FIELDS}


def _outside(people: People, who: np.ndarray, start: np.ndarray, end: np.ndarray, kind: int) -> Rows:
    size = len(who)
    return rows(
        size,
        patient=who,
        **{"class": np.full(size, kind)},
        start=start,
        end=end,
        facility=people.home_facility[who],
        role=np.full(size, OTHER_ROLE),
    )


def _psychiatric(
    rng: np.random.Generator, people: People, until: np.ndarray, span: tuple[int, int], p: Parameters
) -> Rows:
    """Draw psychiatric hospital stays: not acute inpatient care, whatever their class says."""
    rates = p["hospital"]["visits"]["psychiatric_per_condition"]
    rate = sum(people.chronic[:, p.chronic_at(name)] * rates[name] for name in ("depression", "schizophrenia"))
    who, start = draw_visits(rng, np.full(people.size, span[0] * DAY), until, rate / DAYS_PER_YEAR)
    end = start + ((1 + rng.standard_exponential(len(who)) * rates["days"]) * DAY).astype(np.int64)
    part = _outside(people, who, start, end, CLASSES.index("psychiatric"))
    part["class"] = np.where(rng.random(len(who)) < rates["inpatient_share"], CLASSES.index("inpatient"), part["class"])
    part["facility"] = np.full(len(who), int(np.flatnonzero(p.facilities["kind"] == "psychiatric")[0]))
    return part


def draw_after_discharge(rng: np.random.Generator, history: History, span: tuple[int, int], p: Parameters) -> Rows:
    """Draw what follows the discharge by its disposition: nursing, rehabilitation, psychiatry, home health, hospice."""
    stays, codes, parts = history.stays, disposition_codes(p), []
    finished = ~stays["died"] & (stays["discharge"] < span[1] * DAY)
    for kind in p["hospital"]["after_discharge"]:
        going = finished & np.isin(stays["disposition"], [codes.index(code) for code in kind["codes"]])
        stay = np.flatnonzero(going & (rng.random(len(going)) < kind["share"]))
        who, size = stays["patient"][stay], len(stay)
        start = stays["discharge"][stay] + rng.integers(HOUR, 5 * HOUR, size)
        end = start + (kind["days"] * np.exp(0.6 * rng.standard_normal(size)) * DAY).astype(np.int64)
        limit = np.minimum(next_admission(history, who, stays["discharge"][stay]), history.death[who]) - 12 * HOUR
        end = np.minimum(end, limit)
        places = np.flatnonzero(p.facilities["kind"] == kind["kind"])
        as_inpatient = rng.random(size) < kind["inpatient_share"]
        part = rows(
            size,
            patient=who,
            **{"class": np.where(as_inpatient, CLASSES.index("inpatient"), CLASSES.index(kind["class"]))},
            start=start,
            end=end,
            facility=places[rng.integers(0, len(places), size)],
            role=np.full(size, OTHER_ROLE),
        )
        parts.append(take(part, end > start + HOUR))
    return {name: np.concatenate([part[name] for part in parts]) for name in FIELDS}


def draw_mistakes(
    rng: np.random.Generator, people: People, history: History, every: Rows, span: tuple[int, int], p: Parameters
) -> Rows:
    """Draw cancelled, mistaken and future encounters; none of them may count for anything."""
    status, size, end = p["hospital"]["status"], len(every["patient"]), span[1] * DAY
    cancelled = take(every, rng.random(size) < status["cancelled"])
    moved = cancelled["start"] + rng.integers(DAY, 20 * DAY, len(cancelled["start"]))
    cancelled.update(start=moved, end=moved + HOUR, status=np.full(len(moved), CANCELLED))
    wrong = take(every, rng.random(size) < status["entered_in_error"])
    wrong["start"] = wrong["start"] + rng.integers(2 * DAY, 12 * DAY, len(wrong["start"]))
    length = rng.integers(HOUR, 3 * DAY, len(wrong["start"]))
    wrong.update(end=wrong["start"] + length, status=np.full(len(length), MISTAKEN))
    who = np.flatnonzero((rng.random(people.size) < status["planned"]) & (history.death == NEVER))
    ahead = end + rng.integers(status["planned_days"][0] * DAY, status["planned_days"][1] * DAY, len(who))
    future = _outside(people, who, ahead, np.full(len(who), NEVER), CLASSES.index("outpatient"))
    future["status"] = np.full(len(who), FUTURE)
    past = [take(part, part["end"] < np.minimum(end, history.death[part["patient"]])) for part in (cancelled, wrong)]
    both = {name: np.concatenate([part[name] for part in (*past, future)]) for name in FIELDS}
    gone = np.full(len(both["patient"]), -1)
    return {**both, "stay": gone, "role": np.full(len(gone), OTHER_ROLE), "disposition": gone, "reason": gone}
