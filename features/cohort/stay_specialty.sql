-- Specialty cohort of a stay, first that holds: a qualifying procedure (Surgery/Gynecology), then by principal diagnosis
--   Cardiorespiratory, Cardiovascular, Neurology, else Medicine.
-- A principal diagnosis that maps to no category is Unmapped and counted, never silently Medicine; a mapped category on no
--   list is Medicine.
-- Grain: one row per stay.
-- Source: CMS HWR specialty cohorts 2021 (reference.hwr_specialty_cohort).
with stay as (select stay_key from cohort.stay_encounter where encounter_key = stay_key),
listed as (
    select code::integer as ccs, arg_min(cohort, list_position(['Cardiorespiratory', 'Cardiovascular', 'Neurology'], cohort)) as cohort
    from reference.hwr_specialty_cohort
    where system = 'diagnosis_ccs' and cohort in ('Cardiorespiratory', 'Cardiovascular', 'Neurology')
    group by code
)
select
    stay.stay_key,
    case
        when procedure.is_surgical then 'Surgery/Gynecology'
        when principal.ccs is null then 'Unmapped'
        else coalesce(listed.cohort, 'Medicine')
    end as specialty_cohort
from stay
left join cohort.stay_procedure as procedure on procedure.stay_key = stay.stay_key
left join cohort.principal_diagnosis as principal on principal.encounter_key = stay.stay_key
left join listed on listed.ccs = principal.ccs
