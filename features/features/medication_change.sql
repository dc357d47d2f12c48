-- What changed between home and the discharge list, and which high-risk groups are new.
-- Rule: a drug changed when it is on one list only. A group is new when a drug of it is on the discharge list and none was
--   taken at home: one opioid for another is not new. All null without a discharge list.
-- Grain: one row per prediction point.
-- Source: features.medication_use, features.medication_class (rules there).
with drug as (
    select point_key, bool_or(is_home) as home, bool_or(is_discharge) as discharge
    from features.medication_use
    group by point_key, drug_number
),
counted as (
    select
        point_key, count(*) filter (where home <> discharge)::smallint as changed_medication_count,
        count(*) filter (where home and discharge)::smallint as continued_medication_count
    from drug
    group by point_key
    having bool_or(discharge)
),
grouped as (
    select point_key, medication_group, bool_or(is_discharge) and not bool_or(is_home) as is_new
    from features.medication_class
    group by point_key, medication_group
),
new as (
    select
        point_key, bool_or(is_new and medication_group = 'anticoagulant') as has_new_anticoagulant,
        bool_or(is_new and medication_group = 'insulin') as has_new_insulin,
        bool_or(is_new and medication_group = 'opioid') as has_new_opioid,
        bool_or(is_new and medication_group = 'sedative') as has_new_sedative
    from grouped
    group by point_key
)
select
    p.point_key, counted.changed_medication_count, counted.continued_medication_count,
    if(counted.point_key is null, null, coalesce(columns(new.* exclude (point_key))::integer, 0))::tinyint
from features.prediction_point as p
left join counted on counted.point_key = p.point_key
left join new on new.point_key = p.point_key
