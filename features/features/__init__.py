"""The features: one SQL file per table, everything as known at the prediction point.

``name.sql`` makes ``features.name``. A ``name.yaml`` beside it makes it a *subject*: one row per prediction point, its
columns described there and laid into ``features.matrix``. A file without one only serves others. Files in ``across/``
look across patients and run between the two halves of the stage. Files in ``in_place/`` make no table: their SELECT
stands where they are named.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from data_contracts.errors import HomewardError
from features.sql_steps import closure, order_steps, parameters_of, read_steps, tables_read

SQL_FOLDER = Path(__file__).parent
ACROSS_FOLDER = SQL_FOLDER / "across"

SUBJECTS = tuple(f"features.{path.stem}" for path in sorted(SQL_FOLDER.glob("*.yaml")))
POINT_COLUMNS = (
    "p.point_key, p.stay_key, s.stay_id, s.encounter_id, p.patient_key, s.patient_id, p.discharge_date, p.known_at, "
    "p.prediction_point, s.facility_id"
)
PREDICTION_POINTS = ("admission", "daily", "discharge")


def _matrix_statement(subjects: Sequence[str]) -> str:
    """Lay the subjects side by side in order of point_key.

    That needs no join, which over hundreds of columns costs four fifths of the stage's memory; a table out of step
    stops the run.
    """
    names = [subject.split(".")[1] for subject in subjects]
    columns = "".join(f", {name}.* exclude (point_key)" for name in names)
    tables = "".join(f"\npositional join (from features.{name} order by point_key) as {name}" for name in names)
    in_step = " and ".join(f"{name}.point_key = p.point_key" for name in names)
    return (
        f"select p.*{columns}\n"  # noqa: S608  our own names
        f"from (select {POINT_COLUMNS} from features.prediction_point as p\n"
        f"    join cohort.stay as s on s.stay_key = p.stay_key order by point_key) as p{tables}\n"
        f"where if({in_step}, true, error('the feature tables are out of step'))"
    )


STEPS = order_steps({**read_steps(SQL_FOLDER, "features"), "features.matrix": _matrix_statement(SUBJECTS)})
ACROSS = read_steps(ACROSS_FOLDER, "features")

# The stage in two halves: what the statements that look across patients read, and the rest. Subjects are not written:
# they are columns of the matrix.
PARTIAL = tuple(step for step in STEPS if any(step in tables_read(text) for text in ACROSS.values()))
WRITTEN = ("features.sdoh_need", "features.matrix")
TRANSIENT = tuple(step for step in STEPS if step not in (*WRITTEN, *PARTIAL))
FIRST_HALF = closure(STEPS, PARTIAL)
SECOND_HALF = closure({step: text for step, text in STEPS.items() if step not in PARTIAL}, WRITTEN)
REPORTED = ("features.length_of_stay_reference", *WRITTEN)
PUBLISHED = tuple(step for step in (*ACROSS, *STEPS) if step in (*SUBJECTS, *REPORTED))


def parameters(
    numbers: Mapping[str, object],
    cut_off: dt.date,
    prediction_points: Sequence[str] = ("discharge",),
    site_timezone: str = "UTC",
) -> dict[str, object]:
    """Collect the named parameters of the features' SQL files.

    Parameters
    ----------
    numbers : mapping
        ``reference/measures/feature_parameters.yaml``: windows in days or hours, cut-offs in the unit noted there.
    cut_off : date
        Data cut-off, that day included.
    prediction_points : sequence of str
        Which of `PREDICTION_POINTS` to make rows for.
    site_timezone : str
        IANA name of the site's zone, in which days are counted.

    Returns
    -------
    dict
        Parameter name to value.

    Raises
    ------
    HomewardError
        A statement needs a number that is not there.
    """
    given = {
        **numbers,
        "cut_off_date": cut_off,
        "prediction_points": list(prediction_points),
        "site_timezone": site_timezone,
    }
    needed = {name for text in (*STEPS.values(), *ACROSS.values()) for name in parameters_of(text)}
    if missing := sorted(needed - given.keys()):
        raise HomewardError(
            f"lacks {', '.join(missing)}",
            where="reference/measures/feature_parameters.yaml",
            next_step="add the missing numbers with their source",
        )
    return given


def read_parameters(
    reference_folder: Path,
    cut_off: dt.date,
    prediction_points: Sequence[str] = ("discharge",),
    site_timezone: str = "UTC",
) -> dict[str, object]:
    """Read `parameters` from ``measures/feature_parameters.yaml`` of a reference folder."""
    path = reference_folder / "measures" / "feature_parameters.yaml"
    return parameters(yaml.safe_load(path.read_text(encoding="utf-8")), cut_off, prediction_points, site_timezone)
