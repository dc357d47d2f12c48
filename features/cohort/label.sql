-- Outcomes of each eligible stay.
-- Rule: `readmitted_Nd` = the first return starts within N days and is not planned; a planned first return ends the search.
--   A measure may count planned returns too (counts_planned_returns).
--   A horizon that is not over at the data cut-off is null, unless its event has happened. Death in the window without
--   readmission: label 0, flagged `died_30d`. What describes the counted return is null without one; whether it is at the
--   facility that discharged the patient also when either facility is missing.
-- Grain: one row per eligible stay.
-- Source: CMS HWR measure; clinical-definitions.md, section 1 (label).
with joined as (
    select
        s.stay_key, s.stay_id, s.encounter_id, s.patient_key, s.patient_id, s.facility_id, s.discharge_date,
        r.return_stay_id, r.return_facility_id, r.return_days, r.horizon_days,
        coalesce($counts_planned_returns or not r.is_planned, false) as is_counted,
        v.emergency_days, v.observation_days,
        $cut_off_date::date - s.discharge_date as followed_days,
        p.death_date between s.discharge_date and least(s.discharge_date + $follow_up_days::integer, $cut_off_date::date)
            as is_dead
    from cohort.stay as s
    join cohort.stay_drop as d on d.stay_key = s.stay_key and d.is_eligible
    join core.patient as p on p.patient_key = s.patient_key
    left join cohort.next_return as r on r.stay_key = s.stay_key
    left join cohort.emergency_return as v on v.stay_key = s.stay_key
),
seen as (
    select
        *,
        coalesce(horizon_days <= $follow_up_days, false) as is_return,
        coalesce(horizon_days <= $follow_up_days and is_counted, false) as is_readmission,
        coalesce(horizon_days <= $short_horizon_days and is_counted, false) as is_short,
        coalesce(horizon_days <= $long_horizon_days and is_counted, false) as is_long,
        coalesce(emergency_days <= $follow_up_days, false) as is_emergency,
        coalesce(observation_days <= $follow_up_days, false) as is_observation,
        followed_days >= $follow_up_days as is_over
    from joined
)
select
    stay_key, stay_id, encounter_id, patient_key, patient_id, discharge_date,
    if(is_readmission or is_over, is_readmission, null) as readmitted_30d,
    if(is_short or followed_days >= $short_horizon_days, is_short, null) as readmitted_7d,
    if(is_long or followed_days >= $long_horizon_days, is_long, null) as readmitted_90d,
    if(is_return or is_over, is_return, null) as any_return_30d,
    if(is_emergency or is_over, is_emergency, null) as ed_return_30d,
    if(is_observation or is_over, is_observation, null) as observation_return_30d,
    if(is_over or is_dead or is_readmission, coalesce(is_dead, false) and not is_readmission, null) as died_30d,
    if(is_readmission, return_days, null) as days_to_readmission,
    if(is_readmission, return_facility_id, null) as readmission_facility,
    if(is_readmission, return_facility_id = facility_id, null) as readmission_is_same_facility,
    if(is_readmission, return_stay_id, null) as readmission_stay_id
from seen
