-- Medications: how many, at home, in hospital and on the discharge list.
-- Rule: new: on the discharge list, not at home; stopped: the reverse, null without a discharge list. The current list is the
--   discharge list as far as it is written, without one the home list; polypharmacy is judged on it.
-- Grain: one row per prediction point; all null where the source has no medications.
-- Source: features.medication_order (rule there); Masnoon et al. 2017 (polypharmacy).
with drug as (
    select
        point_key, bool_or(is_home) as home, bool_or(is_inpatient) as inpatient, bool_or(is_discharge) as discharge
    from features.medication_order
    group by point_key, drug_number
),
counted as (
    select
        point_key, count(*) as medication_count, count(*) filter (where home) as home_medication_count,
        count(*) filter (where inpatient) as inpatient_medication_count, count(*) filter (where discharge) as discharge_medication_count,
        count(*) filter (where discharge and not home) as new_medication_count,
        if(bool_or(discharge), count(*) filter (where discharge), count(*) filter (where home)) as current_medication_count,
        if(bool_or(discharge), count(*) filter (where home and not discharge), null) as stopped_medication_count
    from drug
    group by point_key
)
select
    p.point_key, counted.stopped_medication_count::smallint as stopped_medication_count,
    if(source.has_medications, coalesce(columns(counted.* exclude (point_key, stopped_medication_count)), 0), null)::smallint,
    if(source.has_medications, coalesce(counted.current_medication_count >= $polypharmacy_from, false), null)::tinyint as has_polypharmacy,
    if(source.has_medications, coalesce(counted.current_medication_count >= $hyperpolypharmacy_from, false), null)::tinyint as has_hyperpolypharmacy
from features.prediction_point as p
cross join features.source_presence as source
left join counted on counted.point_key = p.point_key
