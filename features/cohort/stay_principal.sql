-- The principal diagnosis of a stay: sequence 1 of its first encounter.
-- `principal_known_from`: when it was recorded; without that time, from the end of its encounter (infinity while open).
-- Grain: one row per stay that has a principal diagnosis.
-- Source: clinical-definitions.md, section 1, fine print.
select
    d.encounter_key as stay_key,
    any_value(d.code) as principal_code,
    any_value(d.code_system) as principal_code_system,
    any_value(d.icd10_code) as principal_icd10_code,
    any_value(d.ccs) as principal_ccs,
    min(coalesce(d.recorded_at, first.ended_at, 'infinity'::timestamp)) as principal_known_from
from core.diagnosis as d
join cohort.stay_encounter as first on first.stay_key = d.encounter_key and first.encounter_key = d.encounter_key
where d.sequence = 1
group by d.encounter_key
