"""Section 1, transfer rule: which encounters are one stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tests.naive.rows import Diagnosis, Encounter, Facility, Patient, Procedure

NOT_REAL = ("planned", "cancelled", "entered_in_error")
NOT_ACUTE_FACILITY = ("psychiatric", "rehabilitation", "skilled_nursing")


@dataclass
class Stay:
    """One continuous episode of acute inpatient care."""

    patient: Patient
    encounters: list[Encounter]
    diagnoses: list[Diagnosis]
    procedures: list[Procedure]
    joined_known_from: dict[str, datetime]
    """Of every encounter but the first: from when it is known that it continues the stay."""

    @property
    def first(self) -> Encounter:
        """The first encounter of the chain supplies eligibility."""
        return min(self.encounters, key=_start_order)

    @property
    def last(self) -> Encounter:
        """*Last encounter* of a stay = the one that ends last (ties: begins last, then larger id)."""
        return max(self.encounters, key=end_order)

    @property
    def stay_id(self) -> str:
        """stay_id = first encounter's id."""
        return self.first.encounter_id

    @property
    def admitted_at(self) -> datetime:
        """The stay begins with its first encounter."""
        return self.first.started_at

    @property
    def discharged_at(self) -> datetime | None:
        """The last encounter supplies the discharge; None while in progress."""
        return self.last.ended_at

    @property
    def is_finished(self) -> bool:
        """A stay is finished when the encounter that ends last has ended."""
        return self.last.ended_at is not None

    @property
    def principal(self) -> Diagnosis | None:
        """Principal diagnosis = sequence 1 of the first encounter."""
        return principal_diagnosis(self.first, self.diagnoses)

    @property
    def principal_known_from(self) -> datetime | None:
        """The principal diagnosis is known from its record, else from the end of its encounter."""
        return known_from(self.principal, self.first) if self.principal else None

    @property
    def age_years(self) -> int:
        """Age = completed years on the admission date."""
        birth, admission = self.patient.birth_date, self.first.started_date
        has_had_birthday = (admission.month, admission.day) >= (birth.month, birth.day)
        return admission.year - birth.year - (0 if has_had_birthday else 1)

    @property
    def length_of_stay_days(self) -> int | None:
        """Length of stay = calendar days of the stay."""
        return (self.last.ended_date - self.first.started_date).days if self.last.ended_date else None


NEVER = datetime.max.replace(tzinfo=UTC).replace(tzinfo=None)


def _end_or_never(encounter: Encounter) -> datetime:
    return encounter.ended_at or NEVER


def _start_order(encounter: Encounter) -> tuple[datetime, str]:
    """Begins first; ties: smaller id, never by the ends, which nobody knows then."""
    return encounter.started_at, encounter.encounter_id


def end_order(encounter: Encounter) -> tuple[datetime, datetime, str]:
    """Ends last; ties: begins last, then larger id."""
    return _end_or_never(encounter), encounter.started_at, encounter.encounter_id


def as_seen_on(encounters: list[Encounter], cut_off: date) -> list[Encounter]:
    """Rows that start after the cut-off day do not exist; one that ends after it is in progress at the cut-off.

    What is in progress has no disposition yet.
    """
    seen = []
    for encounter in encounters:
        if encounter.started_date > cut_off:
            continue
        if encounter.ended_date is None or encounter.ended_date > cut_off:
            in_progress = "in_progress" if is_real(encounter) else encounter.status
            encounter = replace(
                encounter, ended_at=None, ended_date=None, status=in_progress, discharge_disposition=None
            )
        seen.append(encounter)
    return seen


def is_real(encounter: Encounter) -> bool:
    """`cancelled`, `entered_in_error` and planned encounters are in no stay and are nobody's visit."""
    return encounter.status not in NOT_REAL


def is_acute_inpatient(encounter: Encounter, facilities: Mapping[str, Facility]) -> bool:
    """*Acute inpatient* = class inpatient at a facility that is not psychiatric, rehabilitation or skilled_nursing."""
    facility = facilities.get(encounter.facility_id or "")
    kind = facility.kind if facility else None  # unknown kind is acute
    return encounter.encounter_class == "inpatient" and kind not in NOT_ACUTE_FACILITY


