"""What Dagster is given: the asset graph, checks, schedule and sensor."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.resource import Homeward
from pipelines.tables import contracts

SNAPSHOT = Path(__file__).parent / "asset_graph.json"


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs(Homeward()).get_repository_def()


def graph_of(repository: dg.RepositoryDefinition) -> dict[str, list[str]]:
    graph = repository.asset_graph
    return {
        key.to_user_string(): sorted(parent.to_user_string() for parent in graph.get(key).parent_keys)
        for key in sorted(graph.get_all_asset_keys())
    }


def test_the_asset_graph_is_the_one_we_reviewed(repository: dg.RepositoryDefinition) -> None:
    """After a wanted change: python -m tests.pipeline.test_definitions writes the snapshot anew."""
    assert graph_of(repository) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_one_name_is_asset_key_contract_and_table(repository: dg.RepositoryDefinition) -> None:
    keys = {key.to_user_string().replace("/", ".") for key in repository.asset_graph.get_all_asset_keys()}
    assert set(contracts()) <= keys


def test_every_contract_is_a_blocking_check(repository: dg.RepositoryDefinition) -> None:
    checks = {check.asset_key.to_user_string().replace("/", ".") for check in repository.asset_graph.asset_check_keys}
    assert checks == set(contracts())
    for key in repository.asset_graph.asset_check_keys:
        assert repository.asset_graph.get_check_spec(key).blocking


def test_every_asset_has_a_group_an_owner_a_kind_and_a_description(repository: dg.RepositoryDefinition) -> None:
    for key in repository.asset_graph.get_all_asset_keys():
        node = repository.asset_graph.get(key)
        assert node.group_name != "default"
        assert node.owners, key
        assert node.kinds, key
        assert node.description, key


def test_the_schedule_runs_every_morning(repository: dg.RepositoryDefinition) -> None:
    schedule = repository.get_schedule_def("every_morning")
    assert schedule.cron_schedule == "30 5 * * *"
    assert schedule.job_name == "daily_caseload"


def ask_sensor(repository: dg.RepositoryDefinition, landing: Path | str, cursor: str | None) -> Any:
    sensor = repository.get_sensor_def("landing_folder")
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, resources={"homeward": Homeward(landing=str(landing))}
        )
        return sensor.evaluate_tick(context)


def test_the_sensor_asks_once_for_each_new_state_of_the_landing_folder(
    repository: dg.RepositoryDefinition, tmp_path: Path
) -> None:
    assert ask_sensor(repository, "", None).skip_message == "HOMEWARD_LANDING names no folder"
    assert ask_sensor(repository, tmp_path, None).skip_message == "nothing new in the landing folder"
    (tmp_path / "patients.csv").write_text("patient_id\n")
    first = ask_sensor(repository, tmp_path, None)
    assert len(first.run_requests or []) == 1
    assert not ask_sensor(repository, tmp_path, first.cursor).run_requests, "the same files ask for nothing"
    (tmp_path / "encounters.csv").write_text("encounter_id\n")
    assert len(ask_sensor(repository, tmp_path, first.cursor).run_requests or []) == 1


if __name__ == "__main__":
    graph = graph_of(build_defs(Homeward()).get_repository_def())
    SNAPSHOT.write_text(json.dumps(graph, indent=1) + "\n", encoding="utf-8")
