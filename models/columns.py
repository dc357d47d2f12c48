"""Feature columns as arrays a model can read: one meaning of a value, whatever dtype it arrived in."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_contracts.errors import HomewardError
from models.catalogue import Feature

FloatArray = npt.NDArray[np.float64]
# SplitMix64 (Steele, Lea, Flood 2014), written out so that a hash never depends on a library version.
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def require_columns(frame: pd.DataFrame, names: Iterable[str], where: str = "features.matrix") -> None:
    """Raise a HomewardError naming every column that is not there."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise HomewardError(
            f"{len(missing)} column(s) missing: {', '.join(missing)}",
            where=where,
            next_step="rebuild the feature matrix with the catalogue the model was trained on, or train again",
        )


def to_number(column: pd.Series) -> FloatArray:
    """Numbers as float64; null, NaN and infinite values all become NaN."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    else:
        given = column.notna().to_numpy()
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        unreadable = int((given & np.isnan(numbers)).sum())
        if unreadable:
            raise HomewardError(
                f"{unreadable} of {len(column)} values of column {str(column.name)!r} are not numbers",
                where="features.matrix",
                next_step="correct the feature, or its kind in the catalogue",
            )
        values = numbers.copy()
    values[~np.isfinite(values)] = np.nan
    return values


def to_level(column: pd.Series) -> pd.Series:
    """Levels as text, null where missing; 1, 1.0 and True-like numbers of one level are one level."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        unique, codes = np.unique(numbers, return_inverse=True)
        words = np.array([None if not np.isfinite(value) else f"{value:g}" for value in unique], dtype=object)
        return pd.Series(words[codes], index=column.index, dtype="str", name=column.name)
    return column.astype("str").where(column.notna())


def row_hashes(frame: pd.DataFrame, features: Sequence[Feature]) -> list[str]:
    """Hash each row's feature vector: 16 hex digits, equal for equal values in any column order or dtype.

    Parameters
    ----------
    frame : DataFrame, one row per stay
        Holds every named feature.
    features : sequence of Feature
        The features of the model, each hashed together with its name.
    """
    require_columns(frame, [feature.name for feature in features])
    total = np.zeros(len(frame), dtype=np.uint64)
    for feature in features:
        bits = _level_bits(frame[feature.name]) if feature.kind == "category" else _number_bits(frame[feature.name])
        total += _mix(bits ^ _text_bits(feature.name))
    return [f"{value:016x}" for value in _mix(total).tolist()]


def _number_bits(column: pd.Series) -> npt.NDArray[np.uint64]:
    values = to_number(column) + 0.0  # turns -0.0 into 0.0
    values[np.isnan(values)] = np.nan  # one bit pattern for every NaN
    return values.view(np.uint64)


def _level_bits(column: pd.Series) -> npt.NDArray[np.uint64]:
    codes, levels = pd.factorize(to_level(column))
    known = np.array([_text_bits(f"level:{level}") for level in levels] + [_text_bits("missing")], dtype=np.uint64)
    return known[codes]


def _text_bits(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "big"))


def _mix(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    step, first, second = _MIX
    bits = bits + step
    bits = (bits ^ (bits >> np.uint64(30))) * first
    bits = (bits ^ (bits >> np.uint64(27))) * second
    return bits ^ (bits >> np.uint64(31))
