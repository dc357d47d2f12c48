"""Which area speaks for the patient: the finest that has a value, of that the latest vintage not in the future."""

import pytest

from tests.spec.feature_hospital import Hospital, Row

TRACT, COUNTY, ZIP = ("tract", "25017352300"), ("county", "25017"), ("zip", "02139")

# areas with (vintage, value) -> value, vintage and level of the index for a stay of 2024
CASES = [
    ("nothing known", [], (None, None, None)),
    ("only the ZIP code", [(ZIP, 2020, 0.1)], (0.1, 2020, "zip")),
    ("county before a later ZIP code", [(COUNTY, 2018, 0.2), (ZIP, 2022, 0.1)], (0.2, 2018, "county")),
    ("tract before a later county", [(TRACT, 2018, 0.3), (COUNTY, 2022, 0.2)], (0.3, 2018, "tract")),
    ("tract before a later ZIP code", [(TRACT, 2018, 0.3), (ZIP, 2022, 0.1)], (0.3, 2018, "tract")),
    ("the later vintage", [(COUNTY, 2018, 0.8), (COUNTY, 2022, 0.2)], (0.2, 2022, "county")),
    ("of the year itself", [(COUNTY, 2018, 0.8), (COUNTY, 2024, 0.2)], (0.2, 2024, "county")),
    ("not of the year after", [(COUNTY, 2018, 0.8), (COUNTY, 2025, 0.2)], (0.8, 2018, "county")),
    ("a tract without a value", [(TRACT, 2022, -999.0), (COUNTY, 2018, 0.2)], (0.2, 2018, "county")),
    ("0 is a value", [(TRACT, 2022, 0.0), (COUNTY, 2022, 0.2)], (0.0, 2022, "tract")),
]
INDICES = ("svi_overall", "svi_theme1", "svi_theme2", "svi_theme3", "svi_theme4", "adi_national")


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    hospital = Hospital()
    for number, (case, areas, _) in enumerate(CASES):
        hospital.stay(case, "2024-03-10", "2024-03-14")
        # Each patient lives elsewhere, so that the cases do not see one another's areas.
        place = {kind: f"{area_id}{number}"[-len(area_id) :] for kind, area_id in (TRACT, COUNTY, ZIP)}
        hospital.patient(
            case, census_tract=place["tract"], county_fips=place["county"], zip_code=f"{place['zip']}-1234"
        )
        for (kind, _), vintage, value in areas:
            hospital.area(kind, place[kind], "svi_overall", vintage, value)
    hospital.stay("all indices", "2024-03-10", "2024-03-14")
    hospital.patient("all indices", county_fips="99001")
    for number, index in enumerate(INDICES):
        hospital.area("county", "99001", index, 2022, number / 10)
    return hospital.run()


@pytest.mark.parametrize(("case", "expected"), [(case, expected) for case, _, expected in CASES])
def test_finest_area_and_latest_vintage(found: dict[str, Row], case: str, expected: tuple[object, ...]) -> None:
    row = found[case]
    assert (row["area_svi_overall"], row["area_svi_vintage"], row["area_svi_level"]) == expected


def test_each_index_has_its_column(found: dict[str, Row]) -> None:
    row = found["all indices"]
    assert [row[f"area_{index}"] for index in INDICES] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
