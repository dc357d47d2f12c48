-- Index stays: every finished stay with what it may serve for and, if dropped, the first rule that dropped it.
-- Grain: one row per finished stay.
-- Source: clinical-definitions.md, section 1 (tables).
select
    s.stay_key, s.stay_id, s.encounter_id, s.patient_key, s.patient_id, s.facility_id, s.admitted_at, s.discharged_at,
    s.admission_date, s.discharge_date, s.specialty_cohort, d.is_index, d.is_eligible, d.is_scorable, d.drop_reason
from cohort.stay as s
join cohort.stay_drop as d on d.stay_key = s.stay_key
where s.is_finished
