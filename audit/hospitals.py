"""How hospitals compare once their patients are allowed for: with several a standardised ratio, with one O/E."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from audit.case_mix import BoolArray, describe_case_mix
from audit.inputs import AuditInputs
from audit.scores import FloatArray
from audit.settings import AuditSettings
from audit.suppression import hidden
from audit.words import count, interval_words, plural
from models.metrics import Metric, learn_risks, missing, observed_over_expected, standardised_ratios

STANDARDISED, OBSERVED_EXPECTED = "standardised readmission ratio", "observed / expected"
SEVERAL = 2
# Of the difference of two normal variables, over their standard deviation.
MEDIAN_DIFFERENCE = float(np.sqrt(2) * ndtri(0.75))

Document = dict[str, Any]


def measure_hospitals(inputs: AuditInputs, settings: AuditSettings) -> Document:
    """Compare the hospitals' readmissions, over all index stays and by condition.

    Parameters
    ----------
    inputs : AuditInputs
        ``hospital_stays``, ``conditions``, and the last training day of ``model``: what one hospital is compared with.
    settings : AuditSettings

    Returns
    -------
    dict
        ``reason`` (why nothing was computed, or None), ``measure`` (which ratio), ``stays``, ``readmissions``,
        ``rate`` (overall, observed), ``without_hospital``, ``from``, ``to``, ``reference_until``, ``spread``,
        ``case_mix`` (columns used), ``compared`` (hospitals with a ratio), ``hospitals`` (highest ratio first:
        ``hospital``, ``stays``, ``readmissions``, ``ratio``, ``rate``, ``verdict``), ``sentence``, and ``conditions``:
        the same of each condition.
    """
    stays, until = inputs.hospital_stays, inputs.model.training_to
    if stays is None:
        return _nothing("the run gave no index stays") | {"conditions": []}
    known = stays[stays["readmitted_30d"].notna()].sort_values(["facility_id", "stay_key"]).reset_index(drop=True)
    document = _measure(known, until, settings)
    by_condition = []
    if inputs.conditions is not None:
        for condition, members in inputs.conditions.groupby("condition", sort=True):
            of_condition = known[known["stay_key"].isin(members["stay_key"])].reset_index(drop=True)
            by_condition.append({"condition": str(condition), **_measure(of_condition, until, settings)})
    return document | {"conditions": by_condition}


def _nothing(reason: str) -> Document:
    return {
        "reason": reason,
        "measure": None,
        "stays": None,
        "readmissions": None,
        "rate": None,
        "without_hospital": None,
        "from": None,
        "to": None,
        "reference_until": None,
        "spread": missing(reason),
        "case_mix": [],
        "hospitals": [],
        "compared": 0,
        "sentence": f"Readmissions were not compared between hospitals: {reason}.",
    }


def _measure(stays: pd.DataFrame, until: dt.date | None, settings: AuditSettings) -> Document:
    """Choose by the number of hospitals with enough stays; small ones still help a fit of several."""
    located = stays[stays["facility_id"].notna()].reset_index(drop=True)
    if located.empty:
        return _nothing("there are no index stays" if stays.empty else "no stay says at which hospital it ended")
    rows = located["facility_id"].value_counts()
    large = rows.index[rows >= settings.hospital_ratio.min_stays]
    if not len(large):
        return _nothing(f"no hospital has {settings.hospital_ratio.min_stays} index stays")
    if len(large) >= SEVERAL:
        document = _compare_several(located, settings)
    else:
        document = _follow_one(located[located["facility_id"] == large[0]].reset_index(drop=True), until, settings)
    compared = sum(entry["verdict"] is not None for entry in document["hospitals"])
    return document | {"compared": compared, "without_hospital": len(stays) - len(located)}


def _compare_several(stays: pd.DataFrame, settings: AuditSettings) -> Document:
    outcome, chosen = stays["readmitted_30d"].to_numpy(dtype=np.float64), settings.hospital_ratio
    case_mix = describe_case_mix(stays, outcome, np.ones(len(stays), dtype=bool), chosen.case_mix)
    code, names = pd.factorize(stays["facility_id"], sort=True)
    found = standardised_ratios(outcome, case_mix.design, code, chosen.largest_spread)
    rows, events = np.bincount(code), np.rint(np.bincount(code, outcome)).astype(np.intp)
    hide_rows, hide_events = hidden(rows, settings.min_group), hidden(events, settings.min_events)
    hospitals = []
    for place, name in enumerate(names):
        withheld = _withheld(rows[place], events[place], settings)
        ratio = missing(withheld) if withheld else found.ratios[place]
        hospitals.append(
            _describe(
                str(name),
                None if hide_rows[place] else int(rows[place]),
                None if hide_rows[place] or hide_events[place] else int(events[place]),
                ratio,
            )
            | {"rate": ratio.times(float(outcome.mean()))}
        )
    document = _overall(stays, outcome, settings) | {
        "measure": STANDARDISED,
        "case_mix": case_mix.used,
        "spread": found.spread,
        "hospitals": sorted(hospitals, key=lambda entry: (-(entry["ratio"].value or 0.0), entry["hospital"])),
    }
    return document | {"sentence": _sum_up_several(document)}


def _follow_one(stays: pd.DataFrame, until: dt.date | None, settings: AuditSettings) -> Document:
    """Compare one hospital with its own past: a model fitted on its own stays would expect what it saw."""
    if until is None:
        return _nothing("there is one hospital, and no earlier period to compare it with")
    outcome, chosen = stays["readmitted_30d"].to_numpy(dtype=np.float64), settings.hospital_ratio
    is_earlier = (pd.to_datetime(stays["discharge_date"]) <= pd.Timestamp(until)).to_numpy()
    later, events = stays[~is_earlier], int(outcome[~is_earlier].sum())
    if len(later) < chosen.min_stays:
        return _nothing(f"there is one hospital, with fewer than {chosen.min_stays} index stays after {until}")
    case_mix = describe_case_mix(stays, outcome, is_earlier, chosen.case_mix)
    withheld = _withheld(len(later), events, settings)
    ratio = missing(withheld) if withheld else _observed_over_expected(outcome, case_mix.design, is_earlier)
    overall = _overall(later, outcome[~is_earlier], settings)
    name = str(stays["facility_id"].iloc[0])
    document = overall | {
        "measure": OBSERVED_EXPECTED,
        "case_mix": case_mix.used,
        "reference_until": until,
        "spread": missing("there is one hospital"),
        "hospitals": [_describe(name, len(later), overall["readmissions"], ratio) | {"rate": None}],
    }
    return document | {"sentence": _sum_up_one(document)}


def _observed_over_expected(outcome: FloatArray, design: FloatArray, is_earlier: BoolArray) -> Metric:
    risks = learn_risks(outcome[is_earlier], design[is_earlier], design[~is_earlier])
    if risks is None:
        return missing("risks could not be learnt from the earlier stays")
    return observed_over_expected(outcome[~is_earlier].sum(), float(risks.sum()), outcome[is_earlier].sum())


def _withheld(stays: int, readmissions: int, settings: AuditSettings) -> str | None:
    """Say why a hospital's ratio must not be shown; None when it may."""
    if stays < settings.hospital_ratio.min_stays:
        return f"too few: fewer than {settings.hospital_ratio.min_stays} index stays"
    if readmissions < settings.min_events:
        return f"too few: fewer than {settings.min_events} readmissions"
    if stays - readmissions < settings.min_events:
        return f"too few: fewer than {settings.min_events} stays without a readmission"
    return None


