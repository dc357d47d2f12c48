"""Audit: report, metrics and model card of the champion."""

import dagster as dg

from pipelines.audit_inputs import collect_inputs
from pipelines.policy import load_audit_settings
from pipelines.resource import Homeward
from pipelines.stage import WRITER_POOL, stage

DEPS = (
    "scores.evaluation",
    "scores.risk",
    "cohort.attrition",
    "cohort.label",
    "cohort.condition",
    "features.matrix",
    "caseload.published",
)


@dg.asset(
    key=dg.AssetKey(["audit", "report"]),
    deps=[dg.AssetKey(table.split(".")) for table in DEPS],
    group_name="audit",
    owners=["team:quality-team"],
    kinds={"html", "json"},
    description="audit/<model version>: report.html, metrics.json, model card.",
    pool=WRITER_POOL,
)
def write_audit_report(homeward: Homeward) -> dg.MaterializeResult:
    """Measure the model on held-out patients of a later time and write it down."""
    from audit.build import build_audit, write_audit

    with stage(homeward, "audit", "metrics with intervals, report, model card") as clock:
        audit = build_audit(collect_inputs(homeward), load_audit_settings())
        written = write_audit(audit, homeward.at.audit)
        return dg.MaterializeResult(
            metadata={"report": str(written["report.html"]), "stage_seconds": round(clock.seconds, 2)}
        )
