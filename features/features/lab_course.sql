-- The course of each analyte over the stay: first and last value, extremes.
-- Grain: one row per prediction point and analyte found.
-- Source: features.lab_result (rule there).
select
    point_key, analyte, count(*) as result_count, arg_min(amount, place) as first_amount, arg_max(amount, place) as last_amount,
    min(amount) as lowest, max(amount) as highest, min(collected_at) as first_collected_at,
    max(collected_at) as last_collected_at, max(resulted_at) as last_resulted_at
from features.lab_result
group by point_key, analyte
