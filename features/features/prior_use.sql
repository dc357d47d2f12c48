-- Use of care before the admission: how often in the 30, 90, 180 and 365 calendar days before (windows as the names say).
-- Rule: an event counts when it began before the admission, at most so many calendar days before the admission date; acute
--   admissions are stays, so a transfer is not a second one (a same-day fold is one until it is known). The emergency visit
--   that led to this admission does not count; those that led to earlier admissions do. One range join over the longest window
--   feeds every shorter one.
-- Grain: one row per prediction point.
-- Source: clinical-definitions.md, section 2 (fine print).
with point as (
    select p.point_key, p.patient_key, p.known_at, p.admitted_at, p.admission_date, lead.encounter_key as lead_key
    from features.prediction_point as p
    left join features.emergency_lead as lead on lead.point_key = p.point_key
),
event as (
    select
        patient_key, encounter_key, 'stay' as kind, started_at as began_at, started_date as began_on,
        coalesce(joined_known_from, 'infinity'::timestamp) as valid_until
    from cohort.stay_encounter
    where joined_known_from is null or joined_known_from > started_at
    union all
    select patient_key, encounter_key, encounter_class, started_at, started_date, 'infinity'::timestamp
    from core.encounter
    where encounter_class in ('emergency', 'observation', 'outpatient', 'telehealth', 'home_health', 'skilled_nursing')
        and status in ('finished', 'in_progress')
),
earlier as (
    select p.point_key, e.kind, p.admission_date - e.began_on as days_before
    from point as p
    join event as e
        on e.patient_key = p.patient_key
        and e.began_at < p.admitted_at
        and e.began_on >= p.admission_date - 365
        and p.known_at < e.valid_until
        and e.encounter_key is distinct from p.lead_key
),
counted as (
    select
        point_key, kind, count(*)::smallint as n_365d,
        count(*) filter (where days_before <= 180)::smallint as n_180d,
        count(*) filter (where days_before <= 90)::smallint as n_90d,
        count(*) filter (where days_before <= 30)::smallint as n_30d
    from earlier
    group by point_key, kind
),
wide as (
    select
        point_key,
        max(n_30d) filter (where kind = 'stay') as acute_admission_count_30d,
        max(n_90d) filter (where kind = 'stay') as acute_admission_count_90d,
        max(n_180d) filter (where kind = 'stay') as acute_admission_count_180d,
        max(n_365d) filter (where kind = 'stay') as acute_admission_count_365d,
        max(n_30d) filter (where kind = 'emergency') as emergency_visit_count_30d,
        max(n_90d) filter (where kind = 'emergency') as emergency_visit_count_90d,
        max(n_180d) filter (where kind = 'emergency') as emergency_visit_count_180d,
        max(n_365d) filter (where kind = 'emergency') as emergency_visit_count_365d,
        max(n_30d) filter (where kind = 'observation') as observation_visit_count_30d,
        max(n_90d) filter (where kind = 'observation') as observation_visit_count_90d,
        max(n_180d) filter (where kind = 'observation') as observation_visit_count_180d,
        max(n_365d) filter (where kind = 'observation') as observation_visit_count_365d,
        max(n_90d) filter (where kind = 'outpatient') as outpatient_visit_count_90d,
        max(n_365d) filter (where kind = 'outpatient') as outpatient_visit_count_365d,
        max(n_365d) filter (where kind = 'telehealth') as telehealth_visit_count_365d,
        max(n_365d) filter (where kind = 'home_health') as home_health_count_365d,
        max(n_365d) filter (where kind = 'skilled_nursing') as skilled_nursing_count_365d
    from counted
    group by point_key
)
select
    p.point_key,
    coalesce(c.acute_admission_count_30d, 0::smallint) as acute_admission_count_30d,
    coalesce(c.acute_admission_count_90d, 0::smallint) as acute_admission_count_90d,
    coalesce(c.acute_admission_count_180d, 0::smallint) as acute_admission_count_180d,
    coalesce(c.acute_admission_count_365d, 0::smallint) as acute_admission_count_365d,
    if(source.has_emergency, coalesce(c.emergency_visit_count_30d, 0::smallint), null) as emergency_visit_count_30d,
    if(source.has_emergency, coalesce(c.emergency_visit_count_90d, 0::smallint), null) as emergency_visit_count_90d,
    if(source.has_emergency, coalesce(c.emergency_visit_count_180d, 0::smallint), null) as emergency_visit_count_180d,
    if(source.has_emergency, coalesce(c.emergency_visit_count_365d, 0::smallint), null) as emergency_visit_count_365d,
    if(source.has_observation, coalesce(c.observation_visit_count_30d, 0::smallint), null) as observation_visit_count_30d,
    if(source.has_observation, coalesce(c.observation_visit_count_90d, 0::smallint), null) as observation_visit_count_90d,
    if(source.has_observation, coalesce(c.observation_visit_count_180d, 0::smallint), null) as observation_visit_count_180d,
    if(source.has_observation, coalesce(c.observation_visit_count_365d, 0::smallint), null) as observation_visit_count_365d,
    coalesce(c.outpatient_visit_count_90d, 0::smallint) as outpatient_visit_count_90d,
    coalesce(c.outpatient_visit_count_365d, 0::smallint) as outpatient_visit_count_365d,
    coalesce(c.telehealth_visit_count_365d, 0::smallint) as telehealth_visit_count_365d,
    coalesce(c.home_health_count_365d, 0::smallint) as home_health_count_365d,
    coalesce(c.skilled_nursing_count_365d, 0::smallint) as skilled_nursing_count_365d,
    if(source.has_emergency, (p.lead_key is not null)::tinyint, null) as is_emergency_arrival
from point as p
cross join features.source_presence as source
left join wide as c on c.point_key = p.point_key
