-- The principal diagnosis of a stay: sequence 1 of its first encounter.
-- `is_known_at_discharge` serves scoring: a diagnosis without `recorded_at` is known from the end of its encounter.
-- Grain: one row per stay that has a principal diagnosis.
-- Source: clinical-definitions.md, section 1, fine print.
with ends as (
    select stay_key, max(coalesce(ended_at, 'infinity'::timestamp)) as discharged_at
    from cohort.stay_encounter
    group by stay_key
)
select
    d.encounter_key as stay_key,
    any_value(d.code) as principal_code,
    any_value(d.code_system) as principal_code_system,
    any_value(d.icd10_code) as principal_icd10_code,
    any_value(d.ccs) as principal_ccs,
    bool_or(d.recorded_at is null or d.recorded_at <= ends.discharged_at) as is_known_at_discharge
from core.diagnosis as d
join ends on ends.stay_key = d.encounter_key
where d.sequence = 1
group by d.encounter_key
