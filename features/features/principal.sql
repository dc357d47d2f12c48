-- The principal diagnosis as known at the prediction time: sequence 1 of the episode's first encounter.
-- Rule: a diagnosis without recorded_at is known from the end of its encounter.
-- Grain: one row per prediction point whose principal diagnosis is known.
-- Source: clinical-definitions.md, section 1, fine print.
select p.point_key, c.code as principal_code, c.icd10_code as principal_icd10_code, c.ccs as principal_ccs
from features.point_stay as p
join core.encounter as e on e.encounter_key = p.first_encounter_key
join core.diagnosis as d on d.encounter_key = p.first_encounter_key and d.sequence = 1
join core.diagnosis_code as c on c.code_key = d.code_key
where coalesce(d.recorded_at, e.ended_at) <= p.known_at
