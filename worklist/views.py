"""What the pages say about a list as a whole."""

from typing import Any

from worklist.selection import UNASSIGNED
from worklist.store import CurrentList
from worklist.words import label_domain, label_model


def describe_head(current: CurrentList) -> dict[str, Any]:
    """Head of every page: the day, what it is ranked by, counts by tier, and whether it is stale."""
    manifest, rows = current.manifest, current.rows
    names = {tier["tier"]: tier["name"] for tier in manifest.get("tiers") or []}
    names |= {row["tier"]: row["tier_name"] for row in rows}
    counts = dict.fromkeys(names, 0)
    for row in rows:
        counts[row["tier"]] += 1
    return {
        "as_of": current.published.as_of,
        "model": label_model(manifest.get("model_name"), manifest.get("model_version")),
        "data_cut_off": manifest.get("data_cut_off"),
        "total": len(rows),
        "overdue": sum(row["overdue"] for row in rows),
        "waiting": sum(row["case_manager_id"] is None and row["tier"] <= _LAST_STAFFED_TIER for row in rows),
        "tiers": [{"tier": tier, "name": names[tier], "count": counts[tier]} for tier in sorted(names)],
        "notes": manifest.get("notes") or [],
        "status": manifest.get("status"),
        "stale": current.stale,
    }


_LAST_STAFFED_TIER = 2


def describe_filters(current: CurrentList) -> dict[str, list[tuple[str, str]]]:
    """Choices (value, words) per filter: what occurs on the list."""
    rows, labels = current.rows, current.manifest.get("domains") or {}
    managers = {row["case_manager_id"]: row["case_manager_name"] or row["case_manager_id"] for row in rows}
    is_waiting = managers.pop(None, None) is not None or any(row["case_manager_id"] is None for row in rows)
    facilities = sorted({row["facility_id"] for row in rows if row["facility_id"]})
    domains = {need["domain"] for row in rows for need in row["needs"] or []}
    choices = sorted(managers.items(), key=lambda choice: (choice[1].lower(), choice[0]))
    return {
        "manager": ([(UNASSIGNED, "Unassigned")] if is_waiting else []) + choices,
        "facility": [(facility, facility) for facility in facilities],
        "domain": sorted(((domain, label_domain(domain, labels)) for domain in domains), key=lambda choice: choice[1]),
    }


def describe_staff(current: CurrentList) -> dict[str, Any]:
    """Load per manager with the shares of the caps, and who is waiting and why."""
    managers = []
    for known in current.manifest.get("managers") or []:
        points = known["points_used"] + known["open_case_points"]
        heads = known["heads_used"] + known["open_case_heads"]
        managers.append(
            {
                **known,
                "points": points,
                "heads": heads,
                "points_percent": _percent(points, known["points_cap"]),
                "heads_percent": _percent(heads, known["heads_cap"]),
                "tiers": [known.get(f"tier_{tier['tier']}_count", 0) for tier in current.manifest.get("tiers") or []],
            }
        )
    waiting = [line for line in current.manifest.get("unassigned") or [] if line["tier"] <= _LAST_STAFFED_TIER]
    return {"managers": managers, "waiting": waiting, "tiers": current.manifest.get("tiers") or []}


def _percent(used: float, cap: float) -> float:
    """Compute the used share of a cap in per cent, 0-100 (an open case may exceed a cap that was lowered since)."""
    return round(min(used / cap, 1) * 100, 1) if cap else 100.0
