"""Diagnoses and procedures of the encounters."""

from typing import Any

import numpy as np
import pandas as pd

from sources.simulated.columns import constant, frame, masked, numbered, stamps, words
from sources.simulated.encounters import AROUND, EMERGENCY, FIRST, SECOND, Encounters
from sources.simulated.parameters import Parameters, draw
from sources.simulated.people import ADULT_AGE, People, age_at
from sources.simulated.stays import History
from sources.simulated.units import DAY, HOUR, NEVER
from sources.simulated.visits import CLASSES, IN_PROGRESS, Rows

PRESENT = ("Y", "N", "U", "W")


class Codes:
    """Every diagnosis code in use, once, and the positions of each pool in it."""

    def __init__(self, p: Parameters) -> None:
        visits = p["hospital"]["visits"]
        self.pools: dict[str, dict[str, float]] = {
            **{f"reason {name}": p["conditions"]["codes"][name] for name in p.reasons["name"]},
            **{f"chronic {name}": p["chronic"]["codes"][name] for name in p.chronic["name"]},
            **{
                name: visits[f"{name}_codes"]
                for name in ("outpatient", "emergency", "observation", "minor", "psychiatric")
            },
            "needs": dict.fromkeys(p.domains["z_code"], 1.0),
            "alone": {p["social"]["lives_alone"]["z_code"]: 1.0},
        }
        self.all = list(dict.fromkeys(code for pool in self.pools.values() for code in pool))
        self._at = {code: position for position, code in enumerate(self.all)}

    def at(self, name: str) -> np.ndarray:
        """Return the positions of a pool's codes."""
        return np.array([self._at[code] for code in self.pools[name]])

    def draw(self, rng: np.random.Generator, name: str, size: int) -> np.ndarray:
        """Draw codes of a pool by their shares."""
        return self.at(name)[draw(rng, self.pools[name], size)]

    def draw_each(self, rng: np.random.Generator, kind: str, names: list[str], which: np.ndarray) -> np.ndarray:
        """Draw for each entry of ``which`` a code of the pool at that position of ``names``."""
        code = np.zeros(len(which), dtype=np.int64)
        for position in np.unique(which):
            mask = which == position
            code[mask] = self.draw(rng, f"{kind} {names[position]}", int(mask.sum()))
        return code


def diagnosis_frame(
    rng: np.random.Generator, people: People, history: History, encounters: Encounters, end: int, p: Parameters
) -> pd.DataFrame:
    """Return the landing table ``diagnoses``: one row per encounter and code, nothing recorded after minute ``end``."""
    codes = Codes(p)
    parts = [
        _main(rng, history, encounters, codes, p),
        _first(history, encounters),
        _around(rng, people, encounters, codes, p),
    ]
    every = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    known = (every["recorded"] < end) | (every["recorded"] == NEVER)
    every = {name: values[known] for name, values in every.items()}
    order = np.lexsort((every["sequence"], every["encounter"]))
    every = {name: values[order] for name, values in every.items()}
    return frame(
        "diagnoses",
        {
            "encounter_id": encounters.ids(every["encounter"]),
            "patient_id": numbered("P", 7, encounters.rows["patient"][every["encounter"]] + 1),
            "code_system": constant("ICD-10-CM", len(order)),
            "code": words(codes.all, every["code"]),
            "sequence": every["sequence"],
            "present_on_admission": words(PRESENT, every["present"]),
            "recorded_at": stamps(every["recorded"]),
        },
    )


def _main(rng: np.random.Generator, history: History, encounters: Encounters, codes: Codes, p: Parameters) -> Rows:
    """Return the diagnoses of the stays' main encounters: principal, chronic conditions, living alone, needs."""
    stays = history.stays
    principal = codes.draw_each(rng, "reason", p.reasons["name"].tolist(), stays["reason"])
    stays["principal"] = principal
    given = np.column_stack(
        [np.ones(len(principal), dtype=bool), stays["coded"], stays["alone_coded"], stays["z_coded"]]
    )
    late = np.zeros_like(given)
    late[:, 0] = stays["principal_late"]
    late[:, 1 : 1 + len(p.chronic)] = stays["late"]
    stay, column = np.nonzero(given)
    code = _code_of(rng, stay, column, principal, codes, p)
    keep = (column == 0) | (code != principal[stay])
    stay, column, code = stay[keep], column[keep], code[keep]
    start = np.flatnonzero(column == 0)
    sequence = np.arange(len(stay)) - np.repeat(start, np.diff(np.append(start, len(stay)))) + 1
    encounter = encounters.last[stay]
    lag = rng.integers(p["chronic"]["late_days"][0] * DAY, p["chronic"]["late_days"][1] * DAY, len(stay))
    recorded = np.where(
        late[stay, column], stays["discharge"][stay] + lag, _during(rng, encounters, encounter, stays, stay)
    )
    untimed = (
        ~late[stay, column]
        & (rng.random(len(stay)) < p["chronic"]["untimed_share"])
        & (encounters.rows["end"][encounter] < NEVER)
    )
    present = np.where(
        rng.random(len(stay)) < p["chronic"]["present_share"], 0, rng.integers(1, len(PRESENT), len(stay))
    )
    return {
        "encounter": encounter,
        "code": code,
        "sequence": sequence,
        "present": np.where(column > len(p.chronic), -1, present),
        "recorded": np.where(untimed, NEVER, recorded),
    }


