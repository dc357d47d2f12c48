-- The first acute inpatient stay that starts after each stay, whatever it is for. Stays of a patient do not overlap, no
--   two begin at one instant and transfers are inside them, so the next one in order of admission is the first return.
-- `horizon_days`: the whole days, by the measure's convention, that a horizon is compared with.
-- Grain: one row per stay that is followed by another.
-- Source: clinical-definitions.md, section 1 (label).
with ordered as (
    select
        stay_key, discharge_date, discharged_at,
        lead(stay_key) over (partition by patient_key order by admitted_at) as return_key
    from cohort.stay
)
select
    o.stay_key, next.stay_id as return_stay_id, next.admission_facility_id as return_facility_id, next.is_planned,
    (next.admission_date - o.discharge_date)::integer as return_days,
    if($follow_up_convention = 'calendar_days', next.admission_date - o.discharge_date,
        ceil(epoch(next.admitted_at - o.discharged_at) / 86400))::integer as horizon_days
from ordered as o
join cohort.stay as next on next.stay_key = o.return_key
where o.discharge_date is not null
