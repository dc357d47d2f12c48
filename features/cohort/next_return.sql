-- The first acute inpatient stay that starts after each stay, whatever it is for. Stays of a patient do not overlap and
--   transfers are inside them, so the next one in order of admission is the first return.
-- Grain: one row per stay that is followed by another.
-- Source: clinical-definitions.md, section 1 (label).
with ordered as (
    select
        stay_key, discharge_date, discharged_at,
        lead({
            'stay_id': stay_id, 'facility_id': admission_facility_id, 'admission_date': admission_date,
            'admitted_at': admitted_at, 'is_planned': is_planned
        }) over (partition by patient_key order by admitted_at, stay_key) as next
    from cohort.stay
)
select
    stay_key,
    next.stay_id as return_stay_id,
    next.facility_id as return_facility_id,
    next.is_planned as is_planned,
    (next.admission_date - discharge_date)::integer as return_days,
    -- The measure's convention turns the gap into the whole days that a horizon is compared with.
    if($follow_up_convention = 'calendar_days', next.admission_date - discharge_date,
        ceil(epoch(next.admitted_at - discharged_at) / 86400))::integer as horizon_days
from ordered
where next is not null and discharge_date is not null
