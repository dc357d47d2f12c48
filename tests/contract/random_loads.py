"""Series of random landing folders over a few people: good rows, corrections, orphans, moved encounters, junk."""

from hypothesis import strategies as st

from tests.contract.landing import GOOD, Row, Tables

PEOPLE = ["P1", "P2", "P3", "P10"]
PATIENT_IDS = st.sampled_from([*PEOPLE, *PEOPLE, *PEOPLE, "P4", "NOBODY", "", "-999", "x" * 65])
ENCOUNTER_IDS = st.sampled_from(["E1", "E2", "E3", "E10", "E1", "E2", "E3", "E10", "E4", "", "-999", " E2 "])
MISSING = st.just("")


def rows_of(table: str, **varied: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    """Rows like the good one, with some columns drawn."""
    return st.fixed_dictionaries({**{name: st.just(value) for name, value in GOOD[table].items()}, **varied})


def texts(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


ROWS = {
    # Who was born in February is born in the future as long as the last encounter is one of January.
    "patients": rows_of(
        "patients", patient_id=PATIENT_IDS, sex=texts("female", "male", "male", "F"), language=texts("en", "es"),
        birth_date=texts("1950-03-01", "1950-03-01", "2024-02-01", "soon"), death_date=texts("", "2024-01-06"),
    ),
    "encounters": rows_of(
        "encounters", encounter_id=ENCOUNTER_IDS, patient_id=PATIENT_IDS, unit=texts("4W", "5W"),
        started_at=texts(*["2024-01-05T10:00:00"] * 4, "2024-01-07T10:00:00", "2024-03-01T10:00:00", "soon"),
        ended_at=MISSING, status=texts("", "", "cancelled", "finished"),
        source_updated_at=texts("", "2024-01-10T00:00:00", "2024-02-10T00:00:00"),
    ),
    "diagnoses": rows_of(
        "diagnoses", encounter_id=ENCOUNTER_IDS, patient_id=PATIENT_IDS, sequence=texts("1", "2"),
        code=texts("I50.9", "I509", "E11.9", "Z99.ABCD", "heart"), recorded_at=texts("", "2024-01-06T08:00:00"),
    ),
    "lab_results": rows_of(
        "lab_results", encounter_id=ENCOUNTER_IDS, patient_id=PATIENT_IDS, value=texts("138", "140", "positive"),
    ),
    "facilities": rows_of("facilities", name=texts("North", "South"), kind=texts("acute", "clinic")),
}  # fmt: skip
REQUIRED = ("patients", "encounters", "diagnoses")


def loads() -> st.SearchStrategy[Tables]:
    """One landing folder: the required tables, perhaps others."""
    few = {table: st.lists(rows, min_size=1, max_size=6) for table, rows in ROWS.items()}
    return st.fixed_dictionaries(
        {table: few[table] for table in REQUIRED},
        optional={table: rows for table, rows in few.items() if table not in REQUIRED},
    )


def series() -> st.SearchStrategy[list[Tables]]:
    """Two or three landing folders, one after the other."""
    return st.lists(loads(), min_size=2, max_size=3)


ROSTER = [f"P{n}" for n in range(20, 32)]


def full_house() -> Tables:
    """A first load of a dozen people with two encounters and the facts of each, beside those of the random loads."""
    visits = [(f"{patient}{stay}", patient) for patient in ROSTER for stay in ("a", "b")]
    facts = ("diagnoses", "procedures", "medications", "lab_results", "sdoh_screenings", "interventions")
    tables = {
        table: [{**GOOD[table], "encounter_id": e, "patient_id": p} for e, p in visits]
        for table in ("encounters", *facts)
    }
    return tables | {"patients": [{**GOOD["patients"], "patient_id": p} for p in ROSTER]}


def small_loads() -> st.SearchStrategy[Tables]:
    """One landing folder of very few rows, most of people who are known."""
    patient_ids = st.sampled_from([*ROSTER[:4], "P40", " P20 ", "NOBODY", ""])
    encounter_ids = st.sampled_from(["P20a", "P20b", "P21a", "P22a", " P22a", "P40a", "-999", ""])
    ids = {"patient_id": patient_ids, "encounter_id": encounter_ids}
    few = {}
    for table in ("patients", "encounters", "diagnoses", "lab_results", "medications", "facilities"):
        drawn = {column: ids[column] for column in ids.keys() & GOOD[table].keys()}
        rows = ROWS.get(table, rows_of(table))
        few[table] = st.lists(
            st.builds(lambda row, change: row | change, rows, st.fixed_dictionaries(drawn)), min_size=1, max_size=2
        )
    return st.fixed_dictionaries(
        {table: few[table] for table in REQUIRED},
        optional={table: rows for table, rows in few.items() if table not in REQUIRED},
    )


def small_series() -> st.SearchStrategy[list[Tables]]:
    """A first load, and two small ones after it."""
    return st.lists(small_loads(), min_size=2, max_size=2).map(lambda later: [full_house(), *later])
