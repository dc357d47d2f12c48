-- The encounters whose diagnoses count for a stay: its own, and those of finished stays of the year before.
-- Rule: an earlier stay counts when it had ended by this admission, at most $look_back_days calendar days before it.
--   known_from is when a diagnosis without recorded_at is known: the end of its encounter.
-- Grain: one row per stay and contributing encounter.
-- Source: clinical-definitions.md, section 2 (fine print).
select p.stay_key, p.scored_at, e.encounter_key, e.ended_at as known_from, true as is_own
from features.prediction_point as p
join cohort.stay_encounter as e on e.stay_key = p.stay_key
union all
select p.stay_key, p.scored_at, e.encounter_key, e.ended_at as known_from, false as is_own
from features.prediction_point as p
join cohort.stay as earlier
    on earlier.patient_key = p.patient_key
    and earlier.stay_key <> p.stay_key
    and earlier.discharged_at <= p.admitted_at
    and earlier.discharge_date >= p.admission_date - $look_back_days::integer
join cohort.stay_encounter as e on e.stay_key = earlier.stay_key
where earlier.is_finished
