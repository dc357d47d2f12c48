-- How many stays each rule took first, in the units that attrition is reported by.
-- `month` is the month of discharge, of admission for a stay in progress. `drop_step` missing: no rule drops them.
-- Grain: one row per facility, month and drop rule.
-- Source: clinical-definitions.md, section 1 (attrition table).
select
    s.facility_id, date_trunc('month', coalesce(s.discharge_date, s.admission_date))::date as month, d.drop_step,
    count(*) as stay_count
from cohort.stay as s
join cohort.stay_drop as d on d.stay_key = s.stay_key
group by all
