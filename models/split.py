"""Who trains, who judges, who is scored: a split by patient and by time.

A stay trains when its patient is not held out and its label was complete by the cut T (discharged 30 days before it or
earlier). A stay judges when its patient is held out and it was discharged after T. Nobody is on both sides, and nothing
recorded after T enters training. Which patients are held out depends on their id alone, so it never changes from run to
run: a champion trained earlier has not seen them either.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.columns import require_columns
from models.settings import SplitSettings

HASH_RANGE = float(2**64)
TABLE_COLUMNS = [
    "stay_key",
    "stay_id",
    "patient_id",
    "is_held_out_patient",
    "is_training",
    "is_evaluation",
    "is_scored",
    "is_current",
]


@dataclass(frozen=True)
class Split:
    """The split's table (one row per stay of the matrix, sorted by stay_id) and its time cut T."""

    table: pd.DataFrame
    time_cut: date | None

    def stays(self, role: str) -> npt.NDArray[np.int64]:
        """Stay keys with the role is_training, is_evaluation, is_scored or is_current, in order of stay_id."""
        return self.table.loc[self.table[role], "stay_key"].to_numpy(dtype=np.int64)


def hash_shares(ids: pd.Series, purpose: str) -> npt.NDArray[np.float64]:
    """Give each id a stable number in [0, 1) per id: md5 of purpose and id, the same everywhere and for ever."""
    codes, unique = pd.factorize(ids.astype("str"))
    shares = [
        int.from_bytes(hashlib.md5(f"{purpose}:{one}".encode(), usedforsecurity=False).digest()[:8], "big") / HASH_RANGE
        for one in unique
    ]
    return np.array(shares, dtype=np.float64)[codes]


def assign_folds(patient_ids: pd.Series, folds: int, seed: int) -> npt.NDArray[np.int64]:
    """Fold 0..folds-1 of each row, the same for all rows of one patient."""
    return np.floor(hash_shares(patient_ids, f"fold:{seed}") * folds).astype(np.int64)


def make_split(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    settings: SplitSettings,
    as_of: date,
    stays: pd.DataFrame | None = None,
    listing_window_days: int = 30,
) -> Split:
    """Split the stays of the feature matrix.

    Parameters
    ----------
    matrix : DataFrame, one row per stay
        ``features.matrix``.
    labels : DataFrame, one row per eligible stay
        ``cohort.label``.
    settings : SplitSettings
    as_of : date
        Data cut-off, that day included; stays discharged later are left out.
    stays : DataFrame, optional
        ``cohort.index_stay``: is_index and is_scorable. Without it every labelled stay is an index stay and every stay
        of the matrix is scorable.
    listing_window_days : int
        A scorable stay discharged at most this many days before as_of is current.

    Returns
    -------
    Split
        T is the settings' quantile of the discharge dates of index stays; None where there are none.
    """
    frame = _join_stays(matrix, labels, stays)
    frame = frame[frame["discharge_date"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    horizon = pd.Timedelta(days=settings.horizon_days)
    labelled = frame["is_index"] & (frame["discharge_date"] + horizon <= pd.Timestamp(as_of))
    time_cut = _time_cut(frame.loc[labelled, "discharge_date"], settings.time_quantile)
    held_out = pd.Series(hash_shares(frame["patient_id"], "held-out") < settings.held_out_share, index=frame.index)
    after = frame["discharge_date"] > time_cut if time_cut is not None else pd.Series(True, index=frame.index)
    complete = frame["discharge_date"] + horizon <= time_cut if time_cut is not None else ~after
    frame["is_held_out_patient"] = held_out
    frame["is_training"] = labelled & ~held_out & complete
    frame["is_evaluation"] = labelled & held_out & after
    frame["is_scored"] = frame["is_evaluation"] | frame["is_scorable"]
    window_start = pd.Timestamp(as_of) - pd.Timedelta(days=listing_window_days)
    frame["is_current"] = frame["is_scored"] & frame["is_scorable"] & (frame["discharge_date"] >= window_start)
    return Split(frame[TABLE_COLUMNS], None if time_cut is None else time_cut.date())


def _join_stays(matrix: pd.DataFrame, labels: pd.DataFrame, stays: pd.DataFrame | None) -> pd.DataFrame:
    require_columns(matrix, ["stay_key", "stay_id", "patient_id", "discharge_date"])
    require_columns(labels, ["stay_key", "readmitted_30d"], where="cohort.label")
    frame = matrix[["stay_key", "stay_id", "patient_id", "discharge_date"]].copy()
    frame["discharge_date"] = pd.to_datetime(frame["discharge_date"]).astype("datetime64[us]")
    known = labels.loc[labels["readmitted_30d"].notna(), "stay_key"]
    frame["is_index"] = frame["stay_key"].isin(known)
    frame["is_scorable"] = True
    if stays is not None:
        require_columns(stays, ["stay_key", "is_index", "is_scorable"], where="cohort.index_stay")
        for role in ("is_index", "is_scorable"):
            holders = stays.loc[stays[role].fillna(False).astype(bool), "stay_key"]
            frame[role] &= frame["stay_key"].isin(holders)
    return frame.sort_values("stay_id", kind="stable").reset_index(drop=True)


def _time_cut(discharges: pd.Series, quantile: float) -> pd.Timestamp | None:
    if discharges.empty:
        return None
    # The lower neighbour, so that the cut is a day on which somebody was discharged.
    ordered = discharges.sort_values(ignore_index=True)
    return pd.Timestamp(ordered.iloc[int(quantile * (len(ordered) - 1))]).normalize()
