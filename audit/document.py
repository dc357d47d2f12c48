"""The audit as one document: what metrics.json holds, and what the report is written from."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from audit.checks import reconciles
from audit.hospitals import measure_hospitals
from audit.inputs import ATTRITION_COLUMNS, AuditInputs
from audit.need import measure_need
from audit.performance import measure_performance
from audit.reach import measure_reach
from audit.scores import Sample, prepare_sample
from audit.settings import AuditSettings
from audit.subgroups import measure_subgroups
from audit.timeline import measure_months, measure_treated
from audit.verdict import judge
from models.metrics import Metric

SCHEMA_VERSION = "1.0"
DIGITS = 6
TENTHS = 10
DISTRIBUTION_PARTS = 40
DISTRIBUTION_TAIL = 0.995

Document = dict[str, Any]


def build_document(inputs: AuditInputs, settings: AuditSettings) -> Document:
    """Measure everything there is to measure.

    Returns
    -------
    dict
        Sections of metrics.json; numbers with intervals are `Metric` until `to_json`.
    """
    sample = prepare_sample(inputs, settings)
    performance = measure_performance(sample, settings, inputs.seed)
    subgroups = measure_subgroups(sample, inputs.subgroups, settings, inputs.seed)
    return {
        "schema_version": SCHEMA_VERSION,
        "model": _model(inputs),
        "provenance": {
            **dataclasses.asdict(inputs.provenance),
            "seed": inputs.seed,
            "settings_version": settings.version,
        },
        "verdict": judge(sample, performance, subgroups, inputs, settings),
        "evaluation": _evaluation(sample, inputs),
        "cohort": {"rates": dict(inputs.cohort_rates), "attrition": _attrition(inputs.attrition)},
        "performance": performance,
        "risk_distribution": _distribution(sample, settings),
        "tenths": _tenths(sample, settings),
        "months": measure_months(sample, settings),
        "treated": measure_treated(sample, settings, inputs.seed),
        "subgroups": subgroups,
        "need_at_equal_score": measure_need(sample, inputs.subgroups, settings, inputs.seed),
        "reach": measure_reach(inputs, settings),
        "hospital_ratio": measure_hospitals(inputs, settings),
        "data": {
            "load_report": {
                table: {**rows, "reconciles": reconciles(rows)} for table, rows in sorted(inputs.load_report.items())
            },
            "source_notes": list(inputs.source_notes),
        },
        "limits": {
            "group_ratio": {"low": settings.group_ratio.low, "high": settings.group_ratio.high},
            "min_group": settings.min_group,
            "min_events": settings.min_events,
            "min_hospital_stays": settings.hospital_ratio.min_stays,
        },
        "sources": dict(sorted(settings.sources.items())),
    }


def to_json(document: Document) -> str:
    """Write the document as JSON: fixed order, fixed digits, so that equal audits are equal bytes."""
    return json.dumps(_plain(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401  (any part of a JSON document)
    if isinstance(value, Metric):
        return value.as_dict(DIGITS)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return round(float(value), DIGITS) + 0.0
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _model(inputs: AuditInputs) -> Document:
    return {
        **dataclasses.asdict(inputs.model),
        "features": [dataclasses.asdict(feature) for feature in inputs.model.features],
    }


def _evaluation(sample: Sample, inputs: AuditInputs) -> Document:
    days = pd.to_datetime(sample.frame["discharge_date"])
    document: Document = {
        "rows": sample.rows,
        "patients": int(np.unique(sample.clusters).size),
        "events": sample.events,
        "event_rate": sample.events / sample.rows if sample.rows else None,
        "without_outcome": sample.left_out,
        "from": days.min().date() if sample.rows else None,
        "to": days.max().date() if sample.rows else None,
        "list_size": inputs.capacity.list_size,
        "places": min(inputs.capacity.places, sample.rows),
        "risk_at_capacity": _risk_at_capacity(sample),
        "share": sample.share,
        "ranked_by": sample.champion.label if sample.champion else None,
    }
    for column in ("died_30d", "any_return_30d"):
        known = column in sample.frame and sample.frame[column].notna().any()
        document[column] = int(sample.frame[column].fillna(False).astype(bool).sum()) if known else None
    return document


def _risk_at_capacity(sample: Sample) -> float | None:
    """Round the risk from which people are on the list: exact, it would be one person's."""
    if sample.champion is None or not sample.champion.is_probability or not 0 < sample.share < 1:
        return None
    return round(float(np.quantile(sample.champion.values, 1 - sample.share)), 2)


def _attrition(attrition: pd.DataFrame) -> list[Document]:
    ordered = attrition.sort_values("step")[list(ATTRITION_COLUMNS)]
    steps = []
    for row in ordered.to_dict("records"):
        steps.append({str(key): str(value) if key == "rule" else int(value) for key, value in row.items()})
    return steps


def _distribution(sample: Sample, settings: AuditSettings) -> list[Document]:
    """Count stays by risk in parts of equal width; the last part is open; small counts are not shown."""
    champion = sample.champion
    if champion is None or not champion.is_probability or not sample.rows:
        return []
    edge = max(round(float(np.quantile(champion.values, DISTRIBUTION_TAIL)), 2), 1 / DISTRIBUTION_PARTS)
    width = edge / DISTRIBUTION_PARTS
    part = np.minimum((champion.values / width).astype(np.intp), DISTRIBUTION_PARTS)
    counts = np.bincount(part, minlength=DISTRIBUTION_PARTS + 1)
    return [
        {"low": place * width, "high": (place + 1) * width, "rows": int(rows) if rows >= settings.min_group else None}
        for place, rows in enumerate(counts[:DISTRIBUTION_PARTS])
    ]


def _tenths(sample: Sample, settings: AuditSettings) -> list[Document]:
    """Compare mean risk and observed rate in tenths of the ranking."""
    champion = sample.champion
    if champion is None or not champion.is_probability or sample.rows < TENTHS * settings.min_group:
        return []
    order = np.argsort(champion.values, kind="stable")
    tenths = []
    for place, rows in enumerate(np.array_split(order, TENTHS)):
        events = int(sample.outcome[rows].sum())
        is_shown = events >= settings.min_events and rows.size - events >= settings.min_events
        tenths.append(
            {
                "tenth": place + 1,
                "rows": int(rows.size),
                "mean_risk": float(champion.values[rows].mean()),
                "observed_rate": events / rows.size if is_shown else None,
            }
        )
    return tenths