def principal_diagnosis(encounter: Encounter, diagnoses: list[Diagnosis]) -> Diagnosis | None:
    """Find the principal diagnosis of an encounter: sequence 1."""
    for diagnosis in diagnoses:
        if diagnosis.encounter_id == encounter.encounter_id and diagnosis.sequence == 1:
            return diagnosis
    return None


def known_from(diagnosis: Diagnosis, encounter: Encounter) -> datetime:
    """A diagnosis without `recorded_at` is known from the end of its encounter."""
    return diagnosis.recorded_at or _end_or_never(encounter)


def overlaps(latest: Encounter, following: Encounter) -> bool:
    """*Overlap* = start strictly before the latest end so far."""
    return following.started_at < _end_or_never(latest)


def is_another_facility(latest: Encounter, following: Encounter) -> bool:
    """Compare facilities: a missing facility is never "another facility"."""
    if latest.facility_id is None or following.facility_id is None:
        return False
    return latest.facility_id != following.facility_id


def is_transfer(latest: Encounter, following: Encounter) -> bool:
    """The second starts on the same or the next calendar day after the first ends *at another facility*."""
    if latest.ended_date is None or not is_another_facility(latest, following):
        return False
    return following.started_date - latest.ended_date in (timedelta(days=0), timedelta(days=1))


def is_same_day_fold(latest: Encounter, following: Encounter, diagnoses: list[Diagnosis]) -> bool:
    """At the *same* facility, a same-day return with the same principal condition (same CCS category) is folded in.

    Compared with the encounter that ends last; without a category they differ.
    """
    if is_another_facility(latest, following) or following.started_date != latest.ended_date:
        return False
    before, after = principal_diagnosis(latest, diagnoses), principal_diagnosis(following, diagnoses)
    if before is None or after is None or before.ccs is None:
        return False
    return before.ccs == after.ccs


def join_known_from(latest: Encounter, following: Encounter, diagnoses: list[Diagnosis]) -> datetime | None:
    """An overlap or a transfer is seen when it starts, a same-day fold when both principal diagnoses are known too."""
    if overlaps(latest, following) or is_transfer(latest, following):
        return following.started_at
    if not is_same_day_fold(latest, following, diagnoses):
        return None
    moments = [following.started_at]
    for encounter in (latest, following):
        principal = principal_diagnosis(encounter, diagnoses)
        if principal is not None:
            moments.append(known_from(principal, encounter))
    return max(moments)


def stitch(
    patient: Patient, encounters: list[Encounter], diagnoses: list[Diagnosis], procedures: list[Procedure]
) -> list[Stay]:
    """Join one patient's acute inpatient encounters to stays; chains are followed to the end.

    Nobody is admitted twice at one instant: encounters that begin together are in one stay, and one of them that
    continues the stay before takes the others along. It is compared with what began before them all.
    """
    chains: list[list[Encounter]] = []
    joined: dict[str, datetime] = {}
    for instant in sorted({one.started_at for one in encounters}):
        together = sorted((one for one in encounters if one.started_at == instant), key=_start_order)
        latest = max((one for one in encounters if one.started_at < instant), key=end_order, default=None)
        found = [join_known_from(latest, one, diagnoses) for one in together] if latest else []
        moments = [moment for moment in found if moment is not None]
        if moments:
            chains[-1] += together
            joined[together[0].encounter_id] = min(moments)
        else:
            chains.append(together)
        for other in together[1:]:
            joined[other.encounter_id] = instant
    stays = []
    for chain in chains:
        ids = {encounter.encounter_id for encounter in chain}
        stays.append(
            Stay(
                patient,
                chain,
                [diagnosis for diagnosis in diagnoses if diagnosis.encounter_id in ids],
                [procedure for procedure in procedures if procedure.encounter_id in ids],
                {encounter_id: at for encounter_id, at in joined.items() if encounter_id in ids},
            )
        )
    return stays
