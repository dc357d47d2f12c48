"""The error messages that the pages quote are those that the program prints."""

import gzip
import re
import shutil

import pytest

from pipelines.cli import main
from tests.docs.commands import PROJECT

HOW_TO = PROJECT / "docs" / "how-to"
QUOTES = re.compile(r"```text\n(.*?)```", re.DOTALL)


def quoted(page: str) -> list[str]:
    """Lines of a page's quoted output."""
    return [line for block in QUOTES.findall((HOW_TO / page).read_text("utf-8")) for line in block.splitlines()]


def without_numbers(lines: list[str]) -> list[str]:
    """Lines with counts, dates and run ids replaced: those of the example differ."""
    return [re.sub(r"r[0-9a-f]{12}|\d[\d,-]*", "#", line) for line in lines]


def printed(capsys, *arguments: str) -> tuple[int, list[str]]:
    code = main(arguments)
    lines = capsys.readouterr().err.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("homeward:"))
    return code, lines[start:]


def test_wrong_settings(capsys, tmp_path):
    run = ("run", "--landing", str(tmp_path), "--home", str(tmp_path / "home"))
    code, unknown = printed(capsys, *run, "--set", "nope=1")
    assert code == 2
    code, date = printed(capsys, *run, "--as-of", "yesterday")
    assert code == 2
    assert unknown + date == quoted("settings-and-policy.md")


def test_broken_contract(tmp_path):
    from data_contracts.contract import load_contract
    from data_contracts.errors import HomewardError

    text = (PROJECT / "data_contracts" / "core" / "encounter.yaml").read_text("utf-8")
    broken = tmp_path / "core" / "encounter.yaml"
    broken.parent.mkdir()
    broken.write_text(text.replace("severity: reject", "severity: refuse", 1), "utf-8")
    with pytest.raises(HomewardError) as raised:
        load_contract(broken)
    lines = f"homeward: {raised.value.message}".splitlines()
    assert [lines[0], lines[-1]] == quoted("contracts.md")


def break_everything(landing, folder):
    """An extract with one reason for refusal in each of four tables."""
    shutil.copytree(landing, folder)
    encounters = folder / "encounters.csv"
    encounters.write_text(encounters.read_text("utf-8").replace("inpatient", "inpat"), "utf-8")
    managers = folder / "case_managers.csv"
    managers.write_text(managers.read_text("utf-8").replace("case_manager_id", "id", 1), "utf-8")
    (folder / "diagnoses.csv").unlink()
    procedures = folder / "procedures.csv"
    packed = gzip.compress(procedures.read_bytes())
    procedures.unlink()
    (folder / "procedures.csv.gz").write_bytes(packed[: len(packed) // 2])


@pytest.fixture
def home(tmp_path):
    """A home in which a list stands; its content does not matter here."""
    published = tmp_path / "home" / "published"
    (published / "2025-12-31" / "rd843533bced2").mkdir(parents=True)
    (published / "current").symlink_to("2025-12-31/rd843533bced2")
    return tmp_path / "home"


@pytest.mark.slow
def test_refused_load(capsys, landing, home, tmp_path):
    break_everything(landing, tmp_path / "extract")
    code, lines = printed(capsys, "run", "--landing", str(tmp_path / "extract"), "--home", str(home))
    assert code == 1
    assert without_numbers(lines) == without_numbers(quoted("quarantine.md"))
