"""The page on adding a feature: its three files, and nothing else, make a feature that its spec finds right."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.commands import PROJECT

PAGE = PROJECT / "docs" / "how-to" / "add-a-feature.md"
NAMED_FILE = re.compile(r"`([\w/]+\.(?:sql|yaml|py))`:\n\n```\w+\n(.*?)```", re.DOTALL)
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "homeward-home", "images", "node_modules")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the files of the page."""
    folder = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(PROJECT, folder, ignore=LEFT_BEHIND)
    for path, text in named_files().items():
        assert not (folder / path).exists(), f"{path} is taken: the page needs another example"
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def named_files() -> dict[str, str]:
    return dict(NAMED_FILE.findall(PAGE.read_text(encoding="utf-8")))


def run_tests(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def test_the_page_has_a_rule_an_entry_and_a_spec() -> None:
    assert [Path(path).suffix for path in named_files()] == [".sql", ".yaml", ".py"]


def test_the_spec_holds_and_column_contract_and_catalogue_agree(copy: Path) -> None:
    spec = next(path for path in named_files() if path.endswith(".py"))
    agree = "test_matrix_is or test_each_feature or test_kind_fits or test_days_since"
    ran = run_tests(copy, spec, "tests/unit/features/test_catalogue.py", "-k", agree)
    assert ran.returncode == 0, ran.stdout


def test_the_spec_fails_when_the_rule_is_broken(copy: Path) -> None:
    rule, _, spec = named_files()
    right = (copy / rule).read_text(encoding="utf-8")
    (copy / rule).write_text(right.replace("- 365", "- 364"), encoding="utf-8")
    try:
        assert run_tests(copy, spec).returncode == 1
    finally:
        (copy / rule).write_text(right, encoding="utf-8")
