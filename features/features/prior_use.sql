-- Use of care before the admission: how often in the 30, 90, 180 and 365 calendar days before (windows as the names say).
-- Rule: an event counts when it began before the admission, at most so many calendar days before the admission date; acute
--   admissions are stays, so a transfer is not a second one (a same-day fold is one until it is known). The emergency visit that led to this admission does not count;
--   those that led to earlier admissions do. One range join over the longest window feeds every shorter one.
-- Grain: one row per prediction point.
-- Source: clinical-definitions.md, section 2 (fine print).
with event as (
    select
        patient_key, null::integer as encounter_key, 'stay' as kind, started_at as began_at, started_date as began_on,
        coalesce(joined_known_from, 'infinity'::timestamp) as valid_until
    from cohort.stay_encounter
    where joined_known_from is null or joined_known_from > started_at
    union all
    select patient_key, encounter_key, encounter_class, started_at, started_date, 'infinity'::timestamp
    from core.encounter
    where encounter_class in ('emergency', 'observation', 'outpatient', 'telehealth', 'home_health', 'skilled_nursing')
        and status in ('finished', 'in_progress')
),
counted as (
    select
        p.point_key, e.kind, count(*)::smallint as n_365d,
        count(*) filter (where e.began_on >= p.admission_date - 180)::smallint as n_180d,
        count(*) filter (where e.began_on >= p.admission_date - 90)::smallint as n_90d,
        count(*) filter (where e.began_on >= p.admission_date - 30)::smallint as n_30d
    from features.prediction_point as p
    join event as e
        on e.patient_key = p.patient_key
        and e.began_at < p.admitted_at
        and e.began_on >= p.admission_date - 365
        and p.known_at < e.valid_until
    left join features.emergency_lead as lead on lead.point_key = p.point_key and lead.encounter_key = e.encounter_key
    where lead.point_key is null
    group by p.point_key, e.kind
)
select
    p.point_key,
    coalesce(s.n_30d, 0::smallint) as acute_admission_count_30d, coalesce(s.n_90d, 0::smallint) as acute_admission_count_90d,
    coalesce(s.n_180d, 0::smallint) as acute_admission_count_180d, coalesce(s.n_365d, 0::smallint) as acute_admission_count_365d,
    if(source.has_emergency, coalesce(e.n_30d, 0::smallint), null) as emergency_visit_count_30d,
    if(source.has_emergency, coalesce(e.n_90d, 0::smallint), null) as emergency_visit_count_90d,
    if(source.has_emergency, coalesce(e.n_180d, 0::smallint), null) as emergency_visit_count_180d,
    if(source.has_emergency, coalesce(e.n_365d, 0::smallint), null) as emergency_visit_count_365d,
    if(source.has_observation, coalesce(o.n_30d, 0::smallint), null) as observation_visit_count_30d,
    if(source.has_observation, coalesce(o.n_90d, 0::smallint), null) as observation_visit_count_90d,
    if(source.has_observation, coalesce(o.n_180d, 0::smallint), null) as observation_visit_count_180d,
    if(source.has_observation, coalesce(o.n_365d, 0::smallint), null) as observation_visit_count_365d,
    coalesce(a.n_90d, 0::smallint) as outpatient_visit_count_90d, coalesce(a.n_365d, 0::smallint) as outpatient_visit_count_365d,
    coalesce(t.n_365d, 0::smallint) as telehealth_visit_count_365d, coalesce(h.n_365d, 0::smallint) as home_health_count_365d,
    coalesce(n.n_365d, 0::smallint) as skilled_nursing_count_365d,
    if(source.has_emergency, (lead.point_key is not null)::tinyint, null) as is_emergency_arrival
from features.prediction_point as p
cross join features.source_presence as source
left join features.emergency_lead as lead on lead.point_key = p.point_key
left join counted as s on s.point_key = p.point_key and s.kind = 'stay'
left join counted as e on e.point_key = p.point_key and e.kind = 'emergency'
left join counted as o on o.point_key = p.point_key and o.kind = 'observation'
left join counted as a on a.point_key = p.point_key and a.kind = 'outpatient'
left join counted as t on t.point_key = p.point_key and t.kind = 'telehealth'
left join counted as h on h.point_key = p.point_key and h.kind = 'home_health'
left join counted as n on n.point_key = p.point_key and n.kind = 'skilled_nursing'
