"""Which encounters' diagnoses count: those of this stay, and of the stays that ended in the year before."""

import pytest

from tests.generative.sql_stage import read_table
from tests.spec.feature_hospital import Hospital, connection

DISCHARGED = "2024-03-14 12:00"


@pytest.mark.parametrize("recorded", ["2024-03-14 11:59", DISCHARGED, "2024-03-14 12:01"])
def test_each_encounter_counts_once_whenever_it_is_known_to_be_part_of_a_stay(recorded: str) -> None:
    """Two earlier encounters are one stay from when the second is coded: before, at or after this discharge."""
    hospital = Hospital()
    first = hospital.stay("case", "2024-03-01 08:00", "2024-03-01 10:00", "I5023")
    second = hospital.encounter("case", "inpatient", "2024-03-01 12:00", "2024-03-04 12:00")
    hospital.diagnosis("case", second, "I5023", sequence=1, recorded_at=recorded)
    own = hospital.stay("case", "2024-03-10 12:00", DISCHARGED, "J189")
    hospital.run()
    rows = read_table(connection(), "features.look_back_encounter")
    of_case = sorted((row["encounter_key"], row["is_own"]) for row in rows if row["point_key"] >> 16 == own)
    assert of_case == [(first, False), (second, False), (own, True)]
