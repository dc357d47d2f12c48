"""The scores that are compared: the model, the scores clinicians know, the other candidates."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit.inputs import AuditInputs
from audit.settings import AuditSettings

FloatArray = npt.NDArray[np.float64]

KNOWN_LABELS = {"lace": "LACE", "hospital": "HOSPITAL"}


@dataclasses.dataclass(frozen=True)
class Score:
    """One ranking of the held-out stays.

    Parameters
    ----------
    name, label : str
        Key in metrics.json; words for people.
    values : array of shape (rows,)
        Higher means more at risk; NaN where the score is missing.
    is_probability : bool
        Whether values can be read as risks.
    cut : float or None
        Published cut for "high risk" of a points score.
    """

    name: str
    label: str
    values: FloatArray
    is_probability: bool
    cut: float | None = None

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Rows that have the score."""
        return ~np.isnan(self.values)

    @property
    def decision_risk(self) -> FloatArray:
        """What net benefit compares with a threshold: the probability, or the published rule as 1 and 0."""
        return self.values if self.is_probability else (self.values >= (self.cut or 0)).astype(np.float64)


@dataclasses.dataclass(frozen=True)
class Sample:
    """The held-out stays as arrays, in the order of stay_key.

    Parameters
    ----------
    frame : DataFrame, one row per stay with a known outcome
    outcome, clusters : arrays of shape (rows,)
    champion : Score or None
        What ranks people now: the model, or LACE without a model; None when there is neither.
    others : list of Score
        What it is compared with.
    share : float
        Capacity over rows, 0-1.
    left_out : int
        Stays without a known outcome.
    """

    frame: pd.DataFrame
    outcome: FloatArray
    clusters: npt.NDArray[np.intp]
    champion: Score | None
    others: list[Score]
    share: float
    left_out: int

    @property
    def rows(self) -> int:
        """Stays with a known outcome."""
        return int(self.outcome.size)

    @property
    def events(self) -> int:
        """Readmissions among them."""
        return int(self.outcome.sum())


def prepare_sample(inputs: AuditInputs, settings: AuditSettings) -> Sample:
    """Sort the held-out stays, leave out those without outcome, and name the scores."""
    known = inputs.evaluation[inputs.evaluation["readmitted_30d"].notna()]
    frame = known.sort_values("stay_key").reset_index(drop=True)
    points = [
        Score(name, KNOWN_LABELS[name], _numbers(frame[name]), is_probability=False, cut=cut)
        for name, cut in (("lace", settings.lace_cut), ("hospital", settings.hospital_cut))
        if name in frame and frame[name].notna().any()
    ]
    candidates = [
        Score(column, _candidate_label(column), _numbers(frame[column]), is_probability=True)
        for column in sorted(frame.columns)
        if column.startswith("risk_") and frame[column].notna().any()
    ]
    scores = points + candidates
    champion = None
    if inputs.model.is_trained:
        champion = Score("champion", "This model", _numbers(frame["risk"]), is_probability=True)
    elif points and points[0].name == "lace":
        champion = points[0]
        scores.remove(champion)
    return Sample(
        frame=frame,
        outcome=frame["readmitted_30d"].to_numpy(dtype=np.float64, na_value=np.nan),
        clusters=np.unique(frame["patient_key"].to_numpy(), return_inverse=True)[1],
        champion=champion,
        others=scores,
        share=min(1.0, inputs.capacity.places / len(frame)) if len(frame) else 0.0,
        left_out=len(inputs.evaluation) - len(frame),
    )


def _candidate_label(column: str) -> str:
    name = column.removeprefix("risk_")
    return f"{KNOWN_LABELS[name]} as a risk" if name in KNOWN_LABELS else f"Candidate: {name.replace('_', ' ')}"


def _numbers(column: pd.Series) -> FloatArray:
    return pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
