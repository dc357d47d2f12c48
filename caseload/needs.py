"""Open social needs of the listed patients: evidence, what to do, with whom, by when."""

import datetime as dt
from typing import Any

import pandas as pd

from caseload.policy import NeedPathway, Policy
from caseload.resources import ResourceDirectory


def collect_open_needs(listed: pd.DataFrame, needs: pd.DataFrame | None, policy: Policy) -> pd.DataFrame:
    """Find the open needs of the listed patients.

    Parameters
    ----------
    listed : DataFrame, one row per patient
        ``stay_key``, ``discharge_date``, ``language_code``, ``needs_interpreter``.
    needs : DataFrame or None, one row per stay and domain
        ``features.sdoh_need``; only the state ``need`` becomes an action, the others stay what they are.
    policy : Policy
        ``needs``.

    Returns
    -------
    DataFrame, one row per listed stay and domain
        ``stay_key``, ``domain``, ``evidence``, ``evidence_date``, ``z_code``; ordered as the policy lists domains.
        A preferred language that needs an interpreter is a need even where nobody screened for it.
    """
    columns = ["stay_key", "domain", "evidence", "evidence_date", "z_code"]
    parts = []
    if needs is not None and not needs.empty:
        found = needs[(needs["state"] == "need") & needs["stay_key"].isin(listed["stay_key"])]
        parts.append(found[columns].assign(domain=found["domain"].map(lambda word: name_domain(word, policy))))
    spoken = listed.loc[listed["needs_interpreter"], ["stay_key", "language_code", "discharge_date"]]
    words = "preferred language on record: " + spoken["language_code"].astype(str)
    spoken = pd.DataFrame({"stay_key": spoken["stay_key"], "domain": "language", "evidence": words})
    parts.append(spoken.assign(evidence_date=None, z_code=None))
    parts = [part.astype(object) for part in parts if not part.empty]
    if not parts:
        return pd.DataFrame(columns=columns)
    found = pd.concat(parts, ignore_index=True).drop_duplicates(["stay_key", "domain"], keep="first")
    order = {domain: place for place, domain in enumerate(policy.needs.domains)}
    found["place"] = found["domain"].map(order).fillna(len(order))
    return found.sort_values(["stay_key", "place", "domain"], ignore_index=True)[columns]


def find_screening_gaps(listed: pd.DataFrame, needs: pd.DataFrame | None, policy: Policy) -> list[list[dict[str, str]]]:
    """List the domains that were declined or not asked, per listed row: neither is ever "no need"."""
    gaps: dict[Any, list[dict[str, str]]] = {}
    if needs is not None and not needs.empty:
        open_states = needs[needs["state"].isin(["declined", "not_asked"]) & needs["stay_key"].isin(listed["stay_key"])]
        rows = open_states.assign(domain=open_states["domain"].map(lambda word: name_domain(word, policy)))
        rows = rows.sort_values(["stay_key", "state", "domain"])
        for key, domain, state in zip(rows["stay_key"], rows["domain"], rows["state"], strict=True):
            gaps.setdefault(key, []).append({"domain": domain, "state": state})
    return [gaps.get(key, []) for key in listed["stay_key"]]


def describe_needs(
    listed: pd.DataFrame, open_needs: pd.DataFrame, resources: pd.DataFrame | None, policy: Policy
) -> list[list[dict[str, Any]]]:
    """Turn open needs into the worklist's ``needs``, one list of structs per listed row.

    Parameters
    ----------
    listed : DataFrame, one row per patient
        ``stay_key``, ``zip_code``, ``language_code``, ``discharge_date``.
    open_needs : DataFrame, one row per stay and domain
        From `collect_open_needs`.
    resources : DataFrame or None, one row per community resource
        ``core.resource``; the one that serves the patient's ZIP and language is named.
    policy : Policy
        ``needs``: action, resource category, owner and due days per domain.

    Returns
    -------
    list of lists of dict
        Keys of ``NEED_FIELDS``; ``state`` is ``open``, ``due`` a date.
    """
    directory = ResourceDirectory(resources, policy)
    homes = listed.set_index("stay_key")[["zip_code", "language_code", "discharge_date"]]
    rows = open_needs.join(homes, on="stay_key")
    described: dict[Any, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        pathway = find_pathway(row["domain"], policy)
        resource = directory.find(pathway.resource, row["zip_code"], row["language_code"])
        described.setdefault(row["stay_key"], []).append(
            {
                "domain": row["domain"],
                "evidence": _text(row["evidence"]),
                "action": pathway.action,
                "state": "open",
                "evidence_date": None if pd.isna(row["evidence_date"]) else pd.Timestamp(row["evidence_date"]).date(),
                "z_code": _text(row["z_code"]),
                "resource_category": pathway.resource,
                "resource_id": resource[0] if resource else None,
                "resource_name": resource[1] if resource else None,
                "owner": pathway.owner,
                "due": row["discharge_date"].date() + dt.timedelta(days=pathway.due_days),
            }
        )
    return [described.get(key, []) for key in listed["stay_key"]]


def name_domain(word: object, policy: Policy) -> str:
    """Read a source's word for a need domain as one of the policy's, by its aliases."""
    name = str(word).strip().lower().replace(" ", "_").replace("/", "_").replace("-", "_")
    return policy.needs.aliases.get(name, name)


def find_pathway(domain: str, policy: Policy) -> NeedPathway:
    """Pathway of a domain; domains the policy does not list go to ``needs.other``."""
    return policy.needs.domains.get(domain, policy.needs.other)


def _text(value: str | None) -> str | None:
    return None if pd.isna(value) else str(value)
