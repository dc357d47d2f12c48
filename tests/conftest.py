"""Fixtures that more than one kind of test uses."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """The project's value sets."""
    return PROJECT / "reference"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real development data; tests that need it skip, saying so, where it is absent."""
    folder = Path(os.environ.get("HOMEWARD_SHARED_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder} (set HOMEWARD_SHARED_DATA)")
    return folder
