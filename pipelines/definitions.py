"""What Dagster loads: every asset, check, schedule and sensor under `pipelines/defs`, and the one resource."""

import os

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")

import dagster as dg

from pipelines.defs import audit, caseload, cohort, features, ingest, schedules, scores
from pipelines.resource import Homeward, from_environment

STAGES = (ingest, cohort, features, scores, caseload, audit)


def load_assets() -> list[dg.AssetsDefinition]:
    """Every asset, in the order of the stages."""
    return dg.load_assets_from_modules(STAGES)


def build_defs(homeward: Homeward | None = None) -> dg.Definitions:
    """Put the definitions together.

    Parameters
    ----------
    homeward : Homeward, optional
        What to work on; from HOMEWARD_* variables by default.
    """
    return dg.Definitions(
        assets=load_assets(),
        jobs=[schedules.daily_caseload],
        schedules=[schedules.every_morning],
        sensors=[schedules.landing_folder],
        resources={"homeward": homeward or from_environment()},
        executor=dg.in_process_executor,
    )


defs = build_defs()
