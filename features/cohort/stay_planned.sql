-- Planned readmission algorithm, version 4: the stays that would, as a return, count as planned.
-- Rule: 1 any always-planned procedure; 2 an always-planned principal diagnosis; 3 a potentially planned procedure and a
--   principal diagnosis on no acute list; 4 else unplanned.
-- Grain: one row per planned stay.
-- Source: CMS planned readmission algorithm 4.0 (cohort.planned_code); validity against charts is modest
--   (sensitivity 45 %, PPV 52 %, PMC5459369), so all-cause returns are published beside it.
with listed as (
    select p.encounter_key, l.list_name
    from cohort.principal_diagnosis as p
    join cohort.planned_code as l on l.system = 'diagnosis_ccs' and l.ccs = p.ccs
    union all
    select p.encounter_key, l.list_name
    from cohort.principal_diagnosis as p
    join cohort.planned_code as l on l.system = 'icd10cm' and l.code = p.icd10_code
),
ruled as (
    select 1 as step, 'always_planned_procedure' as planned_rule, stay_key from cohort.stay_procedure where is_always_planned
    union all
    select 2, 'always_planned_diagnosis', s.stay_key
    from cohort.stay_encounter as s
    join listed on listed.encounter_key = s.stay_key and listed.list_name = 'always_planned'
    where s.encounter_key = s.stay_key
    union all
    select 3, 'potentially_planned_procedure', p.stay_key
    from cohort.stay_procedure as p
    where p.is_potentially_planned and p.stay_key not in (select encounter_key from listed where list_name = 'acute')
)
select stay_key, arg_min(planned_rule, step) as planned_rule
from ruled
group by stay_key
