"""The whole audit of a made-up model: its files, and that the same inputs give the same bytes."""

from pathlib import Path

import pytest

from audit.build import Audit, build_audit, write_audit
from audit.settings import AuditSettings, read_settings
from tests.unit.audit.synthetic import make_inputs


@pytest.fixture(scope="module")
def settings() -> AuditSettings:
    return read_settings(Path("config/audit.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def audit(settings) -> Audit:
    return build_audit(make_inputs(), settings)


def test_files_are_written_under_the_model_version(audit, tmp_path):
    written = write_audit(audit, tmp_path)
    assert set(written) == {"report.html", "metrics.json", "model_card.json", "model_card.md"}
    assert sorted(path.name for path in (tmp_path / "12").iterdir()) == sorted(written)
