"""Settings of the audit, read from the text of config/audit.yaml: numbers with their sources."""

from __future__ import annotations

import dataclasses
from typing import Any

from data_contracts.errors import UsageError


@dataclasses.dataclass(frozen=True)
class Range:
    """Limits of what is acceptable, with where they come from."""

    low: float
    high: float
    source: str

    def holds(self, value: float) -> bool:
        """Whether the value lies within."""
        return self.low <= value <= self.high

    def excludes(self, low: float, high: float) -> bool:
        """Whether an interval lies wholly outside."""
        return high < self.low or low > self.high


@dataclasses.dataclass(frozen=True)
class CaseMixSettings:
    """What hospitals are not blamed for: columns of features.matrix, and how common a mark must be to be used.

    Parameters
    ----------
    numbers, categories : tuple of str
        Column names.
    flags : tuple of str
        Column names, ``*`` for any ending.
    min_events : int
        Readmissions, and stays without, among those with the mark and among those without.
    """

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    flags: tuple[str, ...]
    min_events: int


@dataclasses.dataclass(frozen=True)
class HospitalSettings:
    """How hospitals are compared.

    Parameters
    ----------
    min_stays : int
        Index stays below which a hospital's ratio is not shown.
    largest_spread : float
        No larger standard deviation of the hospitals' intercepts is believed, log odds.
    case_mix : CaseMixSettings
    """

    min_stays: int
    largest_spread: float
    case_mix: CaseMixSettings


@dataclasses.dataclass(frozen=True)
class AuditSettings:
    """Numbers of config/audit.yaml; each field is named as there.

    Parameters
    ----------
    sources : dict
        Source of every number, by its dotted name (``verdict.min_events_to_judge``).
    """

    version: str
    replicates: int
    subgroup_replicates: int
    min_group: int
    min_events: int
    min_events_to_judge: int
    auroc_suspect_above: float
    expected_over_observed: Range
    calibration_slope: Range
    group_ratio: Range
    shares: tuple[float, ...]
    thresholds: tuple[float, ...]
    headline: float
    lace_cut: float
    hospital_cut: float
    need_bands: int
    hospital_ratio: HospitalSettings
    attributes: dict[str, str]
    intersections: tuple[tuple[str, ...], ...]
    sources: dict[str, str]


def read_settings(text: str) -> AuditSettings:
    """Read the settings from YAML text.

    Parameters
    ----------
    text : str
        Content of config/audit.yaml.

    Raises
    ------
    UsageError
        A number is missing or has no source.
    """
    import yaml

    content = yaml.safe_load(text)
    sources: dict[str, str] = {}

    def entry(section: str, name: str) -> dict[str, Any]:
        found = (content.get(section) or {}).get(name)
        if not isinstance(found, dict) or not found.get("source"):
            raise UsageError(
                f"{section}.{name} is missing or has no source",
                where="config/audit.yaml",
                next_step="give it as {value: ..., source: ...}",
            )
        sources[f"{section}.{name}"] = str(found["source"])
        return found

    def limits(section: str, name: str) -> Range:
        found = entry(section, name)
        return Range(float(found["low"]), float(found["high"]), str(found["source"]))

    def names(section: str, name: str) -> tuple[str, ...]:
        return tuple(str(column) for column in entry(section, name)["value"])

    steps = entry("decision_curve", "thresholds")
    count = round((steps["high"] - steps["low"]) / steps["step"])
    return AuditSettings(
        version=str(content["version"]),
        replicates=int(entry("bootstrap", "replicates")["value"]),
        subgroup_replicates=int(entry("bootstrap", "subgroup_replicates")["value"]),
        min_group=int(entry("suppression", "min_group")["value"]),
        min_events=int(entry("suppression", "min_events")["value"]),
        min_events_to_judge=int(entry("verdict", "min_events_to_judge")["value"]),
        auroc_suspect_above=float(entry("verdict", "auroc_suspect_above")["value"]),
        expected_over_observed=limits("verdict", "expected_over_observed"),
        calibration_slope=limits("verdict", "calibration_slope"),
        group_ratio=limits("verdict", "group_ratio"),
        shares=tuple(float(share) for share in entry("capacity", "shares")["value"]),
        thresholds=tuple(round(steps["low"] + i * steps["step"], 6) for i in range(count + 1)),
        headline=float(entry("decision_curve", "headline")["value"]),
        lace_cut=float(entry("decision_curve", "lace_cut")["value"]),
        hospital_cut=float(entry("decision_curve", "hospital_cut")["value"]),
        need_bands=int(entry("need", "bands")["value"]),
        hospital_ratio=HospitalSettings(
            min_stays=int(entry("hospital_ratio", "min_stays")["value"]),
            largest_spread=float(entry("hospital_ratio", "largest_spread")["value"]),
            case_mix=CaseMixSettings(
                numbers=names("hospital_ratio", "case_mix_numbers"),
                categories=names("hospital_ratio", "case_mix_categories"),
                flags=names("hospital_ratio", "case_mix_flags"),
                min_events=int(entry("hospital_ratio", "case_mix_min_events")["value"]),
            ),
        ),
        attributes=dict(content["attributes"]),
        intersections=tuple(tuple(columns) for columns in content.get("intersections") or ()),
        sources=sources,
    )