def _describe(name: str, stays: int | None, readmissions: int | None, ratio: Metric) -> Document:
    verdict = None
    if ratio.low is not None and ratio.high is not None:
        verdict = "more" if ratio.low > 1 else "fewer" if ratio.high < 1 else "not clear"
    return {"hospital": name, "stays": stays, "readmissions": readmissions, "ratio": ratio, "verdict": verdict}


def _overall(stays: pd.DataFrame, outcome: FloatArray, settings: AuditSettings) -> Document:
    days, events = pd.to_datetime(stays["discharge_date"]), int(outcome.sum())
    is_shown = min(events, len(stays) - events) >= settings.min_events
    return {
        "reason": None,
        "stays": len(stays),
        "readmissions": events if is_shown else None,
        "rate": events / len(stays) if is_shown else None,
        "from": days.min().date(),
        "to": days.max().date(),
        "reference_until": None,
    }


def _sum_up_several(document: Document) -> str:
    verdicts = [entry["verdict"] for entry in document["hospitals"]]
    compared = sum(verdict is not None for verdict in verdicts)
    words = f"{plural(len(verdicts), 'hospital')}, {count(document['stays'])} index stays"
    if not compared:
        return f"{words}: none could be compared ({document['hospitals'][0]['ratio'].reason})."
    more, fewer = (verdicts.count(verdict) or "none" for verdict in ("more", "fewer"))
    return (
        f"{words}: of {compared} compared, {more} surely had more readmissions than expected of their patients, "
        f"{fewer} surely fewer. The same patient's odds of a readmission differ between two of them by a factor of "
        f"{interval_words(_median_odds_ratio(document['spread']))} in the median."
    )


def _median_odds_ratio(spread: Metric) -> Metric:
    """Say in odds how far two hospitals are apart (Larsen and Merlo, Am J Epidemiol 2005;161:81-88)."""

    def odds(log_odds: float | None) -> float | None:
        return None if log_odds is None else float(np.exp(MEDIAN_DIFFERENCE * log_odds))

    return Metric(odds(spread.value), odds(spread.low), odds(spread.high), spread.reason)


def _sum_up_one(document: Document) -> str:
    entry = document["hospitals"][0]
    ratio = (
        interval_words(entry["ratio"]) if entry["ratio"].value is not None else f"not known ({entry['ratio'].reason})"
    )
    return f"Observed / expected readmissions of {entry['hospital']} after {document['reference_until']}: {ratio}."
