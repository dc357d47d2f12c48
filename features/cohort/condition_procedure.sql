-- Procedures on the lists of the measure's condition, one by one, for the drop rules that look at them.
-- Rule: a code is on a list when it begins with one of its prefixes, which have three characters or more.
-- Grain: one row per acute inpatient encounter, code and list (role).
-- Source: CMS 30-day readmission measures of the program (reference.hrrp_condition; ranges to be checked).
with code as (select distinct icd10pcs_code as code from core.procedure),
listed as (
    select distinct code.code, c.role
    from code
    join reference.hrrp_condition as c
        on c.code_system = 'ICD-10-PCS'
        and c.condition = $condition::varchar
        and left(c.code_prefix, 3) = left(code.code, 3)
        and starts_with(code.code, c.code_prefix)
)
select distinct s.stay_key, s.encounter_key, listed.code, listed.role
from core.procedure as p
join listed on listed.code = p.icd10pcs_code
join cohort.stay_encounter as s on s.encounter_key = p.encounter_key
