"""The peers stitch as the naive loops do, also what begins at one instant: the benchmark's made-up data have none."""

from datetime import datetime
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks.features.pandas_stays import Visits, build_stays
from tests.generative.folds import folded_case
from tests.generative.naive_points import split
from tests.naive import Encounter, History
from tests.naive.stitching import principal_diagnosis, stitch

UNIX_DAY = datetime(1970, 1, 1)  # noqa: DTZ001  core's times are UTC without a zone
Row = dict[str, int]


def finished_encounters() -> tuple[list[Row], dict[int, int]]:
    """Give encounters as the peers read them, by patient, start and key; and the stay of each by the loops."""
    rows, stay_of = [], {}
    history, _ = folded_case(3, n_patients=300)
    for patient_key, part in enumerate(split(history).values()):
        encounters = [one for one in part.encounters if one.ended_at]
        keys = {one.encounter_id: len(rows) + place for place, one in enumerate(sorted(encounters, key=by_id))}
        for stay in stitch(part.patients[0], encounters, list(part.diagnoses), []):
            stay_of |= {keys[one.encounter_id]: keys[stay.stay_id] for one in stay.encounters}
        rows += [read(one, keys[one.encounter_id], patient_key, part) for one in encounters]
    return sorted(rows, key=lambda row: (row["patient"], row["started"], row["key"])), stay_of


def by_id(encounter: Encounter) -> str:
    return encounter.encounter_id


def read(one: Encounter, key: int, patient_key: int, part: History) -> Row:
    principal = principal_diagnosis(one, list(part.diagnoses))
    assert one.ended_at is not None and one.ended_date is not None
    return {
        "key": key, "patient": patient_key, "facility": ord(one.facility_id or " "),
        "started": int((one.started_at - UNIX_DAY).total_seconds()), "started_day": one.started_date.toordinal(),
        "ended": int((one.ended_at - UNIX_DAY).total_seconds()), "ended_day": one.ended_date.toordinal(),
        "ccs": principal.ccs or -1 if principal else -1,
    }  # fmt: skip


def test_pandas_peer() -> None:
    rows, expected = finished_encounters()
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    ccs = columns.pop("ccs")
    stays = build_stays(Visits(**columns, is_dropped=np.zeros(len(rows), dtype=bool)), ccs, len(rows))
    assert {key: int(stays.key[stays.of_encounter[key]]) for key in expected} == expected
    assert len(stays.key) > 300


@pytest.mark.skipif(not find_spec("polars"), reason="polars is not installed")
def test_polars_peer() -> None:
    import polars as pl  # noqa: PLC0415

    from benchmarks.features.polars_stays import stitch as stitch_in_polars  # noqa: PLC0415

    rows, expected = finished_encounters()
    names = {"key": "encounter_key", "patient": "patient_key", "facility": "facility_id"}
    acute = pl.DataFrame([{names.get(name, name): value for name, value in row.items()} for row in rows])
    linked = stitch_in_polars(acute.with_columns(pl.col("ccs").replace({-1: None})))
    stays = linked.with_columns(pl.col("encounter_key").filter("begins").first().over("stay").alias("stay_key"))
    assert dict(stays.select("encounter_key", "stay_key").iter_rows()) == expected
