"""Social needs: which answers and codes are evidence of what, and what never becomes "no need"."""

import pytest

from tests.spec.feature_hospital import Hospital

ADMITTED, DISCHARGED = "2024-03-10 12:00", "2024-03-14 12:00"
AT = "2024-03-11"
YES, NO, REFUSED = "LA33-6", "LA32-8", "LA30122-8"
WORRIED, TRANSPORT, UNABLE_TO_GET, HOUSING = "93033-9", "93030-5", "93031-3", "71802-3"
OFTEN, SOMETIMES, NEVER = "LA28397-0", "LA6729-3", "LA28398-8"

# case, [(question, answer)], domain -> state
ANSWERS = [
    ("worried about housing", [(WORRIED, YES)], "housing", "need"),
    ("not worried", [(WORRIED, NO)], "housing", "no_need"),
    ("no housing", [(HOUSING, "LA30190-5")], "housing", "need"),
    ("AHC steady place", [(HOUSING, "LA31993-1")], "housing", "no_need"),
    ("AHC worried about losing it", [(HOUSING, "LA31994-9")], "housing", "need"),
    ("one of two questions is enough", [(HOUSING, "LA30189-7"), (WORRIED, YES)], "housing", "need"),
    ("mold at home", [("96778-6", "LA28580-1")], "housing", "need"),
    ("refused", [(WORRIED, REFUSED)], "housing", "declined"),
    ("one answered no, one refused", [(HOUSING, "LA30189-7"), (WORRIED, REFUSED)], "housing", "declined"),
    ("one answered yes, one refused", [(HOUSING, "LA30190-5"), (WORRIED, REFUSED)], "housing", "need"),
    ("an answer nobody knows", [(WORRIED, "LA99999-9")], "housing", "not_asked"),
    ("another domain was asked", [(TRANSPORT, YES)], "housing", "not_asked"),
    ("transport", [(TRANSPORT, "LA30134-3")], "transportation", "need"),
    ("food marked", [(UNABLE_TO_GET, "LA30125-1")], "food", "need"),
    ("food not marked, clothing is", [(UNABLE_TO_GET, "LA30126-9")], "food", "no_need"),
    ("clothing", [(UNABLE_TO_GET, "LA30126-9")], "financial", "need"),
    ("nothing unmet", [(UNABLE_TO_GET, None)], "utilities", "no_need"),
    ("none of the above", [(UNABLE_TO_GET, "LA9-3")], "food", "no_need"),
    ("unmet items refused", [(UNABLE_TO_GET, REFUSED)], "food", "declined"),
    ("food often ran out", [("88122-7", OFTEN), ("88123-5", NEVER)], "food", "need"),
    ("food sometimes ran out", [("88122-7", NEVER), ("88123-5", SOMETIMES)], "food", "need"),
    ("food never ran out", [("88122-7", NEVER), ("88123-5", NEVER)], "food", "no_need"),
    ("electricity already off", [("96779-4", "LA32002-0")], "utilities", "need"),
    ("contact twice a week", [("93029-7", "LA30130-1")], "social_isolation", "need"),
    ("contact three times a week", [("93029-7", "LA30131-9")], "social_isolation", "no_need"),
    ("stressed somewhat", [("93038-8", "LA13909-9")], "stress", "no_need"),
    ("stressed quite a bit", [("93038-8", "LA13902-4")], "stress", "need"),
    ("uninsured", [("76437-3", "LA30194-7")], "insurance", "need"),
    ("Medicaid", [("76437-3", "LA17849-3")], "insurance", "no_need"),
    ("less than high school", [("82589-3", "LA30191-3")], "education", "need"),
    ("unemployed", [("67875-5", "LA17956-6")], "employment", "need"),
    ("retired", [("67875-5", "LA30137-6")], "employment", "no_need"),
    ("other language", [("54899-0", "LA30188-9")], "language", "need"),
    ("feels unsafe", [("93026-3", NO)], "safety", "need"),
    ("unsure whether safe", [("93026-3", "LA14072-5")], "safety", "declined"),
]

NEVER_5, RARELY, SOMETIMES_5, FREQUENTLY = "LA6270-8", "LA10066-1", "LA10082-8", "LA6482-9"
HURT, INSULT, THREAT, SCREAM = "95618-5", "95617-7", "95616-9", "95615-1"

