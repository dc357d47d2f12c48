-- What lets a stay into a condition of the Hospital Readmissions Reduction Program: its principal diagnosis (alone, or
--   with another diagnosis: `principal_with`), or a procedure of any of its encounters.
-- Rule: a code is on a list when it begins with one of its prefixes, which have three characters or more; codes of ICD-9
--   count as mapped.
-- Grain: one row per stay, condition and way in (role).
-- Source: CMS 30-day readmission measures of the program (reference.hrrp_condition; ranges to be checked).
with code as (
    select distinct 'ICD-10-CM' as code_system, icd10_code as code from cohort.principal_diagnosis
    union all
    select distinct 'ICD-10-PCS', icd10pcs_code from core.procedure
),
listed as (
    select distinct code.code_system, code.code, c.condition, c.role
    from code
    join reference.hrrp_condition as c
        on c.code_system = code.code_system
        and left(c.code_prefix, 3) = left(code.code, 3)
        and starts_with(code.code, c.code_prefix)
    where c.role in ('principal', 'principal_with', 'procedure')
)
select s.stay_key, listed.condition, listed.role
from cohort.principal_diagnosis as p
join listed on listed.code_system = 'ICD-10-CM' and listed.code = p.icd10_code
join cohort.stay_encounter as s on s.encounter_key = p.encounter_key and s.stay_key = p.encounter_key
union
select s.stay_key, listed.condition, listed.role
from core.procedure as p
join listed on listed.code_system = 'ICD-10-PCS' and listed.code = p.icd10pcs_code
join cohort.stay_encounter as s on s.encounter_key = p.encounter_key
