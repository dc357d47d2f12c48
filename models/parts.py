"""The parts whose weighted sum is a model's margin (log-odds); each stores itself as text and explains itself."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from models.columns import FloatArray, require_columns, to_number
from models.encoding import FeatureReader, Term, linear_table


class Part(Protocol):
    """What every part can do; ``features`` are the columns it reads."""

    @property
    def features(self) -> list[str]:
        """Columns read, in a fixed order."""
        ...

    def margin(self, frame: pd.DataFrame) -> FloatArray:
        """Contribution of this part to the log-odds, one value per row."""
        ...

    def contributions(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
        """Log-odds per row and feature, and the base that completes their sum to ``margin``."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Plain data for the model folder."""
        ...


@dataclass(frozen=True)
class LinearPart:
    """Logistic regression over the linear table."""

    reader: FeatureReader
    terms: tuple[Term, ...]
    coefficients: tuple[float, ...]
    intercept: float

    @property
    def features(self) -> list[str]:
        """Every feature of the catalogue, also those without a term."""
        return list(self.reader.kinds)

    def margin(self, frame: pd.DataFrame) -> FloatArray:
        """Log-odds of each row."""
        return self.intercept + linear_table(frame, self.terms, self.reader) @ np.array(self.coefficients, dtype=float)

    def contributions(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
        """Coefficient times standardised value, a feature's terms (levels, indicator) added up."""
        weighted = linear_table(frame, self.terms, self.reader) * np.array(self.coefficients, dtype=float)
        grouped = pd.DataFrame(0.0, index=frame.index, columns=self.features)
        for position, term in enumerate(self.terms):
            grouped[term.feature] += weighted[:, position]
        return grouped, self.intercept

    def to_json(self) -> dict[str, Any]:
        """Plain data for the model folder."""
        return {
            "reader": self.reader.to_json(),
            "terms": [asdict(term) for term in self.terms],
            "coefficients": list(self.coefficients),
            "intercept": self.intercept,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "LinearPart":
        """Inverse of ``to_json``."""
        terms = tuple(Term(**term) for term in data["terms"])
        return cls(FeatureReader(**data["reader"]), terms, tuple(data["coefficients"]), data["intercept"])


class TreePart:
    """LightGBM trees over the tree table, from the Booster's own text."""

    def __init__(self, reader: FeatureReader, order: Sequence[str], booster_text: str) -> None:
        import lightgbm as lgb

        self.reader, self.order, self.booster_text = reader, list(order), booster_text
        self._booster = lgb.Booster(model_str=booster_text)

    @property
    def features(self) -> list[str]:
        """Columns in the order the trees were grown on."""
        return self.order

    def margin(self, frame: pd.DataFrame) -> FloatArray:
        """Raw score of each row; features are found by name, never by position."""
        if frame.empty:
            return np.zeros(0)
        table = self.reader.read_all(frame, self.order)
        return np.asarray(self._booster.predict(table, raw_score=True), dtype=np.float64)

    def contributions(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
        """Exact tree Shapley values (LightGBM's ``pred_contrib``)."""
        if frame.empty:
            return pd.DataFrame(columns=self.order, dtype=float), 0.0
        table = self.reader.read_all(frame, self.order)
        values = np.asarray(self._booster.predict(table, pred_contrib=True), dtype=np.float64)
        return pd.DataFrame(values[:, :-1], index=frame.index, columns=self.order), float(values[0, -1])

    def to_json(self) -> dict[str, Any]:
        """Plain data; the trees themselves go beside it as text."""
        return {"reader": self.reader.to_json(), "order": self.order}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], booster_text: str) -> "TreePart":
        """Inverse of ``to_json``, given the trees' text."""
        return cls(FeatureReader(**data["reader"]), data["order"], booster_text)


@dataclass(frozen=True)
class PointsPart:
    """A clinical score: log-odds by points, read from a table and interpolated between whole points."""

    score: str
    components: tuple[str, ...]
    margin_by_points: tuple[float, ...]
    points_if_missing: float

    @property
    def features(self) -> list[str]:
        """The score and, if any, the columns that add up to it."""
        return [self.score, *self.components]

    def margin(self, frame: pd.DataFrame) -> FloatArray:
        """Log-odds of each row's points."""
        return np.interp(self._points(frame), np.arange(len(self.margin_by_points)), self.margin_by_points)

    def contributions(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
        """Log-odds above those of zero points, shared over the components by their points."""
        base = self.margin_by_points[0]
        raised, points = self.margin(frame) - base, self._points(frame)
        per_point = np.divide(raised, points, out=np.zeros_like(raised), where=points > 0)
        grouped = pd.DataFrame({self.score: raised}, index=frame.index)
        for component in self.components:
            grouped[component] = np.nan_to_num(to_number(frame[component])) * per_point
            grouped[self.score] -= grouped[component]
        return grouped, base

    def to_json(self) -> dict[str, Any]:
        """Plain data for the model folder."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "PointsPart":
        """Inverse of ``to_json``."""
        return cls(data["score"], tuple(data["components"]), tuple(data["margin_by_points"]), data["points_if_missing"])

    def _points(self, frame: pd.DataFrame) -> FloatArray:
        require_columns(frame, self.features)
        points = to_number(frame[self.score])
        return np.where(np.isnan(points), self.points_if_missing, points)
