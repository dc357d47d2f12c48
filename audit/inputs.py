"""What an audit is made from: frames and values, checked before anything is computed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from data_contracts.errors import HomewardError

HOSPITAL_COLUMNS = ("stay_key", "facility_id", "discharge_date", "readmitted_30d")
EVALUATION_COLUMNS = ("stay_key", "patient_key", "discharge_date", "readmitted_30d")
ATTRITION_COLUMNS = ("step", "rule", "rows_in", "rows_dropped", "rows_out")


@dataclasses.dataclass(frozen=True)
class Feature:
    """An input of the model: its column, words for people, and its share of what moves the risks (0-1)."""

    name: str
    label: str
    importance: float


@dataclasses.dataclass(frozen=True)
class ModelInfo:
    """The model under audit.

    Parameters
    ----------
    name, version : str
        As in the registry; the version names the report's folder.
    is_trained : bool
        False when there were too few events to train: people are then ranked by LACE.
    kind : str
        Words: "gradient-boosted trees (LightGBM)".
    training_rows, training_events : int
        Stays and readmissions it was trained on.
    features : sequence of Feature
        All inputs, the most important first.
    calibration : str or None
        Words for how raw scores became probabilities ("isotonic regression on a later fold"); None when not done.
    decision : str
        Why this candidate was chosen, in one sentence.
    split : str
        How training and evaluation were kept apart, in one sentence.
    training_from, training_to : date, optional
        First and last discharge it was trained on.
    """

    name: str
    version: str
    is_trained: bool
    kind: str = ""
    training_rows: int = 0
    training_events: int = 0
    features: Sequence[Feature] = ()
    calibration: str | None = None
    decision: str = ""
    split: str = ""
    training_from: dt.date | None = None
    training_to: dt.date | None = None


@dataclasses.dataclass(frozen=True)
class Capacity:
    """How many people can be followed up.

    Parameters
    ----------
    list_size : int
        People on the list of this run.
    places : int
        Stays of the evaluation window that could have been on a list (K).
    """

    list_size: int
    places: int


@dataclasses.dataclass(frozen=True)
class Provenance:
    """Where the numbers come from; `generated_at` is the caller's, nothing here reads a clock."""

    run_id: str
    as_of: dt.date
    data_cut_off: dt.date
    generated_at: str
    policy_version: str
    contract_version: str
    code_version: str


@dataclasses.dataclass(frozen=True)
class AuditInputs:
    """Everything an audit needs.

    Parameters
    ----------
    evaluation : DataFrame, one row per stay_key
        Held-out stays: ``stay_key``, ``patient_key``, ``discharge_date``, ``readmitted_30d`` (null rows are left out
        and counted); ``risk`` (champion's probability; may be absent when nothing was trained); optional ``lace``,
        ``hospital``, ``risk_<name>`` of other candidates, ``died_30d``, ``any_return_30d``, ``is_treated``,
        ``active_conditions`` (count), ``unplanned_days`` (inpatient days in a year, before or after).
    subgroups : DataFrame, one row per stay_key
        ``stay_key`` and the attributes named in config/audit.yaml, those that are known. Groups of a categorical
        column are shown in the order of its categories.
    attrition : DataFrame, one row per step
        ``cohort.attrition``: ``step``, ``rule``, ``rows_in``, ``rows_dropped``, ``rows_out``.
    cohort_rates : mapping of int
        ``index_stays``, ``readmissions``, ``planned_returns``, ``deaths``, ``any_returns``.
    load_report : mapping of mappings
        Table -> ``rows_in``, ``kept``, ``quarantined``, ``superseded``.
    source_notes : sequence of str
        Sentences on what the sources did not have.
    model, capacity, provenance
        See there.
    seed : int
        Of the resampling.
    reach : DataFrame, one row per stay_key, optional
        ``is_flagged``, ``is_assigned``, ``is_contacted``, ``is_closed``.
    hospital_stays : DataFrame, one row per stay_key, optional
        All index stays of the measure, not only the held-out ones: ``stay_key``, ``facility_id``, ``discharge_date``,
        ``readmitted_30d`` and the case-mix columns named in config/audit.yaml, those that are known.
    conditions : DataFrame, one row per stay_key and condition, optional
        ``stay_key``, ``condition``: index stays of the condition-specific measures.
    leakage_accepted : str
        Who accepted an AUROC above the realism gate, when and why; empty when nobody did.
    """

    evaluation: pd.DataFrame
    subgroups: pd.DataFrame
    attrition: pd.DataFrame
    cohort_rates: Mapping[str, int]
    load_report: Mapping[str, Mapping[str, int]]
    source_notes: Sequence[str]
    model: ModelInfo
    capacity: Capacity
    provenance: Provenance
    seed: int
    reach: pd.DataFrame | None = None
    hospital_stays: pd.DataFrame | None = None
    conditions: pd.DataFrame | None = None
    leakage_accepted: str = ""


def check_inputs(inputs: AuditInputs) -> None:
    """Refuse inputs from which an audit would be silently wrong.

    Raises
    ------
    HomewardError
        A column is missing, a stay comes twice, or a risk lies outside 0-1.
    """
    evaluation = inputs.evaluation
    _require(evaluation, EVALUATION_COLUMNS, "evaluation frame")
    _require(inputs.attrition, ATTRITION_COLUMNS, "attrition table")
    _require(inputs.subgroups, ("stay_key",), "subgroups frame")
    one_per_stay = [(evaluation, "evaluation frame"), (inputs.subgroups, "subgroups frame")]
    if inputs.hospital_stays is not None:
        _require(inputs.hospital_stays, HOSPITAL_COLUMNS, "hospital stays frame")
        one_per_stay.append((inputs.hospital_stays, "hospital stays frame"))
    for frame, where in one_per_stay:
        twice = int(frame["stay_key"].duplicated().sum())
        if twice:
            raise HomewardError(f"{twice} stay_key come more than once", where=where, next_step="give one row per stay")
    for column in risk_columns(evaluation):
        outside = int((~evaluation[column].dropna().between(0, 1)).sum())
        if outside:
            raise HomewardError(
                f"{outside} of {len(evaluation)} values of {column} lie outside 0-1",
                where="evaluation frame",
                next_step="give probabilities, not raw scores",
            )
    if inputs.model.is_trained and ("risk" not in evaluation or evaluation["risk"].isna().any()):
        raise HomewardError(
            "the model is said to be trained, but risk is missing",
            where="evaluation frame",
            next_step="score every held-out stay, or set is_trained to False",
        )


def risk_columns(evaluation: pd.DataFrame) -> list[str]:
    """Name the columns that hold probabilities: the champion's and the other candidates'."""
    return [column for column in evaluation.columns if column == "risk" or column.startswith("risk_")]


def _require(frame: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise HomewardError(
            f"without the column{'s' * (len(absent) > 1)} {', '.join(absent)}",
            where=where,
            next_step="see audit.inputs.AuditInputs for what each frame must have",
        )
