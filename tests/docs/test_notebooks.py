"""The notebooks run on a finished home, are committed without outputs, and show no patient."""

from pathlib import Path

import duckdb
import nbformat
import pytest

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


def read_notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def shown(notebook: nbformat.NotebookNode) -> str:
    """Everything the outputs show as text."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(
        str(output.get("text", "")) + str(output.get("data", {}).get("text/html", "")) for output in outputs
    )


def complaints(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.text for output in outputs if output.get("name") == "stderr"]


def patient_ids(home: Path) -> list[str]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        found = warehouse.execute(
            "select patient_id from core.patient union select stay_id from cohort.stay"
        ).fetchall()
    return [value for (value,) in found]


@pytest.fixture
def quiet_machine(monkeypatch, tmp_path, finished):
    monkeypatch.setenv("HOMEWARD_HOME", str(finished))
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")


def test_there_are_notebooks():
    assert [path.name for path in NOTEBOOKS] == ["01_look_at_a_run.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_committed_without_outputs(path):
    cells = [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]
    assert cells
    assert [cell.outputs for cell in cells] == [[]] * len(cells)
    assert {cell.execution_count for cell in cells} == {None}


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_shows_no_patient(path, quiet_machine, finished):
    from nbclient import NotebookClient

    notebook = read_notebook(path)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(PROJECT)}}
    )
    client.execute()
    text = shown(notebook)
    assert "age_under_18" in text
    assert "observed_rate" in text
    assert complaints(notebook) == []
    assert [value for value in patient_ids(finished) if value in text] == []
