"""Caseload: the day's list, and its publication."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.cut_off import find_cut_off
from pipelines.frames import read_points, read_table, write_table
from pipelines.identity_of_run import code_version, contract_version, name_run, reference_version
from pipelines.policy import load_policy
from pipelines.previous import find_previous
from pipelines.progress import announce
from pipelines.resource import Homeward
from pipelines.stage import WRITER_POOL, stage
from pipelines.tables import check_specs, results, spec

INPUTS = (
    "scores.risk",
    "scores.reason",
    "cohort.stay",
    "cohort.index_stay",
    "core.patient",
    "features.sdoh_need",
    "features.matrix",
    "core.case_manager",
    "core.resource",
    "core.intervention",
)
TABLES = ("caseload.worklist", "caseload.capacity", "caseload.unassigned")


@dg.multi_asset(
    specs=[spec(table, INPUTS, "parquet", "pandas") for table in TABLES],
    check_specs=check_specs(list(TABLES)),
    pool=WRITER_POOL,
)
def build_worklist(homeward: Homeward) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Rank, tier, assign and explain; nothing is published here."""
    from caseload.build import build_caseload
    from caseload.manifest import describe_caseload
    from caseload.worklist_frame import make_worklist_table

    with stage(homeward, "caseload", "tiers, needs, assignment") as clock:
        home, policy = homeward.at, load_policy(homeward.settings)
        as_of = find_cut_off(home.lake, homeward.requested_as_of)
        previous = find_previous(home.root, as_of)
        scorable = read_table(home, "cohort.index_stay", "stay_key,is_scorable")
        caseload = build_caseload(
            scores=read_table(home, "scores.risk"),
            reasons=read_table(home, "scores.reason"),
            stays=read_table(home, "cohort.stay").merge(scorable, on="stay_key", how="left"),
            patients=read_table(home, "core.patient"),
            needs=read_points(home, "features.sdoh_need"),
            features=read_points(home),
            managers=read_table(home, "core.case_manager"),
            resources=read_table(home, "core.resource"),
            previous=previous.worklist if previous else None,
            policy=policy,
            as_of=as_of,
            run_id=name_run(homeward, as_of.isoformat(), previous.run_id if previous else None),
            interventions=read_table(home, "core.intervention"),
        )
        write_table(home, "caseload.worklist", make_worklist_table(caseload.worklist))
        write_table(home, "caseload.capacity", caseload.capacity)
        write_table(home, "caseload.unassigned", caseload.unassigned)
        _keep(home.lake / "caseload" / "description.json", describe_caseload(caseload, policy))
        home.refresh_views()
        yield from results(home, list(TABLES), clock.seconds)


@dg.asset(
    key=dg.AssetKey(["caseload", "published"]),
    deps=[dg.AssetKey(table.split(".")) for table in (*TABLES, "scores.risk")],
    group_name="caseload",
    owners=["team:case-management"],
    kinds={"parquet", "csv"},
    description="published/<as_of>/<run>: worklist, scores, manifest; published/current moves last.",
    pool=WRITER_POOL,
)
def publish_caseload(homeward: Homeward) -> dg.MaterializeResult:
    """Publish what has passed every check, all of it or nothing."""
    from caseload.publish import publish

    with stage(homeward, "caseload", "publishing") as clock:
        home = homeward.at
        as_of = find_cut_off(home.lake, homeward.requested_as_of)
        previous = find_previous(home.root, as_of)
        run_id = name_run(homeward, as_of.isoformat(), previous.run_id if previous else None)
        worklist, scores = read_table(home, "caseload.worklist"), read_table(home, "scores.risk")
        folder = publish(home.root, as_of, run_id, worklist, scores, _manifest(homeward, as_of.isoformat()))
        _keep(home.lake / "caseload" / "published.json", {"folder": str(folder.relative_to(home.root))})
        announce("caseload", f"{len(worklist):,} patients listed")
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(worklist),
                "folder": str(folder),
                "stage_seconds": round(clock.seconds, 2),
            }
        )


def _manifest(homeward: Homeward, cut_off: str) -> dict[str, Any]:
    lake = homeward.at.lake
    return {
        **json.loads((lake / "caseload" / "description.json").read_text(encoding="utf-8")),
        "data_cut_off": cut_off,
        "measure": homeward.measure["name"],
        "code_version": code_version(),
        "contract_version": contract_version(),
        "reference_version": reference_version(),
        "load_report": json.loads((lake / "core" / "load_report.json").read_text(encoding="utf-8")),
    }


def _keep(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, default=str), encoding="utf-8")
