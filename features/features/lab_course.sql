-- The course of each analyte over the stay: its first usable value, its extremes, how many there are.
-- Rule: usable as in features.lab_last. First: the first collected; ties: the earlier resulted, then the smaller value.
-- Grain: one row per prediction point and analyte found.
-- Source: reference.lab_loinc, lab_unit; clinical-definitions.md, section 2 (fine print).
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
        coalesce(r.resulted_at, r.collected_at) as resulted_at
    from features.prediction_point as p
    join core.lab_result as r on r.patient_key = p.patient_key and r.collected_at between p.admitted_at and p.known_at
    join usable as u on u.loinc_code = r.loinc_code and u.unit = r.unit
    where r.value >= 0
        and r.value * u.factor < $lab_largest_value
        and coalesce(r.resulted_at, r.collected_at) <= p.known_at
)
select
    point_key, analyte, count(*) as result_count,
    min({'collected_at': collected_at, 'resulted_at': resulted_at, 'amount': amount}).amount as first_amount,
    min(amount) as lowest, max(amount) as highest, min(collected_at) as first_collected_at,
    max(collected_at) as last_collected_at, max(resulted_at) as last_resulted_at
from result
group by point_key, analyte
