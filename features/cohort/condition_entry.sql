-- What lets a stay into a condition of the Hospital Readmissions Reduction Program: its principal diagnosis (alone, or
--   with another diagnosis: `principal_with`), or a procedure of any of its encounters.
-- Rule: a code is on a list when it begins with one of its prefixes; codes of ICD-9 count as mapped.
-- Grain: one row per stay, condition and way in (role).
-- Source: CMS 30-day readmission measures of the program (reference.hrrp_condition; ranges to be checked).
with code as (
    select distinct 'ICD-10-CM' as code_system, icd10_code as code from cohort.principal_diagnosis
    union all
    select distinct 'ICD-10-PCS', icd10pcs_code from core.procedure
),
beginning as (
    select code_system, code, unnest([left(code, length) for length in range(1, len(code) + 1)]) as code_prefix from code
),
listed as (
    select distinct b.code_system, b.code, c.condition, c.role
    from beginning as b
    join reference.hrrp_condition as c on c.code_system = b.code_system and c.code_prefix = b.code_prefix
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
