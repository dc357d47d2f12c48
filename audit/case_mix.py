"""Who the patients were: the case mix of stays as numbers that a logistic model can read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from fnmatch import fnmatch

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit.scores import FloatArray
from audit.settings import CaseMixSettings

BoolArray = npt.NDArray[np.bool_]
Column = tuple[str, FloatArray]
IsCommon = Callable[[BoolArray], bool]


@dataclasses.dataclass(frozen=True)
class CaseMix:
    """The case mix of some stays.

    Parameters
    ----------
    design : array of shape (stays, columns)
        No missing values, no column of ones.
    used : list of str
        Source columns that went into it, in order.
    """

    design: FloatArray
    used: list[str]


def describe_case_mix(
    stays: pd.DataFrame, outcome: FloatArray, learnt_from: BoolArray, settings: CaseMixSettings
) -> CaseMix:
    """Turn the case-mix columns of stays into a design.

    Parameters
    ----------
    stays : DataFrame, one row per stay
    outcome : array of shape (stays,)
        1 readmitted, 0 not.
    learnt_from : array of bool, shape (stays,)
        Stays from which effects will be learnt. A mark that too few of them carry, of either outcome, is left out.
    settings : CaseMixSettings

    Returns
    -------
    CaseMix
        Numbers as standard deviations from the mean and their squares, a missing one as the mean with a mark of its
        own; a mark per level of a category but the commonest, rare levels with the commonest; flags as they are.
    """
    learnt, events = learnt_from.sum(), outcome[learnt_from].sum()

    def is_common(marked: BoolArray) -> bool:
        rows, returned = marked[learnt_from].sum(), outcome[marked & learnt_from].sum()
        others = (learnt - rows) - (events - returned)
        return bool(min(returned, rows - returned, events - returned, others) >= settings.min_events)

    flags = sorted(name for name in stays.columns if any(fnmatch(str(name), pattern) for pattern in settings.flags))
    columns = [
        *(column for name in settings.numbers if name in stays for column in _number(name, stays[name], is_common)),
        *(column for name in settings.categories if name in stays for column in _levels(name, stays[name], is_common)),
        *(column for name in flags for column in _flag(name, stays[name], is_common)),
    ]
    design = np.column_stack([values for _, values in columns]) if columns else np.zeros((len(stays), 0))
    return CaseMix(design, list(dict.fromkeys(name for name, _ in columns)))


def _number(name: str, column: pd.Series, is_common: IsCommon) -> Iterator[Column]:
    values = pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    is_missing = np.isnan(values)
    if is_missing.all() or np.nanstd(values) == 0:
        return
    standard = np.where(is_missing, 0.0, (values - np.nanmean(values)) / np.nanstd(values))
    yield name, standard
    yield name, standard**2
    if is_common(is_missing):
        yield name, is_missing.astype(np.float64)


def _levels(name: str, column: pd.Series, is_common: IsCommon) -> Iterator[Column]:
    code, levels = pd.factorize(column.astype("str").where(column.notna(), ""), sort=True)
    commonest = np.bincount(code).argmax()
    for place in range(len(levels)):
        if place != commonest and is_common(code == place):
            yield name, (code == place).astype(np.float64)


def _flag(name: str, column: pd.Series, is_common: IsCommon) -> Iterator[Column]:
    # A pattern of names may also catch a count of the flags: that is none.
    is_flag = column.dropna().isin([0, 1]).all()
    marked = (column == 1).fillna(False).to_numpy(dtype=bool)
    if is_flag and is_common(marked):
        yield name, marked.astype(np.float64)
