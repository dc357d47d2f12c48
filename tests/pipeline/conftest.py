"""A small simulated hospital, landed once, run once; tests copy what they break."""

from pathlib import Path

import pytest

from pipelines.execution import Outcome, execute
from pipelines.resource import Homeward


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Dagster, MLflow and SQLAlchemy deprecate among themselves; our own deprecations are caught by the other tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))


PATIENTS, YEARS, SEED = 500, 2, 11


def run(landing: Path, home: Path, **options: str) -> Outcome:
    """Execute the whole graph in process."""
    return execute(Homeward(landing=str(landing), home=str(home), **options))


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hospital's extract; its truth lies elsewhere."""
    from sources.simulated import simulate, write_landing

    folder = tmp_path_factory.mktemp("hospital") / "landing"
    write_landing(simulate(patients=PATIENTS, years=YEARS, seed=SEED), folder)
    return folder


@pytest.fixture(scope="session")
def finished(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder after one good run."""
    home = tmp_path_factory.mktemp("finished") / "home"
    outcome = run(landing, home)
    assert outcome.succeeded, outcome.problems
    return home
