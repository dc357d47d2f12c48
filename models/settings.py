"""The modelling settings (config/models.yaml) as typed values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from data_contracts.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class SplitSettings:
    """Who is held out and where time is cut."""

    held_out_share: float
    time_quantile: float
    folds: int
    horizon_days: int


@dataclass(frozen=True)
class EventSettings:
    """How many readmissions a learned model needs."""

    min_training: int
    min_evaluation: int


@dataclass(frozen=True)
class EncodingSettings:
    """How columns become numbers."""

    min_level_count: int
    max_levels: int
    clip_quantile: float
    log_skewness: float


@dataclass(frozen=True)
class LinearSettings:
    """Grid of the logistic regression: inverse L2 penalties."""

    inverse_penalties: tuple[float, ...]
    tuning_rows_max: int


@dataclass(frozen=True)
class BoostingSettings:
    """Grid and fixed parameters of the gradient-boosted trees."""

    learning_rate: float
    rounds_max: int
    patience_rounds: int
    feature_fraction: float
    bagging_fraction: float
    max_bin: int
    grid: tuple[Mapping[str, float], ...]
    tuning_rows_max: int


@dataclass(frozen=True)
class CalibrationSettings:
    """When a calibrator is worth having."""

    min_gain_log_loss: float
    isotonic_min_events: int


@dataclass(frozen=True)
class PointScoreSettings:
    """A clinical score used as a model: its largest value, its published risks, and its component columns."""

    points_max: int
    published_risk_prob: tuple[float, ...]
    components: tuple[str, ...]


@dataclass(frozen=True)
class SelectionSettings:
    """How the best candidate is chosen."""

    simplicity_margin_log_loss: float


@dataclass(frozen=True)
class PromotionSettings:
    """When a challenger replaces the champion."""

    auroc_loss_max: float
    brier_loss_max: float
    expected_over_observed_min: float
    expected_over_observed_max: float
    realism_auroc_max: float


@dataclass(frozen=True)
class ModelSettings:
    """All modelling settings."""

    split: SplitSettings
    events: EventSettings
    encoding: EncodingSettings
    linear: LinearSettings
    boosting: BoostingSettings
    calibration: CalibrationSettings
    selection: SelectionSettings
    promotion: PromotionSettings
    point_scores: Mapping[str, PointScoreSettings]

    def to_json(self) -> dict[str, Any]:
        """Plain data, for fingerprints and for the tracking store."""
        return asdict(self)


Section = TypeVar("Section", bound="DataclassInstance")


def plain_values(node: Any) -> Any:  # noqa: ANN401 - any YAML node
    """Strip ``{value, reason, ...}`` entries to their value, at every depth."""
    if isinstance(node, Mapping):
        if "value" in node:
            return plain_values(node["value"])
        return {key: plain_values(item) for key, item in node.items()}
    if isinstance(node, list):
        return tuple(plain_values(item) for item in node)
    return node


def parse_settings(config: Mapping[str, Any] | ModelSettings) -> ModelSettings:
    """Read the content of ``config/models.yaml``.

    Raises
    ------
    UsageError
        Where a setting is missing or unknown, naming it.
    """
    if isinstance(config, ModelSettings):
        return config
    values = plain_values(config)
    scores = values.get("point_scores", {})
    return ModelSettings(
        split=_parse_section(SplitSettings, values, "split"),
        events=_parse_section(EventSettings, values, "events"),
        encoding=_parse_section(EncodingSettings, values, "encoding"),
        linear=_parse_section(LinearSettings, values, "linear"),
        boosting=_parse_section(BoostingSettings, values, "boosting"),
        calibration=_parse_section(CalibrationSettings, values, "calibration"),
        selection=_parse_section(SelectionSettings, values, "selection"),
        promotion=_parse_section(PromotionSettings, values, "promotion"),
        point_scores={name: _parse_section(PointScoreSettings, scores, name) for name in sorted(scores)},
    )


def _parse_section(kind: type[Section], values: Mapping[str, Any], name: str) -> Section:
    given = values.get(name) or {}
    expected = {field.name for field in fields(kind)}
    wrong = sorted(expected ^ set(given))
    if wrong:
        raise UsageError(
            f"missing or unknown settings: {', '.join(wrong)}",
            where=f"config/models.yaml, {name}",
            next_step="compare with the settings shipped with this version",
        )
    return kind(**given)
