"""The true risk of every discharge, for judging models; it never lies among the landing files."""

import numpy as np
import pandas as pd

from sources.simulated.columns import numbered, stamps, words
from sources.simulated.encounters import Encounters
from sources.simulated.people import People
from sources.simulated.stays import History
from sources.simulated.units import DAY, OUTCOMES, SINGLE, TRANSFER, UNPLANNED, WINDOW_DAYS


def truth_frame(people: People, history: History, encounters: Encounters, end: int) -> pd.DataFrame:
    """Return one row per acute stay discharged alive before minute ``end``.

    Returns
    -------
    DataFrame
        ``encounter_id`` (the stay's last encounter), ``patient_id``, ``discharged_at``, ``outcome`` (what came first
        within 30 days), ``true_risk`` (the oracle: probability, 0-1, given everything observable at discharge, averaged
        over frailty and enrolment), ``true_risk_with_frailty`` (given the person's frailty and enrolment too: no model
        can know it), ``returned_30d``, ``window_complete`` (the 30 days lie before the end), ``was_transfer``,
        ``encounter_count``, ``was_enrolled``, ``frailty`` (position on the grid), ``age_years``.
    """
    stays = history.stays
    stay = np.flatnonzero(~stays["died"] & (stays["discharge"] < end))
    leave = stays["discharge"][stay]
    table = {
        "encounter_id": encounters.ids(encounters.last[stay]),
        "patient_id": numbered("P", 7, stays["patient"][stay] + 1),
        "discharged_at": stamps(leave),
        "outcome": words(OUTCOMES, stays["outcome"][stay]),
    }
    frame = pd.DataFrame({name: pd.Series(values.to_pandas()) for name, values in table.items()})
    frame["true_risk"] = stays["true_risk"][stay]
    frame["true_risk_with_frailty"] = stays["true_risk_with_frailty"][stay]
    frame["returned_30d"] = stays["outcome"][stay] == UNPLANNED
    frame["window_complete"] = leave // DAY + WINDOW_DAYS < end // DAY
    frame["was_transfer"] = stays["chain"][stay] == TRANSFER
    frame["encounter_count"] = 1 + (stays["chain"][stay] != SINGLE)
    frame["was_enrolled"] = stays["treated"][stay]
    frame["frailty"] = people.frailty[stays["patient"][stay]]
    frame["age_years"] = np.floor(stays["age"][stay]).astype(np.int64)
    return frame
