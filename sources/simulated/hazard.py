"""The true 30-day hazard, what a person's history says about frailty, and what ends the window."""

from typing import Any

import numpy as np

from sources.simulated.facts import Facts, disposition_codes
from sources.simulated.parameters import Parameters
from sources.simulated.people import ADULT_AGE, decades, sigmoid
from sources.simulated.units import DAY, DIED, HOUR, NOTHING, PLANNED, UNPLANNED, WINDOW_DAYS


def structural_logit(facts: Facts, p: Parameters) -> np.ndarray:
    """Return the log-odds of an unplanned return from everything observable at discharge, frailty aside.

    Parameters
    ----------
    facts : dict of arrays, one entry per stay
        As drawn by ``facts.py``, with ``prior_admissions``, ``emergency_visits`` (counts in the windows of risk.yaml),
        ``needs_known`` (count), ``screened`` and ``svi`` (0-1).

    Notes
    -----
    Only facts recorded or resulted by discharge enter: late codes and late results do not.
    """
    r = p["risk"]
    prior = np.log2(1 + np.minimum(facts["prior_admissions"], r["prior_admissions"]["most"]))
    visits = np.log2(1 + np.minimum(facts["emergency_visits"], r["emergency_visits"]["most"]))
    points = np.minimum(facts["points"], r["comorbidity"]["most"])
    age = decades(facts["age"])
    effect = np.where(facts["principal_late"], 0.0, p.reasons["effect"].to_numpy()[facts["reason"]])
    logit = (
        r["intercept"]
        + r["prior_admissions"]["log2"] * prior
        + r["emergency_visits"]["log2"] * visits
        + r["comorbidity"]["slope"] * points
        + r["nights"]["log"] * np.log1p(facts["nights"])
        + r["age"]["slope"] * age
        + r["age"]["square"] * age**2
        + r["age"]["child"] * (facts["age"] < ADULT_AGE)
        + r["reason_scale"] * effect
        + r["unplanned_admission"] * (facts["kind"] != PLANNED)
        + r["area"]["svi"] * (facts["svi"] - 0.5)
        + r["interactions"]["use_and_comorbidity"] * prior * points
    )
    return logit + _labs(facts, p) + _drugs(facts, p) + _social(facts, r) + _place_and_time(facts, p)


def _labs(facts: Facts, p: Parameters) -> np.ndarray:
    total = np.zeros(len(facts["patient"]))
    for name, term in p["risk"]["labs"].items():
        test = p.labs["name"].tolist().index(name)
        value = facts["labs"][:, test]
        excess = term["below"] - value if "below" in term else value - term["above"]
        total += np.where(facts["measured"][:, test], term["slope"] * excess.clip(0, term["cap"]), 0.0)
    sodium = p.labs["name"].tolist().index("sodium")
    low = facts["measured"][:, sodium] & (facts["labs"][:, sodium] < p["risk"]["labs"]["sodium"]["below"])
    failing = facts["coded"][:, p.chronic_at("heart_failure")] & ~facts["late"][:, p.chronic_at("heart_failure")]
    return total + p["risk"]["interactions"]["heart_failure_low_sodium"] * (low & failing)


def _drugs(facts: Facts, p: Parameters) -> np.ndarray:
    term = p["risk"]["medications"]
    high_risk = facts["drugs"][:, p.drugs["high_risk"].to_numpy()].sum(axis=1)
    many = (facts["drugs"].sum(axis=1) - term["count_from"]).clip(0, term["count_most"])
    return term["high_risk"] * np.minimum(high_risk, term["high_risk_most"]) + term["count"] * many


def _social(facts: Facts, r: dict[str, Any]) -> np.ndarray:
    needs = r["needs"]["slope"] * np.minimum(facts["needs_known"], r["needs"]["most"])
    unscreened = r["needs"]["unscreened"] * ~facts["screened"]
    alone = r["interactions"]["old_and_alone"]
    return needs + unscreened + alone["add"] * (facts["alone_coded"] & (facts["age"] >= alone["age"]))


