"""Laboratory results and medications of the stays."""

import numpy as np
import pandas as pd

from sources.simulated.columns import constant, frame, masked, numbered, stamps, words
from sources.simulated.encounters import Encounters
from sources.simulated.parameters import Parameters, between
from sources.simulated.stays import History
from sources.simulated.units import DAY, HOUR, NEVER
from sources.simulated.visits import Rows, next_admission

KINDS = ("inpatient", "discharge", "outpatient")


def lab_frame(
    rng: np.random.Generator, history: History, encounters: Encounters, end: int, p: Parameters
) -> pd.DataFrame:
    """Return the landing table ``lab_results``: series in the stay whose last value is the one the hazard knew.

    A few last specimens are resulted only after discharge; nothing resulted at or after minute ``end`` is there.
    """
    series, late = _series(rng, history, encounters, p), _late(rng, history, p)
    every = {name: np.concatenate([series[name], late[name]]) for name in series}
    every = {name: values[every["resulted"] < end] for name, values in every.items()}
    order = np.lexsort((every["test"], every["collected"], every["stay"]))
    every = {name: values[order] for name, values in every.items()}
    tests, test = p.labs, every["test"]
    converted = rng.random(len(test)) < tests["share2"].to_numpy()[test]
    value = np.where(converted, every["value"] * tests["factor2"].to_numpy()[test], every["value"])
    units = [*tests["unit"], *tests["unit2"]]
    return frame(
        "lab_results",
        {
            "patient_id": numbered("P", 7, history.stays["patient"][every["stay"]] + 1),
            "encounter_id": encounters.ids(encounters.last[every["stay"]]),
            "loinc_code": words(tests["loinc"].tolist(), test),
            "value": np.round(value, 2),
            "unit": masked(
                words(units, test + len(tests) * converted), rng.random(len(test)) < p["laboratory"]["unit_missing"]
            ),
            "collected_at": stamps(every["collected"]),
            "resulted_at": stamps(every["resulted"]),
        },
    )


def _series(rng: np.random.Generator, history: History, encounters: Encounters, p: Parameters) -> Rows:
    stays, shape, tests = history.stays, p["laboratory"]["series"], p.labs
    stay, test = np.nonzero(stays["measured"])
    start, leave = encounters.rows["start"][encounters.last], stays["discharge"]
    length = leave - start
    count = 1 + np.minimum(length / DAY / shape["every_days"], shape["most"] - 1).astype(np.int64)
    repeats = count[stay]
    rank = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    stay, test = np.repeat(stay, repeats), np.repeat(test, repeats)
    back = count[stay] - 1 - rank  # 0: the last specimen of the series
    drift = shape["drift"] * tests["spread_stay"].to_numpy()[test] * np.sqrt(back) * rng.standard_normal(len(stay))
    scale = 10.0 ** tests["decimals"].to_numpy()[test]
    value = stays["labs"][stay, test] + drift
    value = value.clip(tests["lowest"].to_numpy()[test], tests["highest"].to_numpy()[test])
    # All specimens of a draw come at one moment of the stay, between its first 5 and its last 15 percent.
    part = (rank + 0.35 + 0.3 * np.modf(stay * 0.618)[0]) / count[stay]
    collected = start[stay] + (length[stay] * (0.05 + 0.80 * part)).astype(np.int64)
    resulted = collected + between(rng, shape["result_minutes"], len(stay))
    resulted = np.minimum(resulted, np.maximum(leave[stay] - 1, collected))
    return {
        "stay": stay,
        "test": test,
        "value": np.rint(value * scale) / scale,
        "collected": collected,
        "resulted": resulted,
    }


def _late(rng: np.random.Generator, history: History, p: Parameters) -> Rows:
    stays, late, tests = history.stays, p["laboratory"]["late"], p.labs
    stay, test = np.nonzero(stays["measured"] & (rng.random(stays["measured"].shape) < late["share"]))
    leave = stays["discharge"][stay]
    before = np.minimum(
        between(rng, late["collected_before_minutes"], len(stay)), 0.05 * (leave - stays["admit"][stay])
    )
    spread = tests["spread_stay"].to_numpy()[test] * rng.standard_normal(len(stay))
    value = (stays["labs"][stay, test] + spread).clip(
        tests["lowest"].to_numpy()[test], tests["highest"].to_numpy()[test]
    )
    scale = 10.0 ** tests["decimals"].to_numpy()[test]
    resulted = leave + between(rng, late["result_minutes"], len(stay))
    collected = leave - before.astype(np.int64)
    return {
        "stay": stay,
        "test": test,
        "value": np.rint(value * scale) / scale,
        "collected": collected,
        "resulted": resulted,
    }


def medication_frame(
    rng: np.random.Generator, history: History, encounters: Encounters, end: int, p: Parameters
) -> pd.DataFrame:
    """Return the landing table ``medications``: given in hospital, prescribed at discharge, filled afterwards."""
    parts = _drug_rows(rng, history, end, p)
    every = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    every = {name: values[every["start"] < end] for name, values in every.items()}
    order = np.lexsort((every["drug"], every["start"], every["stay"]))
    every = {name: values[order] for name, values in every.items()}
    extra = p["medications"]["inpatient_extra"]
    filled = every["kind"] == KINDS.index("outpatient")
    return frame(
        "medications",
        {
            "patient_id": numbered("P", 7, history.stays["patient"][every["stay"]] + 1),
            "encounter_id": encounters.ids(np.where(filled, -1, encounters.last[every["stay"]])),
            "kind": words(KINDS, every["kind"]),
            "code_system": constant("RxNorm", len(order)),
            "code": words([*p.drugs["rxnorm"], *(row[0] for row in extra)], every["drug"]),
            "name": words([*p.drugs["label"], *(row[1] for row in extra)], every["drug"]),
            "started_at": stamps(every["start"]),
            "ended_at": stamps(np.where(every["stop"] < end, every["stop"], NEVER)),
        },
    )


def _drug_rows(rng: np.random.Generator, history: History, end: int, p: Parameters) -> list[Rows]:
    stays, numbers = history.stays, p["medications"]
    admit, leave = stays["admit"], stays["discharge"]
    home = stays["drugs"] & (~stays["died"] & (leave < end))[:, None]
    prescribed, drug = np.nonzero(home)
    extra = np.array([row[2] for row in numbers["inpatient_extra"]])
    given = np.column_stack(
        [
            stays["drugs"] & (rng.random(stays["drugs"].shape) < numbers["continued_share"]),
            rng.random((len(admit), len(extra))) < extra,
        ]
    )
    stay, inside = np.nonzero(given)
    begin = admit[stay] + (0.5 * rng.random(len(stay)) * (leave[stay] - admit[stay])).astype(np.int64)
    fills = rng.random(len(drug)) < numbers["fill_share"]
    filler, filled = prescribed[fills], drug[fills]
    low, high = numbers["fill_days"]
    at = leave[filler] + rng.integers(low * DAY + HOUR, high * DAY, len(filler))
    limit = np.minimum(
        next_admission(history, stays["patient"][filler], leave[filler]), history.death[stays["patient"][filler]]
    )
    supply = numbers["supply_days"] * DAY
    parts = [(stay, inside, begin, leave[stay], 0), (prescribed, drug, leave[prescribed], np.full(len(drug), NEVER), 1)]
    parts.append((filler[at < limit], filled[at < limit], at[at < limit], at[at < limit] + supply, 2))
    return [{"stay": a, "drug": b, "start": c, "stop": d, "kind": np.full(len(a), kind)} for a, b, c, d, kind in parts]
