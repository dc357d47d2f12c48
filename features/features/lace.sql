-- LACE index, 0-19: length of stay, acute admission, comorbidity, emergency visits in the 180 days before admission.
-- Rule: comorbidity items from the diagnoses of the stay known at discharge, each item once (mild liver or renal disease is
--   one item) and not when its severe grade is there; a sum of 4 or more scores 5. Without emergency data E is 0 and flagged.
-- Grain: one row per prediction point.
-- Source: van Walraven 2010 (reference.lace_comorbidity, score_point, score_band); clinical-definitions.md, section 2.
with mask as (select distinct stay_mask as mask from features.charlson_mask),
condition as (
    select condition, position from reference.charlson_condition
    union all
    select 'rend_severe', max(position) + 1 from reference.charlson_condition
),
item as (
    select distinct mask.mask, l.item, l.points, l.superseded_by
    from mask
    join condition as c on (mask.mask >> c.position) & 1 = 1
    join reference.lace_comorbidity as l on l.condition = c.condition
),
total as (
    select item.mask, sum(item.points) as comorbidity_sum
    from item
    left join item as severe on severe.mask = item.mask and severe.item = item.superseded_by
    where severe.item is null
    group by item.mask
),
value as (
    select
        s.point_key, s.length_of_stay_days, s.is_acute_admission, coalesce(total.comorbidity_sum, 0) as comorbidity_sum,
        coalesce(u.emergency_visit_count_180d, 0) as emergency_visit_count,
        (u.emergency_visit_count_180d is null)::integer as lace_emergency_missing
    from features.index_stay as s
    join features.prior_use as u on u.point_key = s.point_key
    join features.charlson_mask as m on m.point_key = s.point_key
    left join total on total.mask = m.stay_mask
),
point as (select item, from_value, coalesce(to_value, 2147483647) as to_value, points from reference.score_point where score = 'lace'),
scored as (
    select
        v.point_key, coalesce(l.points, 0) as lace_length_of_stay_points, coalesce(a.points, 0) as lace_acute_points,
        coalesce(c.points, 0) as lace_comorbidity_points, coalesce(e.points, 0) as lace_emergency_points, v.lace_emergency_missing
    from value as v
    left join point as l on l.item = 'length_of_stay_days' and v.length_of_stay_days between l.from_value and l.to_value
    left join point as a on a.item = 'acute_admission' and v.is_acute_admission between a.from_value and a.to_value
    left join point as c on c.item = 'comorbidity_sum' and v.comorbidity_sum between c.from_value and c.to_value
    left join point as e on e.item = 'emergency_visit_count' and v.emergency_visit_count between e.from_value and e.to_value
)
select
    s.point_key, s.lace_length_of_stay_points + s.lace_acute_points + s.lace_comorbidity_points + s.lace_emergency_points as lace,
    s.* exclude (point_key)
from scored as s
