"""Nobody trains and judges; nothing after the time cut trains."""

import hashlib
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import HomewardError
from models.split import assign_folds, hash_shares, make_split
from tests.unit.models.made_up_hospital import shipped_settings

SPLIT = shipped_settings().split
DAY = pd.Timedelta(days=1)
FIRST = pd.Timestamp("2022-01-01")


def frames(rows: list[tuple[str, int, bool]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(patient, day of discharge, readmitted) -> matrix and labels."""
    matrix = pd.DataFrame(
        {
            "stay_key": range(1, len(rows) + 1),
            "stay_id": [f"s{position:04d}" for position in range(len(rows))],
            "patient_id": [patient for patient, _, _ in rows],
            "discharge_date": pd.to_datetime([FIRST + day * DAY for _, day, _ in rows]).astype("datetime64[us]"),
        }
    )
    labels = matrix[["stay_key"]].assign(readmitted_30d=pd.array([flag for *_, flag in rows], dtype="boolean"))
    return matrix, labels


histories = st.lists(
    st.tuples(st.sampled_from([f"p{number}" for number in range(12)]), st.integers(0, 400), st.booleans()), max_size=60
)


@settings(deadline=None, max_examples=60)
@given(rows=histories, until=st.integers(0, 430))
def test_no_patient_on_both_sides_and_no_training_label_past_the_cut(rows, until):
    as_of = (FIRST + until * DAY).date()
    split = make_split(*frames(rows), SPLIT, as_of)
    table = split.table.merge(frames(rows)[0][["stay_key", "discharge_date"]])
    training, judging = table[table["is_training"]], table[table["is_evaluation"]]
    assert not set(training["patient_id"]) & set(judging["patient_id"])
    assert (table["discharge_date"] <= pd.Timestamp(as_of)).all()
    if split.time_cut:
        assert (training["discharge_date"] + 30 * DAY <= pd.Timestamp(split.time_cut)).all()
        assert (judging["discharge_date"] > pd.Timestamp(split.time_cut)).all()
        assert (judging["discharge_date"] + 30 * DAY <= pd.Timestamp(as_of)).all()
    else:
        assert training.empty and judging.empty


@settings(deadline=None, max_examples=30)
@given(rows=histories, seed=st.integers(0, 5))
def test_the_order_of_rows_changes_nothing(rows, seed):
    matrix, labels = frames(rows)
    as_of = date(2023, 6, 1)
    shuffled = make_split(matrix.sample(frac=1, random_state=seed), labels[::-1], SPLIT, as_of)
    pd.testing.assert_frame_equal(shuffled.table, make_split(matrix, labels, SPLIT, as_of).table)


def test_held_out_patients_stay_held_out_when_history_grows():
    rows = [(f"p{number}", number, False) for number in range(200)]
    early = make_split(*frames(rows[:80]), SPLIT, date(2023, 6, 1)).table.set_index("stay_key")
    late = make_split(*frames(rows), SPLIT, date(2023, 6, 1)).table.set_index("stay_key")
    assert (early["is_held_out_patient"] == late.loc[early.index, "is_held_out_patient"]).all()
    assert 0.15 < late["is_held_out_patient"].mean() < 0.35


def test_hash_is_md5_of_purpose_and_id():
    # Written out, so that a change of the hash, which would move patients to the other side, is seen.
    shares = hash_shares(pd.Series(["p1", "p2", "p1"]), "held-out")
    expected = int(hashlib.md5(b"held-out:p1").hexdigest()[:16], 16) / 2**64
    assert shares[0] == shares[2] == pytest.approx(expected, abs=1e-15)
    assert shares[0] != shares[1]


def test_folds_keep_patients_together():
    patients = pd.Series([f"p{number % 30}" for number in range(300)])
    folds = pd.DataFrame({"patient": patients, "fold": assign_folds(patients, 5, seed=3)})
    assert (folds.groupby("patient")["fold"].nunique() == 1).all()
    assert set(folds["fold"]) == {0, 1, 2, 3, 4}


def test_only_index_stays_are_labelled_and_only_scorable_ones_scored():
    rows = [(f"p{number}", number, False) for number in range(0, 400, 2)]
    matrix, labels = frames(rows)
    stays = matrix[["stay_key"]].assign(is_index=matrix["stay_key"] % 2 == 0, is_scorable=matrix["stay_key"] % 3 == 0)
    as_of = (FIRST + 398 * DAY).date()
    table = make_split(matrix, labels, SPLIT, as_of, stays).table
    assert (table.loc[table["is_training"] | table["is_evaluation"], "stay_key"] % 2 == 0).all()
    assert (table.loc[table["is_scored"] & ~table["is_evaluation"], "stay_key"] % 3 == 0).all()
    assert table["is_training"].any() and table["is_evaluation"].any() and table["is_current"].any()


def test_current_is_the_listing_window_up_to_as_of():
    rows = [(f"p{number}", number, False) for number in range(400)]
    as_of = (FIRST + 399 * DAY).date()
    split = make_split(*frames(rows), SPLIT, as_of, listing_window_days=7)
    assert len(split.stays("is_current")) == 8  # day 0 and seven days before it


def test_missing_column_is_named():
    matrix, labels = frames([("p1", 1, True)])
    with pytest.raises(HomewardError, match="patient_id"):
        make_split(matrix.drop(columns="patient_id"), labels, SPLIT, date(2023, 1, 1))
