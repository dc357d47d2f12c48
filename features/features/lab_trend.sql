-- How laboratory values moved over the stay, and how far outside their limits they came.
-- Rule: change is the last value less the first, null with one value only; per day over the time between them, at least one
--   day. The deviation of a value is how far it lies outside its limits, 0 within; the worst is the largest of the stay, and
--   an analyte got worse when its last value deviates more than its first. Low and high are of last values. Days since
--   the last result are calendar days in the site's zone.
-- Grain: one row per prediction point; all null where the source has no laboratory results.
-- Source: features.lab_course (rule there); reference.lab_range.
with course as (
    select
        c.point_key, c.analyte, c.last_resulted_at, if(c.result_count > 1, round(c.last_amount - c.first_amount, 6), null) as change,
        round(change / greatest(date_diff('second', c.first_collected_at, c.last_collected_at) / 86400, 1), 6) as change_per_day,
        round(greatest(r.low - c.lowest, c.highest - r.high, 0), 6) as worst_deviation,
        greatest(r.low - c.last_amount, c.last_amount - r.high, 0) > greatest(r.low - c.first_amount, c.first_amount - r.high, 0) as has_worsened,
        coalesce(c.last_amount < r.low, false) as is_low, coalesce(c.last_amount > r.high, false) as is_high
    from features.lab_course as c
    join reference.lab_range as r on r.analyte = c.analyte
),
wide as (
    select
        p.point_key, count(*) filter (where c.is_low)::smallint as lab_low_count,
        count(*) filter (where c.is_high)::smallint as lab_high_count,
        count(*) filter (where c.worst_deviation > 0)::smallint as lab_ever_abnormal_count,
        count(*) filter (where c.has_worsened)::smallint as lab_worsened_count,
        any_value(p.known_date) - timezone($site_timezone, timezone('UTC', max(c.last_resulted_at)))::date as days_since_lab_result,
        max(c.change) filter (where c.analyte = 'hemoglobin') as lab_hemoglobin_change,
        max(c.change) filter (where c.analyte = 'sodium') as lab_sodium_change,
        max(c.change) filter (where c.analyte = 'potassium') as lab_potassium_change,
        max(c.change) filter (where c.analyte = 'creatinine') as lab_creatinine_change,
        max(c.change) filter (where c.analyte = 'urea_nitrogen') as lab_urea_nitrogen_change,
        max(c.change) filter (where c.analyte = 'white_cells') as lab_white_cells_change,
        max(c.change) filter (where c.analyte = 'platelets') as lab_platelets_change,
        max(c.change) filter (where c.analyte = 'glucose') as lab_glucose_change,
        max(c.change) filter (where c.analyte = 'albumin') as lab_albumin_change,
        max(c.change_per_day) filter (where c.analyte = 'hemoglobin') as lab_hemoglobin_change_per_day,
        max(c.change_per_day) filter (where c.analyte = 'sodium') as lab_sodium_change_per_day,
        max(c.change_per_day) filter (where c.analyte = 'creatinine') as lab_creatinine_change_per_day,
        max(c.change_per_day) filter (where c.analyte = 'urea_nitrogen') as lab_urea_nitrogen_change_per_day,
        max(c.worst_deviation) filter (where c.analyte = 'hemoglobin') as lab_hemoglobin_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'sodium') as lab_sodium_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'potassium') as lab_potassium_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'creatinine') as lab_creatinine_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'urea_nitrogen') as lab_urea_nitrogen_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'white_cells') as lab_white_cells_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'platelets') as lab_platelets_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'glucose') as lab_glucose_worst_deviation,
        max(c.worst_deviation) filter (where c.analyte = 'albumin') as lab_albumin_worst_deviation
    from features.prediction_point as p
    left join course as c on c.point_key = p.point_key
    group by p.point_key
)
select p.point_key, wide.* exclude (point_key)
from features.prediction_point as p
cross join features.source_presence as source
left join wide on wide.point_key = p.point_key and source.has_labs
