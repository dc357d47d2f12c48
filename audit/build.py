"""Make an audit and write it down."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from audit.document import build_document, to_json
from audit.inputs import AuditInputs, check_inputs
from audit.model_card import build_card, write_card
from audit.report import render_report
from audit.settings import AuditSettings


@dataclasses.dataclass(frozen=True)
class Audit:
    """An audit, ready to be written.

    Parameters
    ----------
    model_version : str
        Names the folder.
    document : dict
        What metrics.json holds; numbers with intervals are `models.metrics.Metric`.
    files : dict
        File name -> text.
    """

    model_version: str
    document: dict[str, Any]
    files: dict[str, str]

    @property
    def verdict(self) -> str:
        """The verdict sentence."""
        return str(self.document["verdict"]["sentence"])

    @property
    def level(self) -> str:
        """usable, usable_with_care, not_yet_usable, suspected_leakage or no_model."""
        return str(self.document["verdict"]["level"])


def build_audit(inputs: AuditInputs, settings: AuditSettings) -> Audit:
    """Measure a model and describe it: report, metrics and model card.

    Parameters
    ----------
    inputs : AuditInputs
    settings : AuditSettings
        `audit.settings.read_settings` of config/audit.yaml.

    Returns
    -------
    Audit
        The same for the same inputs and settings, byte for byte.

    Raises
    ------
    HomewardError
        The inputs lack a column or contradict themselves.
    """
    check_inputs(inputs)
    document = build_document(inputs, settings)
    card = build_card(document)
    return Audit(
        model_version=inputs.model.version,
        document=document,
        files={
            "report.html": render_report(document),
            "metrics.json": to_json(document),
            "model_card.json": json.dumps(card, indent=1, ensure_ascii=False) + "\n",
            "model_card.md": write_card(card),
        },
    )


def write_audit(audit: Audit, folder: Path) -> dict[str, Path]:
    """Write an audit's files to ``folder/<model version>/``, each complete or not at all.

    Returns
    -------
    dict of Path
        File name -> where it is.
    """
    target = folder / audit.model_version
    target.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, text in audit.files.items():
        partial = target / f".{name}.partial"
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(target / name)
        written[name] = target / name
    return written
