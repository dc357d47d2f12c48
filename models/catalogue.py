"""What the models need to know of each feature: its kind, its use and its words."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from data_contracts.errors import HomewardError

KINDS = ("numeric", "binary", "category")
USES = ("model", "audit", "baseline")


@dataclass(frozen=True)
class Feature:
    """One entry of the feature catalogue, as far as a model cares."""

    name: str
    kind: str
    use: str = "model"
    label: str = ""
    reason: str = ""
    table: str = ""
    missing_when: str = ""

    @property
    def words(self) -> str:
        """The label for people, or the column name where none is given."""
        return self.label or self.name


def parse_catalogue(entries: Sequence[Mapping[str, Any] | Feature]) -> tuple[Feature, ...]:
    """Read catalogue entries, sorted by name so that the file's order decides nothing.

    Parameters
    ----------
    entries : sequence of mappings
        As in ``features/catalogue.yaml``: at least ``name`` and ``kind``; keys unknown here are ignored.

    Raises
    ------
    HomewardError
        On an unknown kind or use, or a name given twice.
    """
    features = tuple(sorted((_parse_entry(entry) for entry in entries), key=lambda feature: feature.name))
    names = [feature.name for feature in features]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise HomewardError(
            f"{len(repeated)} feature(s) described twice: {', '.join(repeated)}",
            where="feature catalogue",
            next_step="keep one entry per feature",
        )
    return features


def model_features(features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Keep the features a model may read; audit-only ones (race, ethnicity) and baselines never enter."""
    return tuple(feature for feature in features if feature.use == "model")


def catalogue_version(features: Sequence[Feature]) -> str:
    """Short content hash of the catalogue, independent of the order of its entries."""
    listed = [asdict(feature) for feature in sorted(features, key=lambda feature: feature.name)]
    return hashlib.md5(json.dumps(listed, sort_keys=True).encode(), usedforsecurity=False).hexdigest()[:12]


def _parse_entry(entry: Mapping[str, Any] | Feature) -> Feature:
    if isinstance(entry, Feature):
        return entry
    feature = Feature(
        name=str(entry["name"]),
        kind=str(entry["kind"]),
        use=str(entry.get("use", "model")),
        label=str(entry.get("label") or ""),
        reason=str(entry.get("reason") or ""),
        table=str(entry.get("table") or ""),
        missing_when=str(entry.get("missing_when") or ""),
    )
    for value, allowed in ((feature.kind, KINDS), (feature.use, USES)):
        if value not in allowed:
            raise HomewardError(
                f"feature {feature.name!r} has {value!r}, expected one of {', '.join(allowed)}",
                where="feature catalogue",
                next_step="correct the entry",
            )
    return feature
