"""The registry round trip on a store of its own (one store for the module: creating one takes seconds)."""

import dataclasses

import numpy as np
import pytest

from data_contracts.errors import HomewardError
from models.registry import CHALLENGER, CHAMPION, EXPERIMENT, REGISTERED_MODEL, Registry
from models.succession import settle_champion
from tests.unit.models.made_up_hospital import shipped_settings, train_quickly

# MLflow's own use of its dependencies, not ours.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
RULE = shipped_settings().promotion
EASY = dataclasses.replace(RULE, auroc_loss_max=1.0, brier_loss_max=1.0)
NEVER = dataclasses.replace(RULE, brier_loss_max=-1.0)


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    return Registry(f"sqlite:///{folder}/mlflow.db", str(folder / "artifacts"))


def counts(registry):
    client = registry._client
    experiment = client.get_experiment_by_name(EXPERIMENT)
    runs = client.search_runs([experiment.experiment_id])
    return len(runs), len(client.search_model_versions(f"name = '{REGISTERED_MODEL}'"))


def test_round_trip_idempotence_and_succession(registry, trained, hospital):
    matrix, labels = hospital
    assert registry.load() is None and registry.version() is None

    first = settle_champion(registry, trained, matrix, labels, RULE, is_simulated=True)
    assert first.version.model_version == trained.model.model_version
    np.testing.assert_array_equal(first.champion.predict(matrix), trained.model.predict(matrix))
    assert counts(registry) == (4, 1)

    again = settle_champion(registry, trained, matrix, labels, RULE, is_simulated=True)
    assert again.version == first.version and again.verdict.sentence == first.verdict.sentence, (
        "a repeated run reads the same"
    )
    assert counts(registry) == (4, 1)

    other = train_quickly(matrix, labels, seed=2)
    kept = settle_champion(registry, other, matrix, labels, NEVER, is_simulated=True)
    assert kept.version == first.version and kept.verdict.sentence.startswith("The champion stays")
    assert registry.version(CHALLENGER).model_version == other.model.model_version
    assert counts(registry) == (8, 2)

    won = settle_champion(registry, other, matrix, labels, EASY, is_simulated=True)
    assert won.version.model_version == other.model.model_version == registry.version(CHAMPION).model_version
    assert registry.version(CHALLENGER) is None and counts(registry) == (8, 2)


def test_a_moved_store_finds_its_models_and_writes_to_its_new_place(trained, hospital, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    before = Registry(f"sqlite:///{old}/mlflow.db", str(old / "artifacts"))
    settle_champion(before, trained, *hospital, RULE, is_simulated=True)
    old.rename(new)
    moved = Registry(f"sqlite:///{new}/mlflow.db", str(new / "artifacts"))
    champion = moved.load()
    assert champion is not None and champion.model_version == trained.model.model_version
    settle_champion(moved, train_quickly(*hospital, seed=3), *hospital, NEVER, is_simulated=True)
    assert counts(moved) == (8, 2)
    assert not old.exists(), "nothing is written to where the home once was"


def test_champion_that_cannot_read_the_features_is_replaced(registry, hospital):
    matrix, labels = hospital
    fewer = matrix.drop(columns="visits")
    catalogue = [entry for entry in _catalogue() if entry["name"] != "visits"]
    result = train_quickly(fewer, labels, catalogue=catalogue)
    settled = settle_champion(registry, result, fewer, labels, NEVER, is_simulated=True)
    assert settled.version.model_version == result.model.model_version


def test_nothing_of_any_patient_is_stored(registry, trained, hospital, tmp_path_factory):
    registry.record(trained)
    folder = tmp_path_factory.getbasetemp()
    stored = b"".join(file.read_bytes() for file in folder.glob("registry*/**/*") if file.is_file())
    assert b"inverse_penalty" in stored
    for column in ("stay_id", "patient_id", "encounter_id"):
        assert not [value for value in hospital[0][column][:200] if f'"{value}"'.encode() in stored]


def test_suspected_leakage_without_anything_to_stand_in(tmp_path, trained, hospital, registry):
    suspect = dataclasses.replace(
        trained,
        candidates={
            trained.chosen: dataclasses.replace(
                trained.candidates[trained.chosen],
                metrics={"evaluation": {**trained.candidates[trained.chosen].metrics["evaluation"], "auroc": 0.95}},
            )
        },
    )
    registry.appoint(CHAMPION, None)
    with pytest.raises(HomewardError, match="no model can be put in charge"):
        settle_champion(registry, suspect, *hospital, RULE, is_simulated=False)


def _catalogue():
    from tests.unit.models.made_up_hospital import CATALOGUE

    return CATALOGUE
