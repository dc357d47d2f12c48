"""The episode as known at the prediction point: what is joined at once and what only when the codes are in."""

from datetime import datetime

import pytest

from tests.generative.sql_stage import read_table
from tests.spec.feature_hospital import Hospital, connection


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


FIRST = ("A", "10 08:00", "10 10:00", None, "01")
# Encounters of one condition in March: place, from, until, when the diagnosis is recorded (if not at the end), where to
#   -> episodes: known from, until, encounters, from, until, where to, when the next of the same stay begins
EPISODES = {
    "a fold known on the 12th, a transfer that overlaps": (
        [FIRST, ("A", "10 12:00", "14 12:00", "12 09:00", "06"), ("B", "13 08:00", "13 20:00", None, "01")],
        [
            ("always", "12 09:00", "A", "10 08:00", "10 10:00", "01", "10 12:00"),
            ("always", "12 09:00", "BC", "10 12:00", "14 12:00", "06", "never"),
            ("12 09:00", "never", "ABC", "10 08:00", "14 12:00", "06", "never"),
        ],
    ),
    "a fold known on the 12th, still here, whatever the source says of where to": (
        [FIRST, ("A", "10 12:00", None, "12 09:00", "30")],
        [
            ("always", "12 09:00", "A", "10 08:00", "10 10:00", "01", "10 12:00"),
            ("always", "12 09:00", "B", "10 12:00", None, None, "never"),
            ("12 09:00", "never", "AB", "10 08:00", None, None, "never"),
        ],
    ),
    "a fold not known yet": (
        [FIRST, ("A", "10 12:00", None, None, None)],
        [
            ("always", "never", "A", "10 08:00", "10 10:00", "01", "10 12:00"),
            ("always", "never", "B", "10 12:00", None, None, "never"),
        ],
    ),
    "a transfer": (
        [FIRST, ("B", "10 12:00", "14 12:00", None, "06")],
        [("always", "never", "AB", "10 08:00", "14 12:00", "06", "never")],
    ),
}


def _clock(at: datetime | None) -> str | None:
    """Day of March and time; the first and the last year stand for minus infinity and infinity."""
    return {1: "always", 9999: "never"}.get(at.year, f"{at:%d %H:%M}") if at else None


def _letters(episode_key: int, valid_from: datetime, valid_until: datetime) -> str:
    """Name the encounters of an episode, A the first."""
    keys = ("episode_key", "valid_from", "valid_until")
    rows = read_table(connection(), "features.episode_encounter")
    of_episode = [row for row in rows if tuple(row[key] for key in keys) == (episode_key, valid_from, valid_until)]
    return "".join(sorted("ABC"[row["encounter_key"] - 1] for row in of_episode))


@pytest.mark.parametrize("case", EPISODES)
def test_episodes_before_and_after_a_fold_is_known(case: str) -> None:
    encounters, expected = EPISODES[case]
    hospital = Hospital()
    for place, began, ended, recorded, onward in encounters:
        until, coded = (at and f"2024-03-{at}" for at in (ended, recorded))
        more = {"facility_id": place, "discharge_disposition": onward}
        key = hospital.encounter(case, "inpatient", f"2024-03-{began}", until, **more)
        hospital.diagnosis(case, key, "I5023", sequence=1, recorded_at=coded)
    hospital.run("admission")
    rows = read_table(connection(), "features.episode")
    found = [
        (
            _clock(row["valid_from"]), _clock(row["valid_until"]),
            _letters(row["episode_key"], row["valid_from"], row["valid_until"]), _clock(row["admitted_at"]),
            _clock(row["discharged_at"]), row["discharge_disposition"], _clock(row["next_admitted_at"]),
        )
        for row in rows
    ]  # fmt: skip
    assert sorted(found, key=lambda row: (row[0] != "always", row[3])) == expected
    for row in rows:
        days = tuple(at and at.date() for at in (row["admitted_at"], row["discharged_at"]))
        assert (row["admission_date"], row["discharge_date"]) == days
    of_encounters = len(read_table(connection(), "features.episode_encounter"))
    assert of_encounters == sum(len(letters) for _, _, letters, *_ in expected)
