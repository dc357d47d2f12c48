"""A history as it was known at a moment: everything recorded later taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tests.naive import Diagnosis, Encounter, History, Procedure

Moments = Mapping[str, datetime]


def known_at(history: History, moments: Moments) -> History:
    """Take away every fact recorded after each patient's moment; patients without a moment are left whole."""

    def is_by(patient_id: str, at: datetime | None) -> bool:
        moment = moments.get(patient_id)
        return at is None or moment is None or at <= moment

    owner = {one.encounter_id: one.patient_id for one in history.encounters}
    ends = {one.encounter_id: one.ended_at for one in history.encounters}
    encounters = tuple(
        one if one.ended_at is None or is_by(one.patient_id, one.ended_at) else reopen(one)
        for one in history.encounters
        if is_by(one.patient_id, one.started_at)
    )
    there = {one.encounter_id for one in encounters}

    def is_coded(one: Diagnosis) -> bool:
        # Without a time of recording a code is known from the end of its encounter; in an open one, not yet.
        at = one.recorded_at or ends[one.encounter_id]
        moment = moments.get(owner[one.encounter_id])
        return one.encounter_id in there and (moment is None or (at is not None and at <= moment))

    def is_done(one: Procedure) -> bool:
        # A procedure was done in its encounter: a time after the end is an error of the clock, not a later fact.
        times = [at for at in (one.performed_at, ends[one.encounter_id]) if at is not None]
        return is_by(owner[one.encounter_id], min(times, default=None))

    return replace(
        history,
        patients=tuple(
            replace(one, death_date=None)
            if one.death_date and one.patient_id in moments and one.death_date > moments[one.patient_id].date()
            else one
            for one in history.patients
        ),
        encounters=encounters,
        diagnoses=tuple(one for one in history.diagnoses if is_coded(one)),
        procedures=tuple(one for one in history.procedures if one.encounter_id in there and is_done(one)),
        labs=tuple(
            one
            for one in history.labs
            if is_by(one.patient_id, one.collected_at) and is_by(one.patient_id, one.resulted_at)
        ),
        medications=tuple(
            one if is_by(one.patient_id, one.ended_at) else replace(one, ended_at=None)
            for one in history.medications
            if is_by(one.patient_id, one.started_at)
        ),
        screenings=tuple(one for one in history.screenings if is_by(one.patient_id, one.screened_at)),
    )


def reopen(encounter: Encounter) -> Encounter:
    """Show an encounter as it was while in progress: no end, no disposition, no DRG."""
    status = "in_progress" if encounter.status == "finished" else encounter.status
    return replace(encounter, ended_at=None, ended_date=None, status=status, discharge_disposition=None, drg_code=None)
