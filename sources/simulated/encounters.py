"""Encounters: the stays cut into their encounters, emergency visits, everything around them, mistakes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sources.simulated.columns import frame, masked, numbered, stamps, words
from sources.simulated.facts import admission_types, disposition_codes
from sources.simulated.parameters import Parameters, draw
from sources.simulated.people import People
from sources.simulated.stays import History
from sources.simulated.units import DAY, FOLD, HOUR, NEVER, OVERLAP, PLANNED, SINGLE, TRANSFER
from sources.simulated.visits import (
    CLASSES,
    FINISHED,
    IN_PROGRESS,
    STATUSES,
    Rows,
    draw_after_discharge,
    draw_mistakes,
    draw_outside,
    rows,
    take,
)

FIRST, LAST, SECOND, EMERGENCY, AROUND = 0, 1, 2, 3, 4  # what an encounter is to its stay


@dataclass
class Encounters:
    """All encounters, sorted by patient and start; ``last`` and ``first`` are positions of each stay's encounters.

    ``first`` is -1 for stays of one encounter. ``identifier`` is the number in the text id.
    """

    rows: Rows
    identifier: np.ndarray
    last: np.ndarray
    first: np.ndarray

    def ids(self, position: np.ndarray) -> object:
        """Return text ids of the encounters at ``position``; -1 is missing."""
        return masked(numbered("E", 9, self.identifier[position]), position < 0)


def build_encounters(
    rng: np.random.Generator, people: People, history: History, span: tuple[int, int], p: Parameters
) -> Encounters:
    """Build every encounter from the stays and draw those around them.

    ``span`` is (first day, day after the last): what has not begun by then is left out, what has not ended is in
    progress.
    """
    stay_rows = _stay_rows(rng, history, p)
    groups = [
        *stay_rows,
        _emergency_before(history.stays),
        _emergency_alone(rng, people, history, p),
        draw_outside(rng, people, history, span, p),
        draw_after_discharge(rng, history, span, p),
    ]
    end = span[1] * DAY
    every = {name: np.concatenate([group[name] for group in groups]) for name in groups[0]}
    every = take(every, every["start"] < np.minimum(end, history.death[every["patient"]]))
    open_still = every["end"] >= end
    every["status"] = np.where(open_still, IN_PROGRESS, FINISHED)
    every["end"] = np.where(open_still, NEVER, every["end"])
    every["disposition"] = np.where(open_still, -1, every["disposition"])
    mistakes = draw_mistakes(rng, people, history, every, span, p)
    every = {name: np.concatenate([every[name], mistakes[name]]) for name in every}
    every = take(every, np.lexsort((every["role"], every["start"], every["patient"])))
    size = len(every["patient"])
    last, first = (_positions(every, role, len(history.stays["patient"])) for role in (LAST, FIRST))
    return Encounters(every, rng.permutation(size) + 1, last, first)


def _positions(every: Rows, role: int, stays: int) -> np.ndarray:
    """Return for each stay where its encounter of that role is, -1 if it has none."""
    found = np.full(stays, -1)
    where = np.flatnonzero(every["role"] == role)
    found[every["stay"][where]] = where
    return found


def _stay_rows(rng: np.random.Generator, history: History, p: Parameters) -> list[Rows]:
    """Return the encounters of the stays: main ones, first parts before a pause, overlapping seconds."""
    stays, codes = history.stays, disposition_codes(p)
    size, chain = len(stays["patient"]), stays["chain"]
    parted = (chain == TRANSFER) | (chain == FOLD)
    sources = source_codes(p)
    source = _draw_source(rng, stays, p)
    moved = np.where(rng.random(size) < p["hospital"]["chains"]["transfer_source_share"], sources.index("4"), -1)
    common = {
        "patient": stays["patient"],
        "stay": np.arange(size),
        "class": np.full(size, CLASSES.index("inpatient")),
        "reason": stays["reason"],
        "admission_type": stays["admission_type"],
    }
    main = rows(
        size,
        **common,
        start=np.where(parted, stays["pause_end"], stays["admit"]),
        end=stays["discharge"],
        facility=stays["facility"],
        source=np.where(chain == TRANSFER, moved, source),
        disposition=stays["disposition"],
        role=np.full(size, LAST),
    )
    after = p["hospital"]["chains"]["transfer_dispositions"]
    ways = np.array([codes.index(code) if code is not None else -1 for code in after])
    before = rows(
        size,
        **common,
        start=stays["admit"],
        end=stays["pause_start"],
        facility=stays["facility_first"],
        source=source,
        disposition=np.where(chain == TRANSFER, ways[draw(rng, after, size)], codes.index("01")),
        role=np.full(size, FIRST),
    )
    beside = {**before, "start": stays["pause_start"], "end": stays["pause_end"], "role": np.full(size, SECOND)}
    return [main, take(before, parted), take(beside, chain == OVERLAP)]


def close_chains(history: History, end: int) -> None:
    """Leave stays still in progress at minute ``end`` as one encounter: their later parts have not begun yet."""
    stays = history.stays
    stays["chain"] = np.where(stays["discharge"] >= end, SINGLE, stays["chain"])
    stays["facility"] = np.where(stays["chain"] == TRANSFER, stays["facility"], stays["facility_first"])


def source_codes(p: Parameters) -> list[str]:
    """Return the UB-04 points of origin in use; "4" is a transfer from a hospital."""
    sources = p["hospital"]["admission"]["sources"]
    return list(dict.fromkeys([*sources["unplanned"], *sources["planned"], "4"]))


def _draw_source(rng: np.random.Generator, stays: Rows, p: Parameters) -> np.ndarray:
    codes, sources = source_codes(p), p["hospital"]["admission"]["sources"]
    drawn = [
        np.array([codes.index(code) for code in sources[kind]])[draw(rng, sources[kind], len(stays["patient"]))]
        for kind in ("unplanned", "planned")
    ]
    return np.where(stays["kind"] == PLANNED, drawn[1], drawn[0])


def _emergency_before(stays: Rows) -> Rows:
    """Return the emergency visits that end with the admission."""
    through = stays["via_emergency"]
    size = int(through.sum())
    return rows(
        size,
        patient=stays["patient"][through],
        stay=np.flatnonzero(through),
        **{"class": np.full(size, CLASSES.index("emergency"))},
        start=(stays["admit"] - stays["emergency_minutes"])[through],
        end=stays["admit"][through],
        facility=stays["facility_first"][through],
        reason=stays["reason"][through],
        role=np.full(size, EMERGENCY),
    )


def _emergency_alone(rng: np.random.Generator, people: People, history: History, p: Parameters) -> Rows:
    """Return the emergency visits that end at home."""
    size = len(history.visit_patient)
    return rows(
        size,
        patient=history.visit_patient,
        **{"class": np.full(size, CLASSES.index("emergency"))},
        start=history.visit_minute,
        end=history.visit_minute + rng.integers(90, 10 * HOUR, size),
        facility=people.home_facility[history.visit_patient],
        disposition=np.full(size, disposition_codes(p).index("01")),
        role=np.full(size, AROUND),
    )


def encounter_frame(
    rng: np.random.Generator, people: People, encounters: Encounters, span: tuple[int, int], p: Parameters
) -> pd.DataFrame:
    """Return the landing table ``encounters``, one row per encounter."""
    every, hospital = encounters.rows, p["hospital"]
    size, inpatient = len(every["patient"]), every["role"] <= SECOND
    reason = np.where(inpatient, every["reason"], -1)
    place = np.where(inpatient, reason, np.where(every["class"] == CLASSES.index("emergency"), len(p.reasons), -1))
    status = np.where(rng.random(size) < hospital["status"]["missing"], -1, every["status"])
    status = np.where(every["status"] > IN_PROGRESS, every["status"], status)
    low, high = hospital["billing_lag_days"]
    touched = np.where(every["end"] < NEVER, every["end"], every["start"]) + rng.integers(low * DAY, high * DAY, size)
    payers = list(p["population"]["payer"]["younger"])
    payer = np.where(
        rng.random(size) < p["hospital"]["payer_change_share"],
        rng.integers(0, len(payers), size),
        people.payer[every["patient"]],
    )
    types = admission_types(p)
    typed = np.where(every["admission_type"] == len(types) - 1, -1, every["admission_type"])
    return frame(
        "encounters",
        {
            "encounter_id": encounters.ids(np.arange(size)),
            "patient_id": numbered("P", 7, every["patient"] + 1),
            "encounter_class": words(CLASSES, every["class"]),
            "started_at": stamps(every["start"]),
            "ended_at": stamps(every["end"]),
            "status": words(STATUSES, status),
            "facility_id": words(p.facilities["facility_id"].tolist(), every["facility"]),
            "unit": words([*p.reasons["unit"], "emergency"], place),
            "service": words([*p.reasons["service"], "Emergency"], place),
            "admission_type": words(types, typed),
            "admission_source": words(source_codes(p), every["source"]),
            "discharge_disposition": words(disposition_codes(p), every["disposition"]),
            "drg_code": words(p.reasons["drg"].tolist(), np.where(every["end"] < NEVER, reason, -1)),
            "payer_class": words(payers, payer),
            "attending_provider_id": numbered("D", 4, rng.integers(1, hospital["attending_providers"] + 1, size)),
            "source_updated_at": stamps(np.minimum(touched, span[1] * DAY - 1)),
        },
    )
