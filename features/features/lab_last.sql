-- Last usable laboratory value per analyte of the stay: what the treating team could see.
-- Rule: of the results collected since admission and resulted by the prediction time (without a result time: when collected),
--   the last collected with a usable value; ties: the later resulted (by the minute), then the larger value. Units are
--   converted by value set; an unknown or missing unit, a negative value, or one above $lab_largest_value of the analyte's
--   own unit, makes the result unusable. Abnormal by the limits of reference.lab_range.
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
        p.point_key, u.analyte, round(r.value * u.factor, 6) as amount, epoch_us(r.collected_at) as collected_us,
        (coalesce(epoch_us(r.resulted_at), collected_us) - collected_us) // 60000000 as minutes_to_result
    from features.prediction_point as p
    join core.lab_result as r on r.patient_key = p.patient_key and r.collected_at between p.admitted_at and p.known_at
    join usable as u on u.loinc_code = r.loinc_code and u.unit = r.unit
    where r.value >= 0
        and r.value * u.factor < $lab_largest_value
        and coalesce(r.resulted_at, r.collected_at) <= p.known_at
),
last_value as (
    select
        point_key, analyte,
        -- One number orders by collection, then result, then value: a third of the cost of comparing the three.
        arg_max(
            amount,
            (collected_us::hugeint << 64) + (least(minutes_to_result, 1048575) << 43) + (amount * 1000000)::bigint
        ) as amount
    from result
    group by point_key, analyte
)
select
    v.point_key, v.analyte, v.amount,
    (coalesce(v.amount < r.low, false) or coalesce(v.amount > r.high, false))::tinyint as is_abnormal
from last_value as v
join reference.lab_range as r on r.analyte = v.analyte
