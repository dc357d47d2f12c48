-- The acute stays of the year before: how long ago, how long, how often a return, how often against advice.
-- Rule: episodes admitted before this admission in the 365 calendar days before it; they had ended by then, else they would
--   overlap. One was a readmission when it began at most $readmission_days calendar days after an earlier discharge, all
--   causes, rebuilt from dates. Without an earlier stay the days since are null, the counts 0.
-- Grain: one row per prediction point.
-- Source: features.episode; clinical-definitions.md, section 2.
with begun as (
    select
        encounter_key,
        started_date - max(ended_date) over (
            partition by patient_key order by started_at, encounter_key rows between unbounded preceding and 1 preceding
        ) <= $readmission_days::integer as is_readmission
    from cohort.stay_encounter
),
history as (
    select e.*, d.category as disposition_category, begun.is_readmission
    from features.episode as e
    join begun on begun.encounter_key = e.episode_key
    left join reference.discharge_disposition as d on d.code = e.discharge_disposition
),
earlier as (
    select
        p.point_key,
        min(p.admission_date - h.discharge_date) as days_since_discharge,
        sum(h.discharge_date - h.admission_date) as inpatient_day_count_365d,
        max(h.discharge_date - h.admission_date) as longest_stay_days_365d,
        count(*) filter (where h.is_readmission) as readmission_count_365d,
        count(*) filter (where h.disposition_category = 'against_medical_advice') as against_medical_advice_count_365d
    from features.prediction_point as p
    join history as h
        on h.patient_key = p.patient_key
        and h.admitted_at < p.admitted_at
        and h.admission_date >= p.admission_date - 365
        and h.discharged_at <= p.known_at
        and h.valid_from <= p.known_at
        and p.known_at < h.valid_until
    where h.episode_key <> p.episode_key
    group by p.point_key
)
select
    p.point_key, earlier.days_since_discharge,
    coalesce(earlier.inpatient_day_count_365d, 0)::integer as inpatient_day_count_365d,
    earlier.longest_stay_days_365d,
    coalesce(earlier.readmission_count_365d, 0) as readmission_count_365d,
    coalesce(begun.is_readmission, false)::integer as is_readmission,
    coalesce(earlier.against_medical_advice_count_365d, 0) as against_medical_advice_count_365d
from features.prediction_point as p
join begun on begun.encounter_key = p.episode_key
left join earlier on earlier.point_key = p.point_key
