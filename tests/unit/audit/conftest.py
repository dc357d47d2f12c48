"""One audit, made once, that the tests of this folder read."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.build import Audit, build_audit
from audit.inputs import AuditInputs
from audit.settings import AuditSettings, read_settings
from tests.unit.audit.synthetic import make_inputs

CONFIG = Path(__file__).parents[3] / "config" / "audit.yaml"


@pytest.fixture(scope="session")
def settings() -> AuditSettings:
    """The settings we ship, with fewer resamples."""
    shipped = read_settings(CONFIG.read_text(encoding="utf-8"))
    return dataclasses.replace(shipped, replicates=200, subgroup_replicates=60)


@pytest.fixture(scope="session")
def inputs() -> AuditInputs:
    return make_inputs()


@pytest.fixture(scope="session")
def audit(inputs: AuditInputs, settings: AuditSettings) -> Audit:
    return build_audit(inputs, settings)


@pytest.fixture(scope="session")
def audit_with(settings: AuditSettings) -> Callable[..., Audit]:
    """Build a small audit of changed inputs."""
    quick = dataclasses.replace(settings, replicates=60, subgroup_replicates=20)
    base = make_inputs(1200)

    def build(**changes: Any) -> Audit:
        return build_audit(dataclasses.replace(base, **changes), quick)

    return build


@pytest.fixture(scope="session")
def frames() -> tuple[Any, Any]:
    base = make_inputs(1200)
    return base.evaluation, base.subgroups
