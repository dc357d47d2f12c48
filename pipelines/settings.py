"""Settings of a run: the file, the environment, the command line, in rising order of precedence."""

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_contracts.errors import UsageError
from features.cohort import measure as measures

PROJECT = Path(__file__).resolve().parent.parent
CONFIG = PROJECT / "config"
REFERENCE = PROJECT / "reference"
MEASURES = REFERENCE / "measures"
CONTRACTS = PROJECT / "data_contracts"

PREDICTION_POINTS = ("admission", "daily", "discharge")
SOURCES = ("canonical", "desynpuf", "omop", "simulated")


class Settings(BaseModel):
    """Technical settings; ``config/settings.yaml`` says what each means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_timezone: str = "UTC"
    measure: str = "hwr_adapted"
    follow_up_convention: Literal["", "calendar_days", "hours"] = ""
    prediction_points: str = "discharge"
    workers: int = Field(default=0, ge=0)
    memory_limit: str = "2GB"
    bucket_encounters: int = Field(default=500_000, ge=1)
    seed: int = 20260101
    retrain: Literal["always", "never"] = "always"
    accept_suspected_leakage: str = ""
    policy: dict[str, Any] = {}

    @property
    def worker_count(self) -> int:
        """Buckets worked on at once."""
        return self.workers or os.cpu_count() or 1

    @property
    def points(self) -> list[str]:
        """Kinds of prediction points that features are made for; discharge, which the list needs, always."""
        return sorted({*self.prediction_points.replace(",", " ").split(), "discharge"})


def load_settings(overrides: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings file and lay environment and command line over it.

    Parameters
    ----------
    overrides : mapping, optional
        ``key=value`` pairs of the command line; ``policy.<path>`` changes the policy instead.
    environment : mapping, optional
        Variables; ``HOMEWARD_<KEY>`` of a known key counts.

    Raises
    ------
    UsageError
        An unknown key, or a value of the wrong type.
    """
    values: dict[str, Any] = yaml.safe_load((CONFIG / "settings.yaml").read_text(encoding="utf-8"))
    for key in Settings.model_fields:
        if (variable := f"HOMEWARD_{key.upper()}") in (environment or {}):
            values[key] = (environment or {})[variable]
    policy: dict[str, Any] = {}
    for key, text in (overrides or {}).items():
        if key.startswith("policy."):
            _set_path(policy, key.split(".")[1:], yaml.safe_load(text))
        else:
            values[key] = text
    try:
        settings = Settings(**values, policy=policy)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(
            problems, where="settings", next_step="see config/settings.yaml for what may be set"
        ) from error
    measures.load_measure(MEASURES, settings.measure)
    _check_zone(settings.site_timezone)
    return settings


def load_measure(settings: Settings) -> dict[str, Any]:
    """Read the measure definition that the settings name."""
    measure = measures.load_measure(MEASURES, settings.measure).model_dump()
    if settings.follow_up_convention:
        measure["follow_up_convention"] = settings.follow_up_convention
    return measure


def parse_as_of(text: str) -> dt.date | None:
    """Read ``--as-of``; empty means: the last day of the data.

    Raises
    ------
    UsageError
        Not an ISO date.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date", where="--as-of", next_step="write it as YYYY-MM-DD") from error


def merge(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay nested changes over a nested mapping; neither argument is altered."""
    merged = dict(base)
    for key, value in changes.items():
        merged[key] = merge(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return merged


def _set_path(tree: dict[str, Any], path: list[str], value: object) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value


def _check_points(points: list[str]) -> None:
    if unknown := [point for point in points if point not in PREDICTION_POINTS]:
        raise UsageError(
            f"no prediction point {', '.join(unknown)}",
            where="prediction_points",
            next_step=f"choose among {', '.join(PREDICTION_POINTS)}",
        )


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"no time zone {name!r}", where="site_timezone", next_step="use an IANA name such as America/New_York"
        ) from error
