"""What one wave of stays looks like: reason, place, dates, codes, laboratory values, drugs, where people go."""

from typing import Any

import numpy as np

from sources.simulated.parameters import Parameters, draw
from sources.simulated.people import ADULT_AGE, People, decades, sigmoid
from sources.simulated.units import DAY, FOLD, HOUR, OVERLAP, PLANNED, SINGLE, TRANSFER

Facts = dict[str, np.ndarray]


def choose(rng: np.random.Generator, logits: np.ndarray) -> np.ndarray:
    """Draw one column per row with probability proportional to exp(logit)."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    cumulative = np.cumsum(weights, axis=1)
    return (cumulative < (rng.random(len(logits)) * cumulative[:, -1])[:, None]).sum(axis=1)


def draw_reason(
    rng: np.random.Generator, people: People, facts: Facts, previous: np.ndarray, same_day: np.ndarray, p: Parameters
) -> np.ndarray:
    """Draw the reason for admission; a same-day return is never for a condition of the same CCS category."""
    reasons, who, age = p.reasons, facts["patient"], facts["age"]
    logits = np.log(reasons["weight"].to_numpy()) + people.chronic[who] @ p.affinity
    ages = np.array(reasons["ages"].tolist())
    allowed = (age[:, None] >= ages[:, 0]) & (age[:, None] < ages[:, 1])
    allowed &= (reasons["kind"].to_numpy() == "planned") == (facts["kind"] == PLANNED)[:, None]
    sexes = list(p["population"]["sex"])
    for sex in ("female", "male"):
        other = people.sex[who] != sexes.index(sex)
        allowed[np.ix_(other, (reasons["sex"] == sex).to_numpy())] = False
    returning = previous >= 0
    for name in p["conditions"]["not_as_return"]:
        allowed[returning, p.reason_at(name)] = False
    ccs = reasons["ccs"].fillna(-1).to_numpy()
    allowed &= ~(same_day[:, None] & (ccs == ccs[previous][:, None]))
    reason = choose(rng, np.where(allowed, logits, -50.0))
    again = returning & (rng.random(len(who)) < p["risk"]["same_reason_share"])
    again &= allowed[np.arange(len(who)), previous]
    return np.where(again, previous, reason)


def draw_place(rng: np.random.Generator, people: People, facts: Facts, last: Facts, p: Parameters) -> np.ndarray:
    """Draw the admitting facility: home, the same as before on a return, the cancer institute for oncology."""
    who, size = facts["patient"], len(facts["patient"])
    weight = np.cumsum(p.facilities["weight"].to_numpy())
    place = np.where(
        rng.random(size) < p["hospital"]["home_share"],
        people.home_facility[who],
        np.searchsorted(weight, rng.random(size) * weight[-1]),
    )
    institute = int(np.flatnonzero(p.facilities["kind"] == "cancer_exempt")[0])
    oncology = np.isin(facts["reason"], [p.reason_at(name) for name in p["hospital"]["oncology_conditions"]])
    place = np.where(oncology & (rng.random(size) < p["hospital"]["cancer_institute_share"]), institute, place)
    back = (last["facility"] >= 0) & (rng.random(size) < p["risk"]["return_facility_share"])
    # A return on the same or next day elsewhere would be a transfer by rule, so it happens at the same hospital.
    return np.where(back | last["next_day"], last["facility"], place)


def draw_admission(rng: np.random.Generator, facts: Facts, p: Parameters) -> Facts:
    """Draw the admission type and whether it went through the emergency department."""
    admission = p["hospital"]["admission"]
    types = admission_types(p)
    size = len(facts["patient"])
    through = np.array([admission["through_emergency"].get(name, 0.0) for name in types])
    chosen = np.zeros(size, dtype=np.int64)
    for kind in ("unplanned", "planned"):
        positions = np.array([types.index(name) for name in admission[kind]])
        mask = (facts["kind"] == PLANNED) == (kind == "planned")
        chosen = np.where(mask, positions[draw(rng, admission[kind], size)], chosen)
    low, high = admission["emergency_minutes"]
    return {
        "admission_type": chosen,
        "via_emergency": rng.random(size) < through[chosen],
        "emergency_minutes": rng.integers(low, high, size),
    }


def admission_types(p: Parameters) -> list[str | None]:
    """Return every admission type in use; the last one stands for missing."""
    admission = p["hospital"]["admission"]
    return [*admission["through_emergency"], None]


def draw_codes(rng: np.random.Generator, people: People, facts: Facts, p: Parameters) -> Facts:
    """Draw which chronic conditions are coded on the stay, and which of them only at final billing."""
    chronic = people.chronic[facts["patient"]]
    coded = chronic & (rng.random(chronic.shape) < p["chronic"]["coded_share"])
    late = coded & (rng.random(chronic.shape) < p["chronic"]["late_share"])
    alone = p["social"]["lives_alone"]["coded_share"]
    size = len(chronic)
    return {
        "coded": coded,
        "late": late,
        "principal_late": rng.random(size) < p["chronic"]["principal_late_share"],
        "points": (coded & ~late) @ p.chronic["points"].to_numpy(),
        "alone_coded": people.lives_alone[facts["patient"]] & (rng.random(size) < alone),
    }


def draw_dates(rng: np.random.Generator, facts: Facts, p: Parameters) -> Facts:
    """Draw nights, the discharge minute, and how the stay is cut into encounters."""
    stay, size = p["hospital"]["length_of_stay"], len(facts["patient"])
    centre = np.log(p.reasons["los_days"].to_numpy()[facts["reason"]])
    centre = centre + stay["points"] * facts["points"] + stay["age_slope"] * decades(facts["age"])
    nights = np.rint(np.exp(centre + stay["spread"] * rng.standard_normal(size))).clip(1, stay["longest"])
    nights = np.where(rng.random(size) < p["hospital"]["admission"]["same_day_share"], 0, nights).astype(np.int64)
    low, high = stay["discharge_hours"]
    leaves = (facts["admit"] // DAY + nights) * DAY + rng.integers(low * HOUR, high * HOUR, size)
    discharge = np.where(nights > 0, leaves, facts["admit"] + rng.integers(3 * HOUR, 11 * HOUR, size))
    return {"nights": discharge // DAY - facts["admit"] // DAY, "discharge": discharge, **_chain(rng, nights, facts, p)}


def _chain(rng: np.random.Generator, nights: np.ndarray, facts: Facts, p: Parameters) -> Facts:
    """Draw one encounter or several (transfer, same-day fold, overlap) and the pause between, or the overlap."""
    chains, size = p["hospital"]["chains"], len(nights)
    shares = np.cumsum([chains["transfer"], chains["fold"], chains["overlap"]])
    kinds = np.array([TRANSFER, FOLD, OVERLAP, SINGLE])
    chain = kinds[np.searchsorted(shares, rng.random(size), side="right")]
    known = p.reasons["ccs"].notna().to_numpy()[facts["reason"]]
    chain = np.where((nights < 2) | ((chain == FOLD) & ~known), SINGLE, chain)  # noqa: PLR2004 - two nights: room for a pause
    day = facts["admit"] // DAY + 1 + np.floor(rng.random(size) * (nights - 2).clip(0)).astype(np.int64)
    pause_start = day * DAY + rng.integers(8 * HOUR, 13 * HOUR, size)
    # A day-1 transfer can begin the night after at the latest; discharges are at 9 on a later day or after.
    shortest, longest = chains["transfer_gap_minutes"]
    gap = np.where(chain == FOLD, rng.integers(2 * HOUR, 8 * HOUR, size), rng.integers(shortest, longest, size))
    room = (facts["admit"] // DAY + nights) * DAY + 8 * HOUR
    pause_end = np.minimum(pause_start + gap, room)
    return {"chain": chain, "pause_start": pause_start, "pause_end": pause_end}


def draw_transfer_target(rng: np.random.Generator, facts: Facts, p: Parameters) -> np.ndarray:
    """Return the facility that discharges: another acute one after a transfer, the admitting one otherwise."""
    weight = p.facilities["weight"].to_numpy()
    logits = np.log(np.maximum(weight, 1e-9))[None, :].repeat(len(facts["patient"]), axis=0)
    logits[np.arange(len(logits)), facts["facility_first"]] = -50.0
    return np.where(facts["chain"] == TRANSFER, choose(rng, logits), facts["facility_first"])


def draw_end(rng: np.random.Generator, facts: Facts, p: Parameters) -> Facts:
    """Draw death in hospital and the discharge disposition (position in ``disposition_codes``)."""
    hospital, size = p["hospital"], len(facts["patient"])
    death, codes = hospital["death_in_hospital"], disposition_codes(p)
    logit = p.reasons["mortality"].to_numpy()[facts["reason"]]
    logit = logit + death["shift"] + death["age_slope"] * decades(facts["age"]) + death["points"] * facts["points"]
    died = rng.random(size) < sigmoid(logit)
    table, away = p.dispositions, hospital["dispositions"]
    logits = (
        table["base"].to_numpy()
        + table["age"].to_numpy() * decades(facts["age"])[:, None]
        + table["nights"].to_numpy() * np.log1p(facts["nights"])[:, None]
        + table["points"].to_numpy() * facts["points"][:, None]
    )
    disposition = choose(rng, logits)
    rare = rng.random(size) < away["rare_share"]
    disposition = np.where(rare, len(table) + rng.integers(0, len(away["rare"]), size), disposition)
    ways = np.array([codes.index(code) for code in away["died"]])
    disposition = np.where(died, ways[draw(rng, away["died"], size)], disposition)
    missing = ~died & (rng.random(size) < away["missing_share"])
    return {"died": died, "disposition": np.where(missing, -1, disposition)}


def disposition_codes(p: Parameters) -> list[str]:
    """Return every UB-04 disposition in use, in the order positions refer to."""
    away: dict[str, Any] = p["hospital"]["dispositions"]
    return [*p.dispositions["code"], *away["rare"], *away["died"]]


def draw_labs(rng: np.random.Generator, people: People, facts: Facts, p: Parameters) -> Facts:
    """Draw the last laboratory values known at discharge, in each test's own unit, and which were measured."""
    tests = p.labs
    centre = (
        tests["mean"].to_numpy() + people.chronic[facts["patient"]] @ p.chronic_labs + p.reason_labs[facts["reason"]]
    )
    spread = np.hypot(tests["spread_person"].to_numpy(), tests["spread_stay"].to_numpy())
    value = centre + spread * rng.standard_normal(centre.shape)
    value = value.clip(tests["lowest"].to_numpy(), tests["highest"].to_numpy())
    scale = 10.0 ** tests["decimals"].to_numpy()
    measured = (
        tests["measured"].to_numpy() * np.where(facts["age"] < ADULT_AGE, p["laboratory"]["child_share"], 1.0)[:, None]
    )
    return {"labs": np.rint(value * scale) / scale, "measured": rng.random(value.shape) < measured}


def draw_drugs(rng: np.random.Generator, people: People, facts: Facts, p: Parameters) -> np.ndarray:
    """Draw the discharge drugs: each taken if any of its causes (habit, conditions, reason) leads to it."""
    chronic = people.chronic[facts["patient"]].astype(float)
    log_without = np.log1p(-p.drugs["base"].to_numpy()) + chronic @ np.log1p(-p.chronic_drugs)
    log_without = log_without + np.log1p(-p.reason_drugs)[facts["reason"]]
    child = np.where(facts["age"] < ADULT_AGE, p["medications"]["child_share"], 1.0)[:, None]
    return rng.random(log_without.shape) < -np.expm1(log_without) * child
