"""Execute the assets in this process: what `homeward run` does, and what tests do."""

import logging
import os
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from pipelines.resource import Homeward

# Before anything imports them: no dependency calls home.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "true")
# On busy cores, threads of LightGBM that spin while they wait cost five times the time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
for chatter in ("mlflow", "alembic"):
    logging.getLogger(chatter).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Outcome:
    """How an execution ended."""

    run_id: str
    succeeded: bool
    problems: list[str] = field(default_factory=list)


def execute(homeward: Homeward, selection: dg.AssetSelection | None = None) -> Outcome:
    """Materialise the assets in process, one writer at a time.

    Parameters
    ----------
    homeward : Homeward
        What to work on.
    selection : AssetSelection, optional
        Part of the graph; all of it by default.

    Returns
    -------
    Outcome
        With every problem in words for people: failed stages and failed contracts.

    Raises
    ------
    HomewardError
        Another run holds the home.
    """
    from pipelines.definitions import load_assets

    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with homeward.at.writing(), _instance() as instance:
        result = dg.materialize(
            load_assets(),
            resources={"homeward": homeward},
            instance=instance,
            raise_on_error=False,
            run_config=quiet,
            selection=selection,
        )
    return Outcome(result.run_id, result.success, _problems(result))


def _instance() -> dg.DagsterInstance:
    """Give the site's instance where DAGSTER_HOME names one, so that `dg dev` shows the run; else one in memory."""
    return dg.DagsterInstance.get() if os.environ.get("DAGSTER_HOME") else dg.DagsterInstance.ephemeral()


def _problems(result: dg.ExecuteInProcessResult) -> list[str]:
    problems = []
    for event in result.all_events:
        if event.is_step_failure and not _is_check_failure(event.step_failure_data):
            failure = event.step_failure_data
            user = failure.user_failure_data
            problems.append((user.description if user and user.description else None) or _brief(failure.error))
    for check in result.get_asset_check_evaluations():
        if not check.passed:
            table = ".".join(check.asset_key.path)
            problems.append(f"{table}: does not keep its contract: {check.metadata['failed'].value}")
    return problems


def _is_check_failure(failure: Any) -> bool:  # noqa: ANN401  Dagster's StepFailureData is not public
    """Whether a blocking check said no: it is told by the check itself."""
    return bool(failure.error and failure.error.cls_name == "DagsterAssetCheckFailedError")


def _brief(error: object) -> str:
    name = getattr(error, "cls_name", None) or "error"
    return f"unexpected {name}; run `homeward doctor`"
