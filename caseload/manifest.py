"""What the manifest says of a caseload: counts, staff and labels, never a patient's value."""

import json
from typing import Any

from caseload.build import Caseload
from caseload.policy import Policy


def describe_caseload(caseload: Caseload, policy: Policy) -> dict[str, Any]:
    """Manifest entries of a caseload, for `caseload.publish.publish` and the page.

    Returns
    -------
    dict
        ``status``, ``notes``, ``policy_version``, ``model_name``, ``model_version``, ``tiers`` (number, name, count),
        ``domains`` (need domain -> label), ``managers``, ``unassigned``, ``attrition`` (records of the tables).
    """
    counts = caseload.worklist["tier"].value_counts()
    tiers = [
        {"tier": tier, "name": name, "patient_count": int(counts.get(tier, 0))}
        for tier, name in sorted(policy.tiers.names.items())
    ]
    return {
        "status": caseload.status,
        "notes": caseload.notes,
        "policy_version": policy.policy_version,
        "model_name": _one_of(caseload, "model_name"),
        "model_version": _one_of(caseload, "model_version"),
        "tiers": tiers,
        "domains": {domain: pathway.label for domain, pathway in policy.needs.domains.items()},
        "managers": json.loads(caseload.capacity.to_json(orient="records")),
        "unassigned": json.loads(caseload.unassigned.to_json(orient="records")),
        "attrition": json.loads(caseload.attrition.to_json(orient="records")),
    }


def _one_of(caseload: Caseload, column: str) -> str | None:
    values = sorted(set(caseload.worklist[column].dropna().astype(str)))
    return ", ".join(values) or None