# answers to the four AHC safety items -> state of safety (need above 10)
SAFETY = [
    ("sum 10", [SOMETIMES_5, SOMETIMES_5, SOMETIMES_5, NEVER_5], "no_need"),
    ("sum 11", [SOMETIMES_5, SOMETIMES_5, SOMETIMES_5, RARELY], "need"),
    ("three items above 10", [FREQUENTLY, FREQUENTLY, RARELY, None], "need"),
    ("three items, low", [NEVER_5, NEVER_5, NEVER_5, None], "not_asked"),
    ("three low, one refused", [NEVER_5, NEVER_5, NEVER_5, REFUSED], "declined"),
]

# income, household size -> state of financial (guideline 2024: 15,060 and 5,380 for each further person)
INCOME = [("15000", "1", "need"), ("15060", "1", "no_need"), ("20000", "2", "need"), ("15059", None, "need"),
          ("15060", None, "not_asked"), ("20,440", "2", "no_need"), ("a lot", "1", "not_asked")]  # fmt: skip


RACE, WHITE, BLACK, ASIAN = "32624-9", "LA4457-3", "LA14042-8", "LA6156-9"
FOOD, MEDICINE = "LA30125-1", "LA30128-5"  # the second is listed in two wordings
# PRAPARE answers -> questions answered, tally
TALLIES = [
    ("race once", [(RACE, WHITE, AT), (RACE, BLACK, AT), (RACE, ASIAN, AT)], (1, 1)),
    ("each unmet item", [(UNABLE_TO_GET, FOOD, AT), (UNABLE_TO_GET, MEDICINE, AT)], (1, 2)),
    ("unknown answer", [(WORRIED, "LA99999-9", AT)], (1, 0)),
    ("nothing marked", [(UNABLE_TO_GET, None, AT)], (1, 0)),
    ("of the last day only", [(WORRIED, YES, "2024-01-01"), (TRANSPORT, NO, AT)], (1, 0)),
]

# a case above or below that says something of one domain only -> that domain
NEEDS = [
    ("worried about housing", "housing"), ("food often ran out", "food"), ("transport", "transportation"),
    ("electricity already off", "utilities"), ("sum 11", "safety"), ("15059 for None", "financial"),
    ("unemployed", "employment"), ("less than high school", "education"), ("contact twice a week", "social_isolation"),
    ("stressed quite a bit", "stress"), ("other language", "language"), ("uninsured", "insurance"),
    ("lives alone", "caregiver"),
]  # fmt: skip


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    hospital = Hospital()
    for case, answers, *_ in ANSWERS:
        for question, answer in answers:
            hospital.answer(case, question, answer, AT)
    for case, answers, _ in SAFETY:
        for question, answer in zip((HURT, INSULT, THREAT, SCREAM), answers, strict=True):
            if answer:
                hospital.answer(case, question, answer, AT, instrument="AHC-HRSN")
    _add_safety(hospital)
    for income, persons, _ in INCOME:
        hospital.answer(f"{income} for {persons}", "63586-2", None, AT, answer_text=income)
        if persons:
            hospital.answer(f"{income} for {persons}", "63512-8", None, AT, answer_text=persons)
    _add_times(hospital)
    _add_codes(hospital)
    _add_tallies(hospital)
    for case in [row["patient_id"] for row in hospital.rows["patient"]]:
        hospital.stay(case, ADMITTED, DISCHARGED)
    hospital.run()
    return hospital


def _add_safety(hospital: Hospital) -> None:
    for case, at, instrument in (("on two days", "2024-01-01", "AHC-HRSN"), ("partly asked elsewhere", AT, "other")):
        for question in (HURT, INSULT):
            hospital.answer(case, question, FREQUENTLY, at, instrument=instrument)
        for question in (THREAT, SCREAM):
            hospital.answer(case, question, NEVER_5, AT, instrument="AHC-HRSN")
    for question, answer in ((HURT, NEVER_5), (HURT, RARELY), (INSULT, NEVER_5), (THREAT, NEVER_5)):
        hospital.answer("one item twice", question, answer, AT, instrument="AHC-HRSN")


