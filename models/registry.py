"""The tracking store and registry (MLflow): one run per candidate, versions with the aliases champion and challenger.

MLflow is used here and nowhere else. Model folders are logged as they are (text and JSON), so a champion is loaded
without pickle and without MLflow's model flavours. Logged are settings, counts and metrics: nothing of any patient.
"""

import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.relocation import relocate
from models.risk_model import RiskModel
from models.training import Candidate, TrainingResult

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

EXPERIMENT = "readmission-30d"
REGISTERED_MODEL = "homeward-readmission-30d"
CHAMPION, CHALLENGER = "champion", "challenger"
FOLDER = "model"
PARAM_LENGTH_MAX = 5000  # MLflow refuses longer ones


@dataclass(frozen=True)
class Registered:
    """One version of the registered model."""

    number: int
    model_version: str
    run_id: str


class Registry:
    """Records trainings and answers with the champion.

    Parameters
    ----------
    tracking_uri : str
        For example ``sqlite:///.../mlflow.db``, or a server's address.
    artifact_location : str, optional
        Where a new experiment keeps its files; a server decides itself.
    """

    def __init__(self, tracking_uri: str, artifact_location: str | None = None) -> None:
        # Read when MLflow is first imported: nothing may call home, and progress is ours to show.
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
        from mlflow import MlflowClient

        logging.getLogger("mlflow").setLevel(logging.WARNING)  # it would announce every table it creates
        if artifact_location:
            relocate(tracking_uri, EXPERIMENT, artifact_location)
        self._client = MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)
        self._artifact_location = artifact_location

    def record(self, result: TrainingResult) -> dict[str, str]:
        """Log one run per candidate, unless its model version has one already.

        Returns
        -------
        mapping of candidate to run id
        """
        experiment_id = self._experiment_id()
        return {name: self._log_run(experiment_id, one, result) for name, one in result.candidates.items()}

    def register(self, model: RiskModel, run_id: str) -> Registered:
        """Make a version of the registered model from a run's model folder; the same model has one version only."""
        found = self._find(model.model_version)
        if found:
            return found
        if not self._client.search_registered_models(f"name = '{REGISTERED_MODEL}'", max_results=1):
            self._client.create_registered_model(REGISTERED_MODEL, description="Risk of an unplanned return in 30 days")
        source = f"{self._client.get_run(run_id).info.artifact_uri}/{FOLDER}"
        tags = {"model_version": model.model_version, "model_name": model.model_name}
        return _registered(self._client.create_model_version(REGISTERED_MODEL, source, run_id, tags=tags))

    def appoint(self, alias: str, version: Registered | None) -> None:
        """Point an alias (champion, challenger) at a version, or remove it."""
        current = self.version(alias)
        if version == current:
            return
        if version is None:
            self._client.delete_registered_model_alias(REGISTERED_MODEL, alias)
        else:
            self._client.set_registered_model_alias(REGISTERED_MODEL, alias, str(version.number))

    def note(self, version: Registered, decision: str) -> None:
        """Keep the sentence that decided about a version."""
        self._client.set_model_version_tag(REGISTERED_MODEL, str(version.number), "decision", decision)

    def noted(self, version: Registered) -> str:
        """Recall the sentence that decided about a version; empty where none was kept."""
        tags = self._client.get_model_version(REGISTERED_MODEL, str(version.number)).tags
        return str(tags.get("decision", ""))

    def version(self, alias: str = CHAMPION) -> Registered | None:
        """Find the version an alias points at; None where there is none."""
        # Searched, not asked for: a store that cannot be reached must fail, and never look like "no champion yet".
        found = self._client.search_registered_models(f"name = '{REGISTERED_MODEL}'", max_results=1)
        number = found[0].aliases.get(alias) if found else None
        return None if number is None else _registered(self._client.get_model_version(REGISTERED_MODEL, str(number)))

    def load(self, alias: str = CHAMPION) -> RiskModel | None:
        """Load the model an alias points at; None where there is none."""
        found = self.version(alias)
        if found is None:
            return None
        with tempfile.TemporaryDirectory() as scratch:
            return RiskModel.load(Path(self._client.download_artifacts(found.run_id, FOLDER, scratch)))

    def _experiment_id(self) -> str:
        experiment = self._client.get_experiment_by_name(EXPERIMENT)
        if experiment:
            return str(experiment.experiment_id)
        return str(self._client.create_experiment(EXPERIMENT, artifact_location=self._artifact_location))

    def _log_run(self, experiment_id: str, candidate: Candidate, result: TrainingResult) -> str:
        version = candidate.model.model_version
        found = self._client.search_runs(
            [experiment_id], f"tags.model_version = '{version}' and attributes.status = 'FINISHED'", max_results=1
        )
        if found:
            return str(found[0].info.run_id)
        tags = {
            "model_version": version,
            "model_name": candidate.model.model_name,
            "is_chosen": str(candidate.model.model_name == result.chosen).lower(),
            "decision": result.decision,
        }
        run_id = str(self._client.create_run(experiment_id, tags=tags, run_name=version).info.run_id)
        self._client.log_batch(run_id, params=_params(candidate), metrics=_metrics(candidate))
        with tempfile.TemporaryDirectory() as scratch:
            candidate.model.save(Path(scratch) / FOLDER)
            self._client.log_artifacts(run_id, str(Path(scratch) / FOLDER), FOLDER)
        self._client.set_terminated(run_id)
        return run_id

    def _find(self, model_version: str) -> Registered | None:
        found = self._client.search_model_versions(
            f"name = '{REGISTERED_MODEL}' and tags.model_version = '{model_version}'", max_results=1
        )
        return _registered(found[0]) if found else None


def _registered(version: "ModelVersion") -> Registered:
    return Registered(int(version.version), str(version.tags.get("model_version", "")), str(version.run_id))


def _params(candidate: Candidate) -> list[Any]:
    from mlflow.entities import Param

    metadata = {**candidate.model.metadata, "calibrator": candidate.model.calibrator.method}
    flat = _flatten(metadata)
    return [Param(name, str(value)[:PARAM_LENGTH_MAX]) for name, value in sorted(flat.items())]


def _metrics(candidate: Candidate) -> list[Any]:
    from mlflow.entities import Metric

    flat = _flatten(candidate.metrics)
    # Time and step 0: when it was measured is not a result.
    return [Metric(name, float(value), 0, 0) for name, value in sorted(flat.items()) if value is not None]


def _flatten(node: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{name}."))
        else:
            flat[name] = json.dumps(value) if isinstance(value, list | tuple) else value
    return flat
