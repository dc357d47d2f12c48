-- The prediction points: stays that are scored or serve for learning, with the time at which they are.
-- Rule: prediction at discharge. Every other file joins this one and reads only what was known at scored_at.
-- Grain: one row per stay with is_eligible or is_scorable.
-- Source: clinical-definitions.md, section 1 and section 6 (splits).
select
    i.stay_key, i.stay_id, i.encounter_id, i.patient_key, i.patient_id, i.facility_id, i.discharge_date,
    s.admitted_at, s.admission_date, s.discharged_at as scored_at, 'discharge' as prediction_point
from cohort.index_stay as i
join cohort.stay as s on s.stay_key = i.stay_key
where i.is_eligible or i.is_scorable
