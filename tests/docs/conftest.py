"""A small simulated hospital, landed once; a finished home of it for the notebook."""

from pathlib import Path

import pytest

from pipelines.execution import execute
from pipelines.resource import Homeward

PATIENTS, YEARS, SEED = 300, 2, 5


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Dagster, MLflow, Jupyter and SQLAlchemy deprecate among themselves; ours are caught by the other tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An extract as CSV, as somebody who writes their own would have it."""
    from sources.simulated import simulate, write_landing

    folder = tmp_path_factory.mktemp("docs") / "landing"
    write_landing(simulate(patients=PATIENTS, years=YEARS, seed=SEED), folder, fmt="csv")
    return folder


@pytest.fixture(scope="session")
def finished(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder after one good run."""
    home = tmp_path_factory.mktemp("docs_home") / "home"
    outcome = execute(Homeward(landing=str(landing), home=str(home)))
    assert outcome.succeeded, outcome.problems
    return home
