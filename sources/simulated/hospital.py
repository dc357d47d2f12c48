"""Simulate a hospital system: patients, years of care, and the true risk of every discharge."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from data_contracts.errors import UsageError
from sources.simulated.clinical import diagnosis_frame, procedure_frame
from sources.simulated.directory import (
    area_frame,
    case_manager_frame,
    facility_frame,
    intervention_frame,
    patient_frame,
    resource_frame,
)
from sources.simulated.dirt import plant
from sources.simulated.encounters import build_encounters, close_chains, encounter_frame
from sources.simulated.parameters import Parameters, load_parameters
from sources.simulated.people import draw_people
from sources.simulated.results import lab_frame, medication_frame
from sources.simulated.screenings import screening_frame
from sources.simulated.social import start_screening
from sources.simulated.stays import simulate_stays
from sources.simulated.truth import truth_frame
from sources.simulated.units import DAY

DEFAULT_END = date(2025, 12, 31)
EPOCH = date(1970, 1, 1)
SUBJECTS = (
    *("people", "screening", "stays", "encounters", "rows", "diagnoses", "procedures", "medications"),
    *("labs", "answers", "patients", "areas", "managers", "resources", "interventions", "dirt"),
)


@dataclass
class SimulatedHospital:
    """What a simulation made.

    ``tables`` are the landing tables of the source contract; ``truth`` has one row per discharge (``truth_frame``) and
    must stay apart from them; ``planted`` lists the bad rows put in on purpose (empty without ``dirty_share``).
    """

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame
    planted: pd.DataFrame = field(default_factory=pd.DataFrame)


def simulate(
    patients: int,
    years: int = 3,
    seed: int = 0,
    end: date = DEFAULT_END,
    dirty_share: float = 0.0,
    parameters: Parameters | None = None,
) -> SimulatedHospital:
    """Simulate ``patients`` people over ``years`` ending with the day ``end``.

    Parameters
    ----------
    patients : number of people, at least 1; each has at least one encounter
    years : length of the dated history, at least 1
    seed : the same seed, numbers and arguments give the same tables, byte by byte
    end : last day of the extract; stays that go on are in progress
    dirty_share : share of bad rows planted per table (0-0.5), listed in ``planted``
    parameters : numbers of the simulation; default ``reference/simulation``

    Raises
    ------
    UsageError
        A count is below one or the share outside its range.
    """
    if patients < 1 or years < 1 or not 0 <= dirty_share <= 0.5:  # noqa: PLR2004 - half the rows bad is plenty
        raise UsageError("simulate: patients and years must be at least 1, dirty_share between 0 and 0.5")
    p = parameters or load_parameters()
    # One stream of random numbers per subject: a change in one table leaves the others as they were.
    rng = {name: np.random.default_rng([seed, at]) for at, name in enumerate(SUBJECTS)}
    stop_day = (end - EPOCH).days + 1
    span = (stop_day - round(years * 365.25), stop_day)
    stop = stop_day * DAY
    people = draw_people(rng["people"], patients, span[0], p)
    screening = start_screening(rng["screening"], people, span, p)
    history = simulate_stays(rng["stays"], people, screening, span, p)
    close_chains(history, stop)
    encounters = build_encounters(rng["encounters"], people, history, span, p)
    tables = {
        "patients": patient_frame(rng["patients"], people, history, stop, p),
        "encounters": encounter_frame(rng["rows"], people, encounters, span, p),
        "diagnoses": diagnosis_frame(rng["diagnoses"], people, history, encounters, stop, p),
        "procedures": procedure_frame(rng["procedures"], history, encounters, stop, p),
        "medications": medication_frame(rng["medications"], history, encounters, stop, p),
        "lab_results": lab_frame(rng["labs"], history, encounters, stop, p),
        "sdoh_screenings": screening_frame(rng["answers"], people, screening, history, encounters, stop, p),
        "area_sdoh": area_frame(rng["areas"], p),
        "facilities": facility_frame(p),
        "case_managers": case_manager_frame(rng["managers"], patients, p),
        "resources": resource_frame(rng["resources"], p),
        "interventions": intervention_frame(rng["interventions"], history, encounters, stop, p),
    }
    truth = truth_frame(people, history, encounters, stop)
    if not dirty_share:
        return SimulatedHospital(tables, truth)
    tables, planted = plant(rng["dirt"], tables, dirty_share, p)
    return SimulatedHospital(tables, truth, planted)
