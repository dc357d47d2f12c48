"""Which stays hospitals are compared by: all index stays, each once, as known at discharge."""

import pandas as pd

from audit.settings import CaseMixSettings
from pipelines.home import Home
from pipelines.hospital_inputs import read_conditions, read_hospital_stays

CASE_MIX = CaseMixSettings(("age_years",), ("specialty_cohort",), ("elixhauser_*",), 10)
TABLES = {
    "cohort.index_stay": """
        stay_key facility_id discharge_date is_index
        1        A           2025-01-01     True
        2        A           2025-01-02     False
        3        B           2025-01-03     True
        4        -           2025-01-04     True
    """,
    "cohort.label": """
        stay_key readmitted_30d
        1        True
        2        True
        3        False
    """,
    "features.matrix": """
        stay_key prediction_point age_years specialty_cohort race  elixhauser_hf
        1        admission        70        Medicine         Black 0
        1        discharge        70        Medicine         Black 1
        2        discharge        71        Medicine         White 1
        3        discharge        72        Surgery          White 0
    """,
    "cohort.condition": """
        stay_key condition
        1        hf
        3        new
    """,
}


def write_tables(root):
    for name, text in TABLES.items():
        header, *lines = [line.split() for line in text.strip().splitlines()]
        frame = pd.DataFrame(lines, columns=header).replace("-", None).infer_objects()
        for column in header:
            if column in ("stay_key", "age_years", "elixhauser_hf"):
                frame[column] = frame[column].astype(int)
            elif set(frame[column]) <= {"True", "False"}:
                frame[column] = frame[column] == "True"
        folder = root / "lake" / name.replace(".", "/")
        folder.mkdir(parents=True)
        frame.to_parquet(folder / "bucket-0.parquet")
    return Home(root)


def test_index_stays_once_each_with_outcome_and_case_mix_at_discharge(tmp_path):
    stays = read_hospital_stays(write_tables(tmp_path), CASE_MIX)
    assert list(stays.columns) == [
        "stay_key",
        "facility_id",
        "discharge_date",
        "readmitted_30d",
        "age_years",
        "specialty_cohort",
        "elixhauser_hf",
    ]
    assert stays["stay_key"].tolist() == [1, 3, 4]  # 2 is no index stay
    assert stays["elixhauser_hf"].tolist()[:2] == [1, 0]  # at discharge, not at admission
    assert stays["readmitted_30d"].tolist()[:2] == [True, False]
    assert stays.iloc[2][["facility_id", "readmitted_30d", "age_years"]].isna().all()


def test_conditions_in_words_where_the_run_has_them(tmp_path):
    assert read_conditions(Home(tmp_path)) is None
    conditions = read_conditions(write_tables(tmp_path))
    assert conditions["condition"].tolist() == ["Heart failure", "new"]
