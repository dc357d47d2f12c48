-- What the procedures of a stay (all its encounters) say about planned care and specialty.
-- `is_surgical`: a procedure on the Surgery/Gynaecology cohort list; it also qualifies a cancer stay as surgical.
-- Grain: one row per stay with a procedure on one of the lists.
-- Source: CMS planned readmission algorithm 4.0 and HWR specialty cohorts (cohort.planned_code, reference.hwr_specialty_cohort).
with listed as (
    select list_name, system, code, ccs from cohort.planned_code
    union all
    select 'surgical', system, code, if(system = 'procedure_ccs', code::integer, null)
    from reference.hwr_specialty_cohort
    where cohort = 'Surgery/Gynecology'
),
matched as (
    select p.encounter_key, l.list_name
    from core.procedure as p
    join listed as l on l.system = 'procedure_ccs' and l.ccs = p.ccs
    union all
    select p.encounter_key, l.list_name
    from core.procedure as p
    join listed as l on l.system = 'icd10pcs' and l.code = p.icd10pcs_code
)
select
    s.stay_key,
    bool_or(m.list_name = 'always_planned') as is_always_planned,
    bool_or(m.list_name = 'potentially_planned') as is_potentially_planned,
    bool_or(m.list_name = 'surgical') as is_surgical
from matched as m
join cohort.stay_encounter as s on s.encounter_key = m.encounter_key
group by s.stay_key