def _add_times(hospital: Hospital) -> None:
    hospital.answer("the latest day wins", WORRIED, YES, "2024-01-01")
    hospital.answer("the latest day wins", WORRIED, NO, AT)
    hospital.answer("another question later", HOUSING, "LA30190-5", "2024-01-01")
    hospital.answer("another question later", WORRIED, NO, AT)
    hospital.answer("the latest says declined", WORRIED, NO, "2024-01-01")
    hospital.answer("the latest says declined", WORRIED, REFUSED, AT)
    hospital.answer("not asked again", WORRIED, YES, "2024-01-01")
    hospital.answer("not asked again", WORRIED, None, AT, answer_state="not_asked")
    hospital.answer("at discharge", WORRIED, YES, DISCHARGED)
    hospital.answer("after discharge", WORRIED, YES, "2024-03-14 12:01")
    hospital.answer("by text", WORRIED, None, AT, answer_text=" Yes ")
    hospital.answer("refused by text", WORRIED, None, AT, answer_text="I choose not to answer this question")
    hospital.answer("marked declined", WORRIED, YES, AT, answer_state="declined")
    hospital.answer("lives alone", "63512-8", None, AT, answer_text="1.0")
    hospital.answer("other instrument", WORRIED, YES, AT, instrument="other")
    hospital.answer("instrument not named", WORRIED, YES, AT, instrument=None)
    hospital.answer("state not said", WORRIED, YES, AT, answer_state=None)


def _add_codes(hospital: Hospital) -> None:
    visit = hospital.encounter("coded", "outpatient", "2024-02-01", "2024-02-01 13:00")
    hospital.diagnosis("coded", visit, "Z5941")
    hospital.diagnosis("coded", visit, "Z620", sequence=3)
    visit = hospital.encounter("coded too long ago", "outpatient", "2023-02-01", "2023-02-01 13:00")
    hospital.diagnosis("coded too long ago", visit, "Z5941")
    visit = hospital.encounter("coded after discharge", "outpatient", "2024-02-01", "2024-02-01 13:00")
    hospital.diagnosis("coded after discharge", visit, "Z5941", recorded_at="2024-03-20")
    visit = hospital.encounter("coded, later no need", "outpatient", "2024-02-01", "2024-02-01 13:00")
    hospital.diagnosis("coded, later no need", visit, "Z5902")
    hospital.answer("coded, later no need", WORRIED, NO, AT)
    visit = hospital.encounter("coded, then declined", "outpatient", "2024-02-01", "2024-02-01 13:00")
    hospital.diagnosis("coded, then declined", visit, "Z5902")
    hospital.answer("coded, then declined", WORRIED, REFUSED, AT)
    for case, answer in (("coded, then no need", NO), ("coded at that moment", NO), ("coded and screened", YES)):
        coded = f"{AT} 12:00" if "moment" in case else f"{AT} 11:30"
        hospital.diagnosis(case, hospital.encounter(case, "outpatient", f"{AT} 11:00", coded), "Z5902")
        hospital.answer(case, WORRIED, answer, AT)
        hospital.answer(case, HOUSING, "LA30189-7", f"{AT} 11:15")  # of several answers of a day the last time counts


def _add_tallies(hospital: Hospital) -> None:
    for case, answers, _ in TALLIES:
        for question, answer, at in answers:
            hospital.answer(case, question, answer, at)
    for question, answer in (("56051-6", YES), ("32624-9", "LA14042-8"), ("32624-9", "LA6156-9"),
                             (WORRIED, YES), (UNABLE_TO_GET, "LA30125-1"), (UNABLE_TO_GET, "LA30129-3"),
                             (TRANSPORT, REFUSED)):  # fmt: skip
        hospital.answer("tally of five", question, answer, AT)
    hospital.answer("tally of none", WORRIED, NO, AT)
    hospital.answer("tally of refusals", WORRIED, REFUSED, AT)
    hospital.answer("tally with poverty", "63586-2", None, AT, answer_text="9000")
    hospital.answer("tally with poverty", "63512-8", None, AT, answer_text="3")


@pytest.mark.parametrize(("case", "domain", "state"), [(case, domain, state) for case, _, domain, state in ANSWERS])
def test_answer(hospital: Hospital, case: str, domain: str, state: str) -> None:
    assert hospital.needs()[case, domain]["state"] == state


@pytest.mark.parametrize(("case", "state"), [(case, state) for case, _, state in SAFETY])
def test_safety_items_are_summed(hospital: Hospital, case: str, state: str) -> None:
    assert hospital.needs()[case, "safety"]["state"] == state


def test_safety_items_are_those_answered_last(hospital: Hospital) -> None:
    needs = hospital.needs()
    row = needs["on two days", "safety"]
    assert (row["state"], row["evidence_date"].isoformat(), row["evidence"]) == ("need", AT, "AHC HRSN screening")
    assert needs["partly asked elsewhere", "safety"]["evidence"] == "Screening"
    assert needs["one item twice", "safety"]["state"] == "not_asked"  # the fourth item has no answer


