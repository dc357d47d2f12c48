"""The feature catalogue: what each column of features.matrix means, and the reference page made from it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from data_contracts.errors import HomewardError

CATALOGUE_FILE = Path(__file__).parent / "catalogue.yaml"
KINDS = ("numeric", "binary", "category")
USES = ("model", "audit", "baseline")
DEFAULTED = ("source", "window", "known_when", "missing_when")


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
    known_when: str
    missing_when: str
    reason: str
    use: str


def load_catalogue(path: Path = CATALOGUE_FILE) -> tuple[Feature, ...]:
    """Read the catalogue, each feature complete with its table's defaults, in the order of the file.

    Parameters
    ----------
    path : Path
        A list of tables, each with its ``features``.

    Returns
    -------
    tuple of Feature

    Raises
    ------
    HomewardError
        The file is not readable, a feature lacks a field, has an unknown one, or is described twice.
    """
    try:
        tables = yaml.safe_load(path.read_text(encoding="utf-8"))
        features = tuple(_read_feature(table, entry) for table in tables for entry in table["features"])
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise _not_valid(f"not a valid catalogue: {error}", path) from error
    names = [feature.name for feature in features]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise _not_valid(f"describes {', '.join(repeated)} twice", path)
    for feature in features:
        if feature.kind not in KINDS or feature.use not in USES:
            raise _not_valid(f"{feature.name} has kind {feature.kind!r} and use {feature.use!r}", path)
    return features


def catalogue_entries(features: Iterable[Feature]) -> list[dict[str, Any]]:
    """Turn features into plain mappings: what crosses to packages that do not import this one."""
    return [asdict(feature) for feature in features]


def render_catalogue(features: Iterable[Feature]) -> str:
    """Write the catalogue as a Markdown page (``docs/reference/features.md``)."""
    lines = [
        "# Features",
        "",
        "Generated from `features/catalogue.yaml` by `python -m features.catalogue`; do not edit.",
        "One row per scored stay in `features.matrix`, everything as known at discharge.",
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
                "| feature | words | kind | unit | window | known | missing | source | use |",
            ]
            lines += ["|---|---|---|---|---|---|---|---|---|"]
        cells = (
            f"`{feature.name}`",
            feature.label,
            feature.kind,
            feature.unit or "",
            feature.window,
            feature.known_when,
            feature.missing_when,
            feature.source,
            feature.use,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _read_feature(table: dict[str, Any], entry: dict[str, Any]) -> Feature:
    defaults = {name: table[name] for name in DEFAULTED}
    return Feature(**(defaults | {"table": table["table"]} | entry))


def _not_valid(what: str, path: Path) -> HomewardError:
    return HomewardError(
        what, where=f"features/{path.name}", next_step="mend the entry; the header of the file says how"
    )


if __name__ == "__main__":
    page = Path(__file__).parents[1] / "docs" / "reference" / "features.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render_catalogue(load_catalogue()), encoding="utf-8")