def _place_and_time(facts: Facts, p: Parameters) -> np.ndarray:
    rare = len(p["hospital"]["dispositions"]["rare"]) + len(p["hospital"]["dispositions"]["died"])
    effects = np.append(np.append(p.dispositions["effect"].to_numpy(), np.zeros(rare)), 0.0)  # last one: missing
    day = facts["discharge"] // DAY
    friday = (day + 3) % 7 == 4  # noqa: PLR2004 - 1970-01-01 was a Thursday; Monday is 0
    winter = p["risk"]["winter"]
    season = winter["amplitude"] * np.cos(2 * np.pi * (day % 365.25 - winter["peak_day"]) / 365.25)
    place = p.facilities["effect"].to_numpy()[facts["facility"]]
    return effects[facts["disposition"]] + place + season + p["risk"]["friday"] * friday


def draw_outcome(rng: np.random.Generator, risk: np.ndarray, facts: Facts, p: Parameters) -> np.ndarray:
    """Draw what comes first in 30 days: an unplanned stay with probability ``risk``, else planned, death, nothing."""
    planned, death = p["risk"]["planned_return"], p["risk"]["death"]
    tumour = facts["coded"][:, [p.chronic_at("tumour"), p.chronic_at("metastasis")]].any(axis=1)
    chemotherapy = facts["reason"] == p.reason_at("chemotherapy")
    planned_prob = sigmoid(planned["base"] + planned["tumour"] * tumour + planned["chemotherapy"] * chemotherapy)
    codes = disposition_codes(p)
    hospice = np.isin(facts["disposition"], [codes.index(c) for c in p["hospital"]["dispositions"]["hospice"]])
    nursing = facts["disposition"] == codes.index("03")
    death_prob = sigmoid(
        death["base"]
        + death["age_slope"] * decades(facts["age"])
        + death["points"] * facts["points"]
        + death["hospice"] * hospice
        + death["nursing"] * nursing
    )
    returns, second = rng.random(len(risk)) < risk, rng.random(len(risk))
    other = np.where(second < planned_prob, PLANNED, np.where(second > 1 - death_prob, DIED, NOTHING))
    return np.where(returns, UNPLANNED, other)


def draw_return_minute(rng: np.random.Generator, discharge: np.ndarray, p: Parameters) -> np.ndarray:
    """Draw when an unplanned return starts: within 30 x 24 h and within 30 calendar days, both at once."""
    shape = p["risk"]["return_day"]
    weights = np.exp(-np.arange(WINDOW_DAYS + 1) / shape["decay_days"])
    weights[0] *= shape["first_day"]
    cumulative = np.cumsum(weights)
    day = np.searchsorted(cumulative, rng.random(len(discharge)) * cumulative[-1])
    share, of_day = rng.random(len(discharge)), discharge % DAY
    any_time = (_arrival(share) * DAY).astype(np.int64)
    same_day = of_day + HOUR // 2 + (share * (DAY - of_day - HOUR).clip(0)).astype(np.int64)
    last_day = (share * of_day).astype(np.int64)
    minute = np.where(day == 0, same_day, np.where(day == WINDOW_DAYS, last_day, any_time))
    return (discharge // DAY + day) * DAY + minute


def _arrival(share: np.ndarray) -> np.ndarray:
    """Map a uniform number to a share of the day: few arrivals at night, most in the afternoon and evening."""
    return np.interp(share, [0, 0.12, 0.5, 0.9, 1], [0, 0.29, 0.60, 0.92, 1 - 1e-6])


def arrival_minute(rng: np.random.Generator, planned: np.ndarray) -> np.ndarray:
    """Draw a minute of the day: mornings for planned admissions, all day for the others."""
    share = rng.random(len(planned))
    return np.where(planned, 6 * HOUR + share * 4 * HOUR, _arrival(share) * DAY).astype(np.int64)
