"""The feature catalogue: what each column of features.matrix means, and the reference page made from it.

A subject's entry is the YAML beside its SQL: defaults for the table (source, window, known_when, missing_when,
known_from), then one line a feature. A feature says

- ``kind``: numeric, binary (0/1, so that missing stays missing), category;
- ``use``: model; audit (never ranks people); baseline (the clinical scores and their parts);
- ``known_from``: the first prediction point at which it can have a value: admission, daily or discharge;
- ``reason``: words on a worklist, {value} filled in; (one|many) chooses by whether the value is 1;
- what its values promise: ``type`` (int, float, text), ``min``, ``max``, ``values``, ``present`` (never missing),
  ``severity`` (warn: a broken promise is counted and does not stop the run). Without more, numbers are whole and not
  negative.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from data_contracts.errors import HomewardError

CATALOGUE_FOLDER = Path(__file__).parent / "features"
KINDS = ("numeric", "binary", "category")
USES = ("model", "audit", "baseline")
POINTS = ("admission", "daily", "discharge")
DEFAULTED = ("source", "window", "known_when", "missing_when", "known_from")
PROMISES: dict[str, dict[str, Any]] = {
    "numeric": {"type": "int", "min": 0},
    "binary": {"type": "int", "min": 0, "max": 1},
    "category": {"type": "text"},
}


@dataclass(frozen=True)
class Feature:
    """One feature: a column of ``features.matrix`` and of its own table."""

    name: str
    table: str
    label: str
    kind: str
    unit: str | None
    source: str
    window: str
    known_from: str
    known_when: str
    missing_when: str
    reason: str
    use: str
    type: str
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] | None = None
    present: bool = False
    severity: str | None = None


def load_catalogue(folder: Path = CATALOGUE_FOLDER) -> tuple[Feature, ...]:
    """Read the catalogue, each feature complete with its table's defaults, by table and in the order of its file.

    Parameters
    ----------
    folder : Path
        One YAML a subject.

    Returns
    -------
    tuple of Feature

    Raises
    ------
    HomewardError
        A file is not readable, a feature lacks a field, has an unknown one, or is described twice.
    """
    features = tuple(feature for path in sorted(folder.glob("*.yaml")) for feature in _read_subject(path))
    names = [feature.name for feature in features]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise _not_valid(f"describes {', '.join(repeated)} twice", folder)
    return features


def load_descriptions(folder: Path = CATALOGUE_FOLDER) -> dict[str, str]:
    """Read what each subject's table is, in a sentence."""
    return {
        f"features.{path.stem}": str(yaml.safe_load(path.read_text(encoding="utf-8"))["description"])
        for path in sorted(folder.glob("*.yaml"))
    }


def catalogue_entries(features: Iterable[Feature]) -> list[dict[str, Any]]:
    """Turn features into plain mappings: what crosses to packages that do not import this one."""
    return [asdict(feature) for feature in features]


def contract_columns(features: Iterable[Feature]) -> list[dict[str, Any]]:
    """Write features as the columns of a contract (see ``data_contracts.contract.Column``)."""
    columns = []
    for feature in features:
        column: dict[str, Any] = {"name": feature.name, "type": "enum" if feature.values else feature.type}
        column |= {"unit": feature.unit, "description": f"{feature.label}.", "present": feature.present}
        column |= {"min": feature.min, "max": feature.max, "values": feature.values, "severity": feature.severity}
        columns.append({name: value for name, value in column.items() if value is not None})
    return columns


def render_catalogue(features: Iterable[Feature]) -> str:
    """Write the catalogue as a Markdown page (``docs/reference/features.md``)."""
    lines = [
        "# Features",
        "",
        "Generated from `features/features/*.yaml` by `python -m features.catalogue`; do not edit.",
        "One row per prediction point in `features.matrix`, everything as known then. *From* is the first prediction",
        "point at which a feature can have a value; *known* says more exactly when.",
        "*Use*: `model` may rank people, `audit` never does, `baseline` is a score that clinicians know.",
    ]
    table = ""
    for feature in features:
        if feature.table != table:
            table = feature.table
            lines += [
                "",
                f"## {table}",
                "",
                "| feature | words | kind | unit | window | from | known | missing | source | use |",
            ]
            lines += ["|---|---|---|---|---|---|---|---|---|---|"]
        cells = (
            f"`{feature.name}`",
            feature.label,
            feature.kind,
            feature.unit or "",
            feature.window,
            feature.known_from,
            feature.known_when,
            feature.missing_when,
            feature.source,
            feature.use,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _read_subject(path: Path) -> list[Feature]:
    try:
        subject = yaml.safe_load(path.read_text(encoding="utf-8"))
        defaults = {name: subject[name] for name in DEFAULTED} | {"table": f"features.{path.stem}"}
        features = [Feature(**(defaults | PROMISES[entry["kind"]] | entry)) for entry in subject["features"]]
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise _not_valid(f"not a valid catalogue entry: {error}", path) from error
    for feature in features:
        if feature.use not in USES or feature.known_from not in POINTS:
            raise _not_valid(f"{feature.name} has use {feature.use!r} and known_from {feature.known_from!r}", path)
    return features


def _not_valid(what: str, path: Path) -> HomewardError:
    return HomewardError(
        what, where=f"features/{path.name}", next_step="mend the entry; features/catalogue.py says what it may say"
    )


if __name__ == "__main__":
    page = Path(__file__).parents[1] / "docs" / "reference" / "features.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render_catalogue(load_catalogue()), encoding="utf-8")
