-- What the procedures of a stay (all its encounters) say about planned care and specialty.
-- `is_surgical`: a procedure on the Surgery/Gynaecology cohort list; it also qualifies a cancer stay as surgical.
-- Grain: one row per stay with at least one procedure.
-- Source: CMS planned readmission algorithm 4.0 and HWR specialty cohorts (cohort.planned_code, reference.hwr_specialty_cohort).
with listed as (
    select list_name, system, code from cohort.planned_code
    union all
    select 'surgical', system, code from reference.hwr_specialty_cohort where cohort = 'Surgery/Gynecology'
),
procedure as (
    select distinct s.stay_key, p.icd10pcs_code, p.ccs
    from core.procedure as p
    join cohort.stay_encounter as s on s.encounter_key = p.encounter_key
),
matched as (
    select p.stay_key, l.list_name
    from procedure as p
    join listed as l on l.system = 'procedure_ccs' and l.code = p.ccs::varchar
    union all
    select p.stay_key, l.list_name
    from procedure as p
    join listed as l on l.system = 'icd10pcs' and l.code = p.icd10pcs_code
)
select
    p.stay_key,
    coalesce(bool_or(m.list_name = 'always_planned'), false) as is_always_planned,
    coalesce(bool_or(m.list_name = 'potentially_planned'), false) as is_potentially_planned,
    coalesce(bool_or(m.list_name = 'surgical'), false) as is_surgical
from (select distinct stay_key from procedure) as p
left join matched as m on m.stay_key = p.stay_key
group by p.stay_key
