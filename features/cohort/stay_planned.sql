-- Planned readmission algorithm, version 4: would this stay, as a return, count as planned?
-- Rule: 1 any always-planned procedure; 2 an always-planned principal diagnosis; 3 a potentially planned procedure and a
--   principal diagnosis on no acute list; 4 else unplanned.
-- Grain: one row per stay.
-- Source: CMS planned readmission algorithm 4.0 (cohort.planned_code); validity against charts is modest
--   (sensitivity 45 %, PPV 52 %, PMC5459369), so all-cause returns are published beside it.
with stay as (select distinct stay_key from cohort.stay_encounter),
matched as (
    select p.stay_key, l.list_name
    from cohort.stay_principal as p
    join cohort.planned_code as l on l.system = 'diagnosis_ccs' and l.code = p.principal_ccs::varchar
    union all
    select p.stay_key, l.list_name
    from cohort.stay_principal as p
    join cohort.planned_code as l on l.system = 'icd10cm' and l.code = p.principal_icd10_code
),
diagnosis as (
    select
        stay_key,
        bool_or(list_name = 'always_planned') as is_always_planned,
        bool_or(list_name = 'acute') as is_acute
    from matched
    group by stay_key
),
ruled as (
    select
        stay.stay_key,
        case
            when procedure.is_always_planned then 'always_planned_procedure'
            when diagnosis.is_always_planned then 'always_planned_diagnosis'
            when procedure.is_potentially_planned and diagnosis.is_acute is not true then 'potentially_planned_procedure'
        end as planned_rule
    from stay
    left join cohort.stay_procedure as procedure on procedure.stay_key = stay.stay_key
    left join diagnosis on diagnosis.stay_key = stay.stay_key
)
select stay_key, planned_rule is not null as is_planned, planned_rule
from ruled
