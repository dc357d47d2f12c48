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
def test_of_encounters_that_begin_together_the_longer_is_the_first(point: str) -> None:
    hospital = Hospital()
    hospital.stay("case", "2024-03-10 08:00", "2024-03-10 20:00", admission_type="elective", facility_id="A")
    hospital.stay("case", "2024-03-10 08:00", "2024-03-14 12:00", admission_type="urgent", facility_id="B")
    assert hospital.run(point)["case"]["admission_type"] == "urgent"
