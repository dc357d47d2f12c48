-- The principal diagnosis of a stay: that of its first encounter.
-- Grain: one row per stay that has a principal diagnosis.
-- Source: clinical-definitions.md, section 1, fine print.
select
    s.stay_key, e.principal_code, e.principal_code_system, e.principal_icd10_code, e.principal_ccs, e.principal_known_from
from cohort.stay_encounter as s
join cohort.acute_encounter as e on e.encounter_key = s.encounter_key
where s.encounter_key = s.stay_key and e.principal_code is not null