@pytest.mark.parametrize(("income", "persons", "state"), INCOME)
def test_income_below_poverty(hospital: Hospital, income: str, persons: str | None, state: str) -> None:
    assert hospital.needs()[f"{income} for {persons}", "financial"]["state"] == state


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ("the latest day wins", "no_need"),
        ("another question later", "no_need"),
        ("the latest says declined", "declined"),
        ("not asked again", "need"),
        ("at discharge", "need"),
        ("after discharge", "not_asked"),
        ("by text", "need"),
        ("refused by text", "declined"),
        ("marked declined", "declined"),
        ("state not said", "need"),
        ("coded, later no need", "no_need"),
        ("coded, then declined", "need"),
        ("coded, then no need", "no_need"),
        ("coded at that moment", "need"),
    ],
)
def test_time_and_refusal(hospital: Hospital, case: str, state: str) -> None:
    assert hospital.needs()[case, "housing"]["state"] == state


def test_a_number_is_read_as_a_number(hospital: Hospital) -> None:
    assert hospital.needs()["lives alone", "caregiver"]["state"] == "need"
    assert hospital.needs()["20000 for 2", "caregiver"]["state"] == "no_need"


def test_coded_need_shows_its_code(hospital: Hospital) -> None:
    needs = hospital.needs()
    row = needs["coded", "food"]
    assert (row["state"], row["evidence_kind"], row["evidence"], row["z_code"]) == (
        "need",
        "diagnosis",
        "ICD-10-CM Z59.41",
        "Z5941",
    )
    assert row["evidence_date"].isoformat() == "2024-02-01"
    assert needs["coded too long ago", "food"]["state"] == "not_asked"
    assert needs["coded after discharge", "food"]["state"] == "not_asked"


def test_screened_need_shows_its_instrument_and_a_suggested_code(hospital: Hospital) -> None:
    row = hospital.needs()["worried about housing", "housing"]
    assert (row["evidence_kind"], row["evidence"], row["z_code"]) == ("screening", "PRAPARE screening", "Z59819")
    assert hospital.needs()["sum 11", "safety"]["evidence"] == "AHC HRSN screening"
    for case in ("other instrument", "instrument not named"):
        assert hospital.needs()[case, "housing"]["evidence"] == "Screening"
    assert hospital.needs()["not worried", "housing"]["z_code"] is None
    row = hospital.needs()["coded and screened", "housing"]
    assert (row["evidence_kind"], row["z_code"]) == ("screening", "Z5902")


def test_every_stay_has_every_domain_once(hospital: Hospital) -> None:
    assert len(hospital.needs()) == 13 * len(hospital.rows["patient"])


def test_prapare_tally(hospital: Hospital) -> None:
    rows = {row["patient_id"]: row for row in hospital.all_rows()}
    assert rows["tally of five"]["prapare_tally"] == 5  # race once; two unmet items; the refusal scores nothing
    assert rows["tally of none"]["prapare_tally"] == 0
    assert rows["tally of refusals"]["prapare_tally"] is None
    assert rows["tally with poverty"]["prapare_tally"] == 1
    assert rows["state not said"]["prapare_tally"] == 1


@pytest.mark.parametrize(("case", "expected"), [(case, expected) for case, _, expected in TALLIES])
def test_prapare_points_of_a_question(hospital: Hospital, case: str, expected: tuple[int, int]) -> None:
    row = {row["patient_id"]: row for row in hospital.all_rows()}[case]
    assert (row["prapare_answered_count"], row["prapare_tally"]) == expected


def test_each_domain_has_its_column(hospital: Hospital) -> None:
    rows = {row["patient_id"]: row for row in hospital.all_rows()}
    for case, domain in NEEDS:
        states = {other: rows[case][f"sdoh_{other}"] for _, other in NEEDS}
        assert states == dict.fromkeys(states, "not_asked") | {domain: "need"}, case


def test_wide_columns_count_states(hospital: Hospital) -> None:
    rows = {row["patient_id"]: row for row in hospital.all_rows()}
    row = rows["one answered no, one refused"]
    assert (row["sdoh_housing"], row["sdoh_food"]) == ("declined", "not_asked")
    assert (row["sdoh_need_count"], row["sdoh_declined_count"], row["sdoh_asked_count"]) == (0, 1, 1)
    assert rows["coded"]["sdoh_coded_domain_count"] == 1


def test_without_screenings_not_asked_is_null_and_coded_needs_show() -> None:
    hospital = Hospital(absent=("sdoh_screening",))
    key = hospital.stay("case", ADMITTED, DISCHARGED)
    hospital.diagnosis("case", key, "Z5941")
    row = hospital.run()["case"]
    assert (row["sdoh_housing"], row["sdoh_food"], row["sdoh_need_count"]) == (None, "need", None)
