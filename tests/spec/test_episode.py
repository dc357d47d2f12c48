"""The episode as known at the prediction point: what is joined at once and what only when the codes are in."""

import pytest

from tests.spec.feature_hospital import Hospital


def test_a_transfer_after_a_late_fold_belongs_to_the_stay() -> None:
    hospital = Hospital()
    case = "folded, then transferred"
    hospital.stay(case, "2024-03-10 08:00", "2024-03-11 10:00", facility_id="A")
    # Same day, place and condition: one stay, as is known when the second encounter's diagnosis is, at its end.
    hospital.stay(case, "2024-03-11 12:00", "2024-03-12 18:00", facility_id="A")
    hospital.stay(case, "2024-03-12 20:00", "2024-03-14 12:00", facility_id="B")
    row = hospital.run()[case]
    assert row["encounter_count"] == 3
    assert (row["acute_admission_count_30d"], row["days_since_discharge"]) == (0, None)


@pytest.mark.parametrize("point", ["admission", "discharge"])
@pytest.mark.parametrize("ends", [("2024-03-10 20:00", "2024-03-14 12:00"), ("2024-03-14 12:00", "2024-03-10 20:00")])
def test_of_encounters_that_begin_together_the_smaller_id_is_the_first(point: str, ends: tuple[str, str]) -> None:
    hospital = Hospital()
    hospital.stay("case", "2024-03-10 08:00", ends[0], admission_type="elective", facility_id="A")
    hospital.stay("case", "2024-03-10 08:00", ends[1], admission_type="urgent", facility_id="B")
    assert hospital.run(point)["case"]["admission_type"] == "elective"


COUNTS = ("encounter_count", "acute_admission_count_30d", "days_since_discharge", "is_readmission")


@pytest.mark.parametrize(("point", "expected"), [("admission", (2, 1, 0, 1)), ("discharge", (3, 0, None, 0))])
def test_encounters_that_begin_together_are_folded_together(point: str, expected: tuple[int | None, ...]) -> None:
    """Until the fold of one is known the two are a return; then they are no return to the stay they are in."""
    hospital = Hospital()
    hospital.stay("case", "2024-03-10 08:00", "2024-03-10 10:00", "I5023")
    hospital.stay("case", "2024-03-10 12:00", "2024-03-14 12:00", "J189")
    hospital.stay("case", "2024-03-10 12:00", "2024-03-12 18:00", "I5023")  # coded at its end
    row = hospital.run(point)["case"]
    assert tuple(row[column] for column in COUNTS) == expected


def test_earlier_encounters_that_begin_together_are_one_admission() -> None:
    hospital = Hospital()
    hospital.stay("case", "2024-03-01 08:00", "2024-03-01 08:00", "I5023")
    hospital.stay("case", "2024-03-01 08:00", "2024-03-01 08:00", "J189")
    hospital.stay("case", "2024-03-11 12:00", "2024-03-14 12:00", "J189")
    row = hospital.run()["case"]
    assert tuple(row[column] for column in COUNTS) == (1, 1, 10, 1)
    assert row["readmission_count_365d"] == 0
