-- The course of each analyte over the stay, as the treating team could see it: first and last usable value, extremes.
-- Rule: of the results collected since admission and resulted by the prediction time (without a result time: when collected),
--   those with a usable value, in order of collection; ties: by the minute of the result, then by value. Units are converted
--   by value set; an unknown or missing unit, a negative value, or one above $lab_largest_value of the analyte's own unit,
--   makes a result unusable. Abnormal: the last value, by the limits of reference.lab_range.
-- Grain: one row per prediction point and analyte found.
-- Source: reference.lab_loinc, lab_unit, lab_range; clinical-definitions.md, section 2 (fine print).
with reported as (select distinct loinc_code, unit from core.lab_result where unit is not null),
usable as (
    select r.loinc_code, r.unit, c.analyte, u.factor
    from reported as r
    join reference.lab_loinc as c on c.loinc_code = r.loinc_code
    join reference.lab_unit as u on u.analyte = c.analyte and u.unit_key = lower(replace(r.unit, ' ', ''))
),
result as (
    select
        p.point_key, u.analyte, round(r.value * u.factor, 6) as amount, r.collected_at,
        coalesce(r.resulted_at, r.collected_at) as resulted_at,
        -- One number orders by collection, then result, then value: a third of the cost of comparing the three.
        (date_diff('microsecond', timestamp '0001-01-01', r.collected_at)::hugeint << 64)
            + (greatest(least(date_diff('minute', r.collected_at, resulted_at), 1048575), 0) << 43)
            + (amount * 1000000)::bigint as place
    from features.prediction_point as p
    join core.lab_result as r on r.patient_key = p.patient_key and r.collected_at between p.admitted_at and p.known_at
    join usable as u on u.loinc_code = r.loinc_code and u.unit = r.unit
    where r.value >= 0
        and r.value * u.factor < $lab_largest_value
        and coalesce(r.resulted_at, r.collected_at) <= p.known_at
),
course as (
    select
        point_key, analyte, count(*) as result_count, arg_min(amount, place) as first_amount, arg_max(amount, place) as last_amount,
        min(amount) as lowest, max(amount) as highest, min(collected_at) as first_collected_at,
        max(collected_at) as last_collected_at, max(resulted_at) as last_resulted_at
    from result
    group by point_key, analyte
)
select
    c.*,
    (coalesce(c.last_amount < r.low, false) or coalesce(c.last_amount > r.high, false))::tinyint as is_abnormal
from course as c
join reference.lab_range as r on r.analyte = c.analyte
