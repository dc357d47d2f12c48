-- The encounters whose diagnoses count for a prediction point: its own, and those of finished episodes of the year before.
-- Rule: an earlier episode counts when it had ended by this admission, at most $look_back_days calendar days before it.
--   known_from is when a diagnosis without recorded_at is known: the end of its encounter.
-- Grain: one row per prediction point and contributing encounter.
-- Source: clinical-definitions.md, section 2 (fine print).
select point_key, known_at, encounter_key, ended_at as known_from, true as is_own
from features.own_encounter
union all
select p.point_key, p.known_at, e.encounter_key, e.ended_at as known_from, false as is_own
from features.prediction_point as p
join features.episode as earlier
    on earlier.patient_key = p.patient_key
    and earlier.discharged_at <= p.admitted_at
    and earlier.discharge_date >= p.admission_date - $look_back_days::integer
    and earlier.valid_from <= p.known_at
    and p.known_at < earlier.valid_until
join features.episode_encounter as e on e.episode_key = earlier.episode_key and e.valid_from = earlier.valid_from
where earlier.episode_key <> p.episode_key