def _code_of(
    rng: np.random.Generator, stay: np.ndarray, column: np.ndarray, principal: np.ndarray, codes: Codes, p: Parameters
) -> np.ndarray:
    chronic = len(p.chronic)
    code = np.where(column == 0, principal[stay], codes.at("alone")[0])
    secondary = (column > 0) & (column <= chronic)
    code[secondary] = codes.draw_each(rng, "chronic", p.chronic["name"].tolist(), column[secondary] - 1)
    need = column > chronic + 1
    code[need] = codes.at("needs")[column[need] - chronic - 2]
    return code


def _during(
    rng: np.random.Generator, encounters: Encounters, encounter: np.ndarray, stays: Rows, stay: np.ndarray
) -> np.ndarray:
    """Draw moments inside the encounter (also of one still in progress), never after its end."""
    start = encounters.rows["start"][encounter]
    return start + (rng.random(len(stay)) * (stays["discharge"][stay] - start)).astype(np.int64)


def _first(history: History, encounters: Encounters) -> Rows:
    """Return the principal diagnoses of the other encounters of a stay and of the emergency visit before it."""
    every = encounters.rows
    encounter = np.flatnonzero(np.isin(every["role"], (FIRST, SECOND, EMERGENCY)))
    code = history.stays["principal"][every["stay"][encounter]]
    size = len(encounter)
    ended = np.where(every["end"][encounter] < NEVER, every["end"][encounter], every["start"][encounter])
    return {
        "encounter": encounter,
        "code": code,
        "sequence": np.ones(size, dtype=np.int64),
        "present": np.where(every["role"][encounter] == EMERGENCY, -1, 0),
        "recorded": ended,
    }


def _around(rng: np.random.Generator, people: People, encounters: Encounters, codes: Codes, p: Parameters) -> Rows:
    """Return one reason for most encounters outside the stays, and chronic conditions now and then."""
    every = encounters.rows
    around = np.flatnonzero((every["role"] == AROUND) & (every["status"] <= IN_PROGRESS))
    kind, who = every["class"][around], every["patient"][around]
    code = codes.draw(rng, "outpatient", len(around))
    child = age_at(people, who, every["start"][around]) < ADULT_AGE
    code = np.where(child, codes.draw(rng, "minor", len(around)), code)
    for name in ("emergency", "observation", "psychiatric"):
        code = np.where(kind == CLASSES.index(name), codes.draw(rng, name, len(around)), code)
    mentally = p.facilities["kind"].to_numpy()[every["facility"][around]] == "psychiatric"
    code = np.where(mentally, codes.draw(rng, "psychiatric", len(around)), code)
    seen = np.flatnonzero(kind == CLASSES.index("outpatient"))
    share = p["chronic"]["coded_share_outpatient"]
    chronic = people.chronic[who[seen]] & (rng.random((len(seen), people.chronic.shape[1])) < share)
    visit, column = np.nonzero(chronic)
    extra = codes.draw_each(rng, "chronic", p.chronic["name"].tolist(), column)
    keep = extra != code[seen[visit]]
    visit, extra = seen[visit[keep]], extra[keep]
    first = np.flatnonzero(np.diff(visit, prepend=-1))
    rank = np.arange(len(visit)) - np.repeat(first, np.diff(np.append(first, len(visit)))) + 2
    encounter = np.concatenate([around, around[visit]])
    ended = np.where(every["end"][encounter] < NEVER, every["end"][encounter], every["start"][encounter] + HOUR)
    return {
        "encounter": encounter,
        "code": np.concatenate([code, extra]),
        "sequence": np.concatenate([np.ones(len(around), dtype=np.int64), rank]),
        "present": np.full(len(encounter), -1),
        "recorded": ended,
    }


def procedure_frame(
    rng: np.random.Generator, history: History, encounters: Encounters, end: int, p: Parameters
) -> pd.DataFrame:
    """Return the landing table ``procedures``: one row per main encounter and ICD-10-PCS code."""
    stays = history.stays
    pools: dict[str, dict[str, Any]] = p["conditions"]["procedures"]
    vocabulary = list(dict.fromkeys(code for pool in pools.values() for code in pool))
    stay_parts, code_parts = [], []
    for name, pool in pools.items():
        having = np.flatnonzero(stays["reason"] == p.reason_at(name))
        exclusive = name in p["conditions"]["exclusive_procedures"]
        one_draw, before = rng.random(len(having)), 0.0
        for name_of_code, share in pool.items():
            done = (one_draw >= before) & (one_draw < before + share) if exclusive else rng.random(len(having)) < share
            stay_parts.append(having[done])
            code_parts.append(np.full(int(done.sum()), vocabulary.index(name_of_code)))
            before += share
    stay, code = np.concatenate(stay_parts), np.concatenate(code_parts)
    encounter = encounters.last[stay]
    performed = _during(rng, encounters, encounter, stays, stay)
    order = np.lexsort((code, encounter))[(performed < end)[np.lexsort((code, encounter))]]
    encounter = encounter[order]
    return frame(
        "procedures",
        {
            "encounter_id": encounters.ids(encounter),
            "patient_id": numbered("P", 7, encounters.rows["patient"][encounter] + 1),
            "code_system": constant("ICD-10-PCS", len(order)),
            "code": words(vocabulary, code[order]),
            "performed_at": masked(
                stamps(performed[order]), rng.random(len(order)) < p["conditions"]["untimed_procedures"]
            ),
        },
    )
