"""Gather what hospitals are compared by: their index stays, what became of them, and who the patients were."""

from fnmatch import fnmatch

import pandas as pd
import pyarrow.parquet as pq

from audit.settings import CaseMixSettings
from pipelines.frames import read_table
from pipelines.home import Home

CASE_MIX_TABLE = "features.matrix"
KNOWN_AT = "discharge"
# Conditions of the Hospital Readmissions Reduction Program, as people write them.
CONDITION_WORDS = {
    "ami": "Acute myocardial infarction",
    "cabg": "Coronary artery bypass surgery",
    "copd": "Chronic obstructive pulmonary disease",
    "hf": "Heart failure",
    "pneumonia": "Pneumonia",
    "tha_tka": "Hip or knee replacement",
}


def read_hospital_stays(home: Home, case_mix: CaseMixSettings) -> pd.DataFrame:
    """Read all index stays of the measure, each with its hospital, its outcome and its case mix at discharge.

    Returns
    -------
    DataFrame, one row per index stay
        ``stay_key``, ``facility_id``, ``discharge_date``, ``readmitted_30d`` and the case-mix columns there are.
    """
    stays = read_table(home, "cohort.index_stay", "stay_key,facility_id,discharge_date,is_index")
    stays = stays[stays["is_index"]].drop(columns="is_index")
    labels = read_table(home, "cohort.label", "stay_key,readmitted_30d")
    columns = ["stay_key", "prediction_point", *_case_mix_columns(home, case_mix)]
    points = read_table(home, CASE_MIX_TABLE, ",".join(columns))
    points = points[points["prediction_point"] == KNOWN_AT].drop(columns="prediction_point")
    return stays.merge(labels, on="stay_key", how="left").merge(
        points, on="stay_key", how="left", validate="one_to_one"
    )


def read_conditions(home: Home) -> pd.DataFrame | None:
    """Read which stays are of which condition, in words; None where the run does not tell."""
    if not home.parts("cohort.condition"):
        return None
    conditions = read_table(home, "cohort.condition", "stay_key,condition")
    return conditions.assign(condition=conditions["condition"].replace(CONDITION_WORDS))


def _case_mix_columns(home: Home, case_mix: CaseMixSettings) -> list[str]:
    wanted = (*case_mix.numbers, *case_mix.categories, *case_mix.flags)
    known = pq.read_schema(home.parts(CASE_MIX_TABLE)[0]).names
    return [name for name in known if any(fnmatch(name, pattern) for pattern in wanted)]
