"""Policy and modelling settings, read from config with what the command line changes."""

from typing import TYPE_CHECKING, Any

import yaml

from pipelines.settings import CONFIG, Settings, merge

if TYPE_CHECKING:
    from audit.settings import AuditSettings
    from caseload.policy import Policy


def load_policy(settings: Settings) -> "Policy":
    """Read ``config/policy.yaml`` and lay ``--set policy.<path>=value`` over it."""
    from caseload.policy import parse_policy

    text = (CONFIG / "policy.yaml").read_text(encoding="utf-8")
    if settings.policy:
        text = yaml.safe_dump(merge(yaml.safe_load(text), settings.policy), sort_keys=False)
    return parse_policy(text)


def load_models_config() -> dict[str, Any]:
    """Read ``config/models.yaml``."""
    content: dict[str, Any] = yaml.safe_load((CONFIG / "models.yaml").read_text(encoding="utf-8"))
    return content


def load_audit_settings() -> "AuditSettings":
    """Read ``config/audit.yaml``."""
    from audit.settings import read_settings

    return read_settings((CONFIG / "audit.yaml").read_text(encoding="utf-8"))
