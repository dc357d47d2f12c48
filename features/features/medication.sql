-- Medications: how many, which high-risk classes, what changed between home and discharge.
-- Rule: high-risk classes of home and discharge drugs. New: on the discharge list, not at home; stopped: the reverse, null
--   without a discharge list.
-- Grain: one row per prediction point; all null where the source has no medications.
-- Source: features.medication_use (rule there); reference.high_risk_medication.
with classed as (
    select distinct d.code_system, d.code, d.name, h.medication_class
    from (select distinct code_system, code, name from features.medication_use) as d
    join reference.high_risk_medication as h
        on (h.code_system = 'ATC' and d.code_system = 'ATC' and starts_with(d.code, h.code))
        or (h.code_system = 'RxNorm' and d.code_system = 'RxNorm' and d.code = h.code)
        or (h.code_system = 'name' and contains(lower(d.name), h.code))
),
class as (
    select
        u.point_key,
        max((c.medication_class = 'anticoagulant')::integer) as has_anticoagulant, max((c.medication_class = 'antiplatelet')::integer) as has_antiplatelet,
        max((c.medication_class = 'insulin')::integer) as has_insulin, max((c.medication_class = 'sulfonylurea')::integer) as has_sulfonylurea,
        max((c.medication_class = 'opioid')::integer) as has_opioid, max((c.medication_class = 'benzodiazepine')::integer) as has_benzodiazepine,
        max((c.medication_class = 'antipsychotic')::integer) as has_antipsychotic, max((c.medication_class = 'digoxin')::integer) as has_digoxin,
        max((c.medication_class = 'loop_diuretic')::integer) as has_loop_diuretic, max((c.medication_class = 'corticosteroid')::integer) as has_corticosteroid,
        max((c.medication_class = 'immunosuppressant')::integer) as has_immunosuppressant, max((c.medication_class = 'antiarrhythmic')::integer) as has_antiarrhythmic,
        count(distinct c.medication_class) as high_risk_medication_count
    from features.medication_use as u
    join classed as c
        on c.code_system is not distinct from u.code_system and c.code is not distinct from u.code and c.name is not distinct from u.name
    where u.role in ('home', 'discharge')
    group by u.point_key
),
drug as (
    select point_key, drug, bool_or(role = 'home') as home, bool_or(role = 'inpatient') as inpatient, bool_or(role = 'discharge') as discharge
    from features.medication_use
    group by point_key, drug
),
counted as (
    select
        point_key, count(*) as medication_count, count(*) filter (where home) as home_medication_count,
        count(*) filter (where inpatient) as inpatient_medication_count, count(*) filter (where discharge) as discharge_medication_count,
        count(*) filter (where discharge and not home) as new_medication_count,
        if(bool_or(discharge), count(*) filter (where home and not discharge), null) as stopped_medication_count
    from drug
    group by point_key
)
select
    p.point_key, counted.stopped_medication_count::smallint as stopped_medication_count,
    if(source.has_medications, coalesce(columns(counted.* exclude (point_key, stopped_medication_count)), 0), null)::smallint,
    if(source.has_medications, coalesce(columns(class.* exclude (point_key)), 0), null)::tinyint
from features.prediction_point as p
join features.source_presence as source on true
left join counted on counted.point_key = p.point_key
left join class on class.point_key = p.point_key
