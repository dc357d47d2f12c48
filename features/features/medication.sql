-- Medications: how many, and which high-risk classes.
-- Rule: high-risk classes of home and discharge drugs. New: on the discharge list, not at home; stopped: the reverse, null
--   without a discharge list. The current list is the discharge list, without one the home list; polypharmacy and opioid with
--   sedative are judged on it.
-- Grain: one row per prediction point; all null where the source has no medications.
-- Source: features.medication_use, features.medication_class (rules there); Masnoon et al. 2017 (polypharmacy); FDA boxed
--   warning of 2016 (opioid with sedative).
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
        bool_or(medication_class = 'antiarrhythmic') as has_antiarrhythmic, count(*) as high_risk_medication_count,
        bool_or(is_current and medication_class = 'opioid') and bool_or(is_current and medication_group = 'sedative') as has_opioid_with_sedative
    from features.medication_class
    group by point_key
),
drug as (
    select
        point_key, drug, bool_or(role = 'home') as home, bool_or(role = 'inpatient') as inpatient,
        bool_or(role = 'discharge') as discharge, bool_or(is_current) as is_current
    from features.medication_list
    group by point_key, drug
),
counted as (
    select
        point_key, count(*) as medication_count, count(*) filter (where home) as home_medication_count,
        count(*) filter (where inpatient) as inpatient_medication_count, count(*) filter (where discharge) as discharge_medication_count,
        count(*) filter (where discharge and not home) as new_medication_count, count(*) filter (where is_current) as current_medication_count,
        if(bool_or(discharge), count(*) filter (where home and not discharge), null) as stopped_medication_count
    from drug
    group by point_key
)
select
    p.point_key, counted.stopped_medication_count::smallint as stopped_medication_count,
    if(source.has_medications, coalesce(columns(counted.* exclude (point_key, stopped_medication_count)), 0), null)::smallint,
    if(source.has_medications, coalesce(counted.current_medication_count >= $polypharmacy_from, false), null)::tinyint as has_polypharmacy,
    if(source.has_medications, coalesce(counted.current_medication_count >= $hyperpolypharmacy_from, false), null)::tinyint as has_hyperpolypharmacy,
    if(source.has_medications, coalesce(columns(class.* exclude (point_key))::integer, 0), null)::tinyint
from features.prediction_point as p
join features.source_presence as source on true
left join counted on counted.point_key = p.point_key
left join class on class.point_key = p.point_key
