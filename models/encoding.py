"""From feature columns to the two numeric tables that models read; every encoder is plain JSON.

The linear table has one column per *term* (a standardised number, a missing indicator, a category level);
the tree table has one column per feature, missing left missing. Nothing here looks at the label.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.catalogue import Feature
from models.columns import FloatArray, to_level, to_number
from models.settings import EncodingSettings

OTHER = "(other)"


@dataclass(frozen=True)
class Term:
    """One column of the linear table: which feature it reads, in which form, and its standardisation."""

    feature: str
    form: str  # value | log | missing | level
    center: float
    scale: float = 1.0
    low: float = 0.0
    high: float = 0.0
    level: str = ""


def category_levels(column: pd.Series, settings: EncodingSettings) -> list[str]:
    """Levels common enough to keep, most frequent first (ties by text).

    Rarer ones are pooled: they would be noise, and a level few patients share must not be stored in a model.
    """
    counts = to_level(column).value_counts()
    common = counts[counts >= settings.min_level_count]
    ordered = sorted(common.items(), key=lambda item: (-int(item[1]), str(item[0])))
    return [str(level) for level, _ in ordered[: settings.max_levels]]


def level_codes(column: pd.Series, levels: Sequence[str]) -> FloatArray:
    """Codes 0..n-1 in the stored order, n for a rare or unseen level, NaN for missing."""
    text = to_level(column)
    codes = text.map({level: float(code) for code, level in enumerate(levels)}).to_numpy(dtype=np.float64)
    return np.where(text.isna().to_numpy(), np.nan, np.where(np.isnan(codes), float(len(levels)), codes))


@dataclass(frozen=True)
class FeatureReader:
    """Turns one frame into cleaned arrays, each column read once: numbers, or codes of known levels."""

    kinds: dict[str, str]
    levels: dict[str, list[str]]

    @classmethod
    def fit(cls, frame: pd.DataFrame, features: Sequence[Feature], settings: EncodingSettings) -> "FeatureReader":
        """Learn the levels of the category features from training rows."""
        levels = {f.name: category_levels(frame[f.name], settings) for f in features if f.kind == "category"}
        return cls({f.name: f.kind for f in features}, levels)

    def read(self, frame: pd.DataFrame, name: str) -> FloatArray:
        """One feature's cleaned values."""
        if self.kinds[name] == "category":
            return level_codes(frame[name], self.levels[name])
        return to_number(frame[name])

    def read_all(self, frame: pd.DataFrame, names: Sequence[str]) -> FloatArray:
        """Build the tree table: (rows, features), missing as NaN."""
        table = np.empty((len(frame), len(names)), dtype=np.float64)
        for position, name in enumerate(names):
            table[:, position] = self.read(frame, name)
        return table

    def to_json(self) -> dict[str, Any]:
        """Plain data for the model folder."""
        return asdict(self)


def fit_terms(
    frame: pd.DataFrame, features: Sequence[Feature], reader: FeatureReader, settings: EncodingSettings
) -> tuple[Term, ...]:
    """Choose the linear terms of every feature from training rows; what does not vary yields none."""
    terms: list[Term] = []
    for feature in features:
        values = reader.read(frame, feature.name)
        missing = np.isnan(values)
        if min(missing.sum(), (~missing).sum()) >= settings.min_level_count:
            terms.append(Term(feature.name, "missing", float(missing.mean())))
        if missing.all():
            continue
        if feature.kind == "category":
            terms.extend(_level_terms(feature.name, values, reader.levels[feature.name]))
        else:
            terms.extend(_number_terms(feature, values[~missing], settings))
    return tuple(terms)


def term_values(term: Term, values: FloatArray) -> FloatArray:
    """One column of the linear table, from the cleaned values of the term's feature."""
    if term.form == "missing":
        raw = np.isnan(values).astype(np.float64)
    elif term.form == "level":
        raw = (values == term.low).astype(np.float64)
    else:
        clipped = np.clip(values, term.low, term.high)
        raw = np.log1p(clipped) if term.form == "log" else clipped
        raw = np.where(np.isnan(raw), term.center, raw)  # missing says nothing here; its own indicator speaks
    return (raw - term.center) / term.scale


def linear_table(frame: pd.DataFrame, terms: Sequence[Term], reader: FeatureReader) -> FloatArray:
    """Build the linear table: (rows, terms)."""
    table = np.empty((len(frame), len(terms)), dtype=np.float64, order="F")
    read: tuple[str, FloatArray] = ("", np.empty(0))
    for position, term in enumerate(terms):
        if term.feature != read[0]:  # terms of one feature stand together: read it once
            read = (term.feature, reader.read(frame, term.feature))
        table[:, position] = term_values(term, read[1])
    return table


def _level_terms(name: str, values: FloatArray, levels: Sequence[str]) -> list[Term]:
    terms = []
    for code, level in enumerate([*levels, OTHER]):
        share = float((values == code).mean())
        if 0.0 < share < 1.0:
            terms.append(Term(name, "level", share, low=float(code), level=level))
    return terms


def _number_terms(feature: Feature, known: FloatArray, settings: EncodingSettings) -> list[Term]:
    low, high = (float(np.quantile(known, q)) for q in (settings.clip_quantile, 1 - settings.clip_quantile))
    if feature.kind == "binary" or low == high:
        low, high = float(known.min()), float(known.max())
    if low == high:
        return []
    clipped = np.clip(known, low, high)
    form = "log" if feature.kind == "numeric" and low >= 0 and _skewness(clipped) > settings.log_skewness else "value"
    raw = np.log1p(clipped) if form == "log" else clipped
    # Two standard deviations put a number on the scale of a yes/no feature (Gelman 2008), so one penalty suits both.
    scale = 1.0 if feature.kind == "binary" else 2 * float(raw.std())
    return [Term(feature.name, form, float(raw.mean()), scale, low, high)]


def _skewness(values: FloatArray) -> float:
    spread = values.std()
    return float((((values - values.mean()) / spread) ** 3).mean()) if spread > 0 else 0.0
