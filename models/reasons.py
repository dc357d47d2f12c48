"""Contributions of features, put into the catalogue's words for the worklist."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.catalogue import Feature
from models.columns import to_level, to_number

COLUMNS = ["stay_key", "position", "feature", "words", "value", "direction", "contribution"]
NEGLIGIBLE = 1e-9  # log-odds; below this a feature says nothing about the row
WHOLE = 1e-9  # a number this close to a whole one is written without decimals

# "(visit|visits)" in a template: the singular for a value of 1, else the plural.
ONE_OR_MANY = re.compile(r"\((\w+)\|(\w+)\)")


def put_into_words(
    matrix: pd.DataFrame, contributions: pd.DataFrame, catalogue: Sequence[Feature], k: int
) -> pd.DataFrame:
    """List the k largest contributions of each row, by size, whichever way they point.

    Parameters
    ----------
    matrix : DataFrame, one row per stay
        ``stay_key`` and the features.
    contributions : DataFrame, same rows
        Log-odds by feature.
    catalogue : sequence of Feature
        Gives each feature's reason template (``{value}``) and label.
    k : int
        Reasons per stay.

    Returns
    -------
    DataFrame, one row per (stay_key, position 1..k)
        feature, words, value (text, null where missing), direction raises|lowers, contribution (log-odds).
    """
    known = {feature.name: feature for feature in catalogue}
    names = [name for name in contributions.columns if name in known]
    sizes = np.round(contributions[names].to_numpy(dtype=np.float64), 12)
    # A stable sort over columns sorted by name: equal contributions always come in the same order.
    order = np.argsort(-np.abs(sizes), axis=1, kind="stable")[:, :k]
    rows = np.repeat(np.arange(len(matrix)), order.shape[1])
    columns = order.ravel()
    picked = pd.DataFrame(
        {
            "stay_key": matrix["stay_key"].to_numpy()[rows],
            "position": np.tile(np.arange(1, order.shape[1] + 1), len(matrix)),
            "row": rows,
            "feature": np.array(names, dtype=object)[columns],
            "contribution": sizes[rows, columns],
        }
    )
    picked = picked[picked["contribution"].abs() > NEGLIGIBLE].reset_index(drop=True)
    picked["direction"] = np.where(picked["contribution"] > 0, "raises", "lowers")
    picked["value"] = _values(matrix, picked, known)
    picked["words"] = [
        write_reason(known[name], None if pd.isna(value) else value)
        for name, value in zip(picked["feature"], picked["value"], strict=True)
    ]
    text = dict.fromkeys(("feature", "words", "value", "direction"), "str")
    return picked[COLUMNS].astype({"position": "int64", "contribution": "float64", **text})


def write_reason(feature: Feature, value: str | None) -> str:
    """One reason in words; a missing value and a "no" are said as such, never filled into the template."""
    if value is None:
        return f"{feature.words}: no value ({feature.missing_when or 'not recorded'})"
    if feature.kind == "binary" and value == "no":
        return f"{feature.words}: no"
    template = feature.reason or (feature.words if feature.kind == "binary" else f"{feature.words}: {{value}}")
    chosen = ONE_OR_MANY.sub(lambda match: match[1] if value == "1" else match[2], template)
    return chosen.replace("{value}", value.replace("_", " ") if feature.kind == "category" else value)


def format_number(value: float) -> str:
    """Write a number as people do: whole numbers whole, others with at most three significant digits."""
    if abs(value - round(value)) < WHOLE:
        return f"{round(value)}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"  # noqa: PLR2004 - digits, not a clinical number


def _values(matrix: pd.DataFrame, picked: pd.DataFrame, known: dict[str, Feature]) -> pd.Series:
    values = pd.Series(None, index=picked.index, dtype="object")
    for name, group in picked.groupby("feature"):
        feature = known[str(name)]
        column = matrix[feature.name].iloc[group["row"].to_numpy()]
        if feature.kind == "category":
            texts = [None if pd.isna(level) else str(level) for level in to_level(column)]
        else:
            texts = [_number_text(feature, number) for number in to_number(column)]
        values.loc[group.index] = texts
    return values


def _number_text(feature: Feature, number: float) -> str | None:
    if np.isnan(number):
        return None
    if feature.kind == "binary":
        return "yes" if number else "no"
    return format_number(number)
