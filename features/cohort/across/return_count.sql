-- What followed the index stays, counted by facility and specialty cohort.
-- `followed_90d_count`: those whose long horizon is over; only they count for it.
-- Grain: one row per facility and specialty cohort.
-- Source: clinical-definitions.md, section 1 (label).
select
    i.facility_id, i.specialty_cohort,
    count(*) as index_stay_count,
    count(*) filter (where l.readmitted_7d) as readmitted_7d_count,
    count(*) filter (where l.readmitted_30d) as readmitted_30d_count,
    count(*) filter (where i.discharge_date + $long_horizon_days::integer <= $cut_off_date::date) as followed_90d_count,
    count(*) filter (where l.readmitted_90d and i.discharge_date + $long_horizon_days::integer <= $cut_off_date::date)
        as readmitted_90d_count,
    count(*) filter (where l.any_return_30d) as any_return_30d_count,
    count(*) filter (where l.ed_return_30d) as ed_return_30d_count,
    count(*) filter (where l.observation_return_30d) as observation_return_30d_count,
    count(*) filter (where l.readmission_is_same_facility) as readmitted_same_facility_count,
    count(*) filter (where not l.readmission_is_same_facility) as readmitted_other_facility_count,
    count(*) filter (where l.died_30d) as died_30d_count
from cohort.index_stay as i
join cohort.label as l on l.stay_key = i.stay_key
where i.is_index
group by all
