-- The conditions of the Hospital Readmissions Reduction Program that a stay is of, whatever the measure in force.
-- Rule: the stay has a way in (cohort.condition_entry); by `principal_with` only with another diagnosis on the list
--   `secondary` and none on `excluded_with`. No procedure of the stay is excluded, no diagnosis, nor the principal one.
--   Diagnoses are those of the first encounter; where the list asks for it they count only if present on admission
--   (indicator Y or W, or none given).
-- Grain: one row per stay and condition.
-- Source: CMS 30-day readmission measures of the program (reference.hrrp_condition; ranges to be checked).
with entry as (
    select stay_key, condition, bool_or(role <> 'principal_with') as is_in_alone from cohort.condition_entry group by all
),
coded as (
    select
        d.encounter_key as stay_key, c.icd10_code as code, d.sequence = 1 as is_principal,
        coalesce(d.present_on_admission, 'Y') in ('Y', 'W') as is_present_on_admission
    from core.diagnosis as d
    join core.diagnosis_code as c on c.code_key = d.code_key
    where d.encounter_key in (select stay_key from entry)
),
procedure as (
    select s.stay_key, p.icd10pcs_code as code
    from core.procedure as p
    join cohort.stay_encounter as s on s.encounter_key = p.encounter_key
    where s.stay_key in (select stay_key from entry)
),
code as (
    select distinct 'ICD-10-CM' as code_system, coded.code from coded
    union all
    select distinct 'ICD-10-PCS', procedure.code from procedure
),
listed as (
    select distinct code.code_system, code.code, c.condition, c.role, c.needs_present_on_admission
    from code
    join reference.hrrp_condition as c
        on c.code_system = code.code_system
        and left(c.code_prefix, 3) = left(code.code, 3)
        and starts_with(code.code, c.code_prefix)
    where c.role not in ('principal', 'principal_with', 'procedure')
),
found as (
    select coded.stay_key, l.condition, l.role
    from coded
    join listed as l on l.code_system = 'ICD-10-CM' and l.code = coded.code
    where (coded.is_present_on_admission or not l.needs_present_on_admission)
        and case l.role
            when 'excluded_principal' then coded.is_principal
            when 'excluded_diagnosis' then true
            else not coded.is_principal
        end
    union all
    select p.stay_key, l.condition, l.role
    from procedure as p
    join listed as l on l.code_system = 'ICD-10-PCS' and l.code = p.code
)
select entry.stay_key, entry.condition, s.patient_key
from entry
join cohort.stay_encounter as s on s.encounter_key = entry.stay_key
left join found on found.stay_key = entry.stay_key and found.condition = entry.condition
group by entry.stay_key, entry.condition, s.patient_key, entry.is_in_alone
having not coalesce(bool_or(found.role in ('excluded_procedure', 'excluded_diagnosis', 'excluded_principal')), false)
    and (
        entry.is_in_alone
        or coalesce(bool_or(found.role = 'secondary') and not bool_or(found.role = 'excluded_with'), false)
    )
