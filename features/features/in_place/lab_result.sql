-- The laboratory results of the stay, as the treating team could see them.
-- Rule: collected since admission and resulted by the prediction time (without a result time: when collected), with a usable
--   value. Units are converted by value set; an unknown or missing unit, a negative value, or one above $lab_largest_value of
--   the analyte's own unit, makes a result unusable. `place` orders results by collection; ties: by the minute of the result,
--   then by value.
-- Grain: one row per prediction point and usable result.
-- Source: reference.lab_loinc, lab_unit; clinical-definitions.md, section 2 (fine print).
select
    p.point_key, u.analyte, round(r.value * u.factor, 6) as amount, r.collected_at,
    coalesce(r.resulted_at, r.collected_at) as resulted_at,
    -- One number orders by collection, then result, then value: a third of the cost of comparing the three.
    (date_diff('microsecond', timestamp '0001-01-01', r.collected_at)::hugeint << 64)
        + (greatest(least(date_diff('minute', r.collected_at, resulted_at), 1048575), 0) << 43)
        + (amount * 1000000)::bigint as place
-- Joined by the week too, so that within a patient only the results of the weeks of the stay are compared.
from (
    select
        point_key, patient_key, admitted_at, known_at,
        unnest(range(
            date_diff('week', date '2001-01-01', admitted_at::date), date_diff('week', date '2001-01-01', known_at::date) + 1
        )) as week
    from features.prediction_point
) as p
join core.lab_result as r
    on r.patient_key = p.patient_key
    and date_diff('week', date '2001-01-01', r.collected_at::date) = p.week
    and r.collected_at between p.admitted_at and p.known_at
join reference.lab_loinc as c on c.loinc_code = r.loinc_code
join reference.lab_unit as u on u.analyte = c.analyte and u.unit_key = lower(replace(r.unit, ' ', ''))
where r.value >= 0
    and r.value * u.factor <= $lab_largest_value
    and coalesce(r.resulted_at, r.collected_at) <= p.known_at
