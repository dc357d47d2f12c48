"""When the pipeline runs by itself: every morning, and when a new extract lands."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines.resource import Homeward

daily_caseload = dg.define_asset_job(
    "daily_caseload", selection=dg.AssetSelection.all(), description="From the extract to the published caseload list."
)

every_morning = dg.ScheduleDefinition(
    name="every_morning",
    job=daily_caseload,
    cron_schedule="30 5 * * *",
    description="The list lies ready when case managers begin.",
)


@dg.sensor(job=daily_caseload, minimum_interval_seconds=300)
def landing_folder(context: dg.SensorEvaluationContext, homeward: Homeward) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run when the landing folder's files differ from those of the last request (names, sizes, times)."""
    if not homeward.landing or not Path(homeward.landing).is_dir():
        yield dg.SkipReason("HOMEWARD_LANDING names no folder")
        return
    files = sorted(p for p in Path(homeward.landing).rglob("*") if p.is_file())
    state = json.dumps([[p.name, p.stat().st_size, int(p.stat().st_mtime)] for p in files])
    if not files or state == context.cursor:
        yield dg.SkipReason("nothing new in the landing folder")
        return
    context.update_cursor(state)
    yield dg.RunRequest(run_key=state)
