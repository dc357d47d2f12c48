-- Which high-risk classes a patient takes.
-- Rule: classes of home and discharge drugs. Opioid with sedative: both on the current list (features.medication).
-- Grain: one row per prediction point; all null where the source has no medications.
-- Source: features.medication_class (rule there); FDA boxed warning of 2016 (opioid with sedative).
with class as (
    select
        point_key,
        bool_or(medication_class = 'anticoagulant') as has_anticoagulant, bool_or(medication_class = 'antiplatelet') as has_antiplatelet,
        bool_or(medication_class = 'insulin') as has_insulin, bool_or(medication_class = 'sulfonylurea') as has_sulfonylurea,
        bool_or(medication_class = 'opioid') as has_opioid, bool_or(medication_class = 'benzodiazepine') as has_benzodiazepine,
        bool_or(medication_group = 'sedative') as has_sedative, bool_or(medication_class = 'antipsychotic') as has_antipsychotic,
        bool_or(medication_class = 'digoxin') as has_digoxin, bool_or(medication_class = 'loop_diuretic') as has_loop_diuretic,
        bool_or(medication_class = 'corticosteroid') as has_corticosteroid,
        bool_or(medication_class = 'immunosuppressant') as has_immunosuppressant,
        bool_or(medication_class = 'antiarrhythmic') as has_antiarrhythmic, count(*) as high_risk_medication_count
    from features.medication_class
    group by point_key
),
pair as (
    select
        point_key, bool_or(is_home and medication_class = 'opioid') and bool_or(is_home and medication_group = 'sedative') as at_home,
        bool_or(is_discharge and medication_class = 'opioid') and bool_or(is_discharge and medication_group = 'sedative') as at_discharge
    from features.medication_class
    group by point_key
)
select
    p.point_key,
    if(source.has_medications, coalesce(columns(class.* exclude (point_key))::integer, 0), null)::tinyint,
    if(
        source.has_medications,
        coalesce(if(m.discharge_medication_count > 0, pair.at_discharge, pair.at_home), false), null
    )::tinyint as has_opioid_with_sedative
from features.prediction_point as p
cross join features.source_presence as source
join features.medication as m on m.point_key = p.point_key
left join class on class.point_key = p.point_key
left join pair on pair.point_key = p.point_key
