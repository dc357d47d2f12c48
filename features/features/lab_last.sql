-- Last usable laboratory value per analyte of the stay: what the discharging team could see.
-- Rule: of the results collected between admission and discharge and resulted by discharge (without a result time: when
--   collected), the last collected with a usable value; ties: the later resulted, then the larger value. Units are converted
--   by value set; an unknown or missing unit, or a negative value, makes the result unusable. Abnormal by the limits of
--   reference.lab_range.
-- Grain: one row per prediction point and analyte found.
-- Source: reference.lab_loinc, lab_unit, lab_range; clinical-definitions.md, section 2 (fine print).
with result as (
    select
        p.point_key, c.analyte, round(r.value * u.factor, 6) as amount, r.collected_at,
        coalesce(r.resulted_at, r.collected_at) as resulted_at
    from features.prediction_point as p
    join core.lab_result as r on r.patient_key = p.patient_key and r.collected_at between p.admitted_at and p.known_at
    join reference.lab_loinc as c on c.loinc_code = r.loinc_code
    join reference.lab_unit as u on u.analyte = c.analyte and u.unit_key = lower(replace(r.unit, ' ', ''))
    where r.value >= 0 and coalesce(r.resulted_at, r.collected_at) <= p.known_at
),
last_value as (
    select point_key, analyte, max({'collected_at': collected_at, 'resulted_at': resulted_at, 'amount': amount}).amount as amount
    from result
    group by point_key, analyte
)
select v.*, (coalesce(v.amount < r.low, false) or coalesce(v.amount > r.high, false))::tinyint as is_abnormal
from last_value as v
join reference.lab_range as r on r.analyte = v.analyte
