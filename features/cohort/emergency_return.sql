-- Emergency and observation encounters that start after discharge, as days to the first of each.
-- Also the visit that becomes the readmission counts. Cancelled, planned and erroneous encounters do not.
-- Grain: one row per eligible stay with such a visit.
-- Source: clinical-definitions.md, section 1, fine print.
select
    s.stay_key,
    min(h.horizon_days) filter (where e.encounter_class = 'emergency') as emergency_days,
    min(h.horizon_days) filter (where e.encounter_class = 'observation') as observation_days
from cohort.stay as s
join cohort.stay_drop as d on d.stay_key = s.stay_key and d.is_eligible
join core.encounter as e
    on e.patient_key = s.patient_key
    and e.encounter_class in ('emergency', 'observation')
    and e.status in ('finished', 'in_progress')
    and e.started_at >= s.discharged_at
    and e.started_date <= least($cut_off_date::date, s.discharge_date + $follow_up_days::integer + 1)
cross join lateral (
    select if($follow_up_convention = 'calendar_days', e.started_date - s.discharge_date,
        ceil(epoch(e.started_at - s.discharged_at) / 86400))::integer as horizon_days
) as h
group by s.stay_key
