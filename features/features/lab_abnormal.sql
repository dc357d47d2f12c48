-- Which of the last laboratory values are abnormal, by the limits of reference.lab_range: how many, and one flag per analyte.
-- Grain: one row per prediction point; a flag is null where there is no value.
-- Source: features.lab_course (rule there), reference.lab_range.
with last as (
    select
        c.point_key, c.analyte,
        (coalesce(c.last_amount < r.low, false) or coalesce(c.last_amount > r.high, false))::tinyint as is_abnormal
    from features.lab_course as c
    join reference.lab_range as r on r.analyte = c.analyte
),
wide as (
    select
        point_key, sum(is_abnormal)::smallint as lab_abnormal_count,
        max(is_abnormal) filter (where analyte = 'hemoglobin') as lab_hemoglobin_abnormal,
        max(is_abnormal) filter (where analyte = 'sodium') as lab_sodium_abnormal,
        max(is_abnormal) filter (where analyte = 'potassium') as lab_potassium_abnormal,
        max(is_abnormal) filter (where analyte = 'creatinine') as lab_creatinine_abnormal,
        max(is_abnormal) filter (where analyte = 'urea_nitrogen') as lab_urea_nitrogen_abnormal,
        max(is_abnormal) filter (where analyte = 'albumin') as lab_albumin_abnormal,
        max(is_abnormal) filter (where analyte = 'white_cells') as lab_white_cells_abnormal,
        max(is_abnormal) filter (where analyte = 'platelets') as lab_platelets_abnormal,
        max(is_abnormal) filter (where analyte = 'glucose') as lab_glucose_abnormal,
        max(is_abnormal) filter (where analyte = 'bnp') as lab_bnp_abnormal,
        max(is_abnormal) filter (where analyte = 'nt_probnp') as lab_nt_probnp_abnormal,
        max(is_abnormal) filter (where analyte = 'bilirubin') as lab_bilirubin_abnormal,
        max(is_abnormal) filter (where analyte = 'inr') as lab_inr_abnormal,
        max(is_abnormal) filter (where analyte = 'bicarbonate') as lab_bicarbonate_abnormal
    from last
    group by point_key
)
select
    p.point_key, if(source.has_labs, coalesce(wide.lab_abnormal_count, 0), null) as lab_abnormal_count,
    wide.* exclude (point_key, lab_abnormal_count)
from features.prediction_point as p
cross join features.source_presence as source
left join wide on wide.point_key = p.point_key and source.has_labs
