-- The acute stays of the year before: how long ago, how long, how often a return, how often against advice.
-- Rule: stays admitted before this admission in the 365 calendar days before it, that had ended by the prediction time. A
--   stay was a readmission when it began at most $readmission_days calendar days after an earlier discharge, all causes,
--   rebuilt from dates. Without an earlier stay the days since are null, the counts 0.
-- Grain: one row per prediction point.
-- Source: cohort.stay; clinical-definitions.md, section 2.
with history as (
    select
        s.stay_key, s.patient_key, s.admitted_at, s.admission_date, s.discharged_at, s.discharge_date, s.length_of_stay_days,
        d.category as disposition_category,
        s.admission_date - max(s.discharge_date) over (
            partition by s.patient_key order by s.admitted_at, s.stay_key rows between unbounded preceding and 1 preceding
        ) <= $readmission_days::integer as is_readmission
    from cohort.stay as s
    left join reference.discharge_disposition as d on d.code = s.discharge_disposition
),
earlier as (
    select
        p.stay_key,
        min(p.admission_date - h.discharge_date) as days_since_discharge,
        sum(h.length_of_stay_days) as inpatient_day_count_365d,
        max(h.length_of_stay_days) as longest_stay_days_365d,
        count(*) filter (where h.is_readmission) as readmission_count_365d,
        count(*) filter (where h.disposition_category = 'against_medical_advice') as against_medical_advice_count_365d
    from features.prediction_point as p
    join history as h
        on h.patient_key = p.patient_key
        and h.admitted_at < p.admitted_at
        and h.admission_date >= p.admission_date - 365
        and h.discharged_at <= p.scored_at
    group by p.stay_key
)
select
    p.stay_key, earlier.days_since_discharge,
    coalesce(earlier.inpatient_day_count_365d, 0)::integer as inpatient_day_count_365d,
    earlier.longest_stay_days_365d,
    coalesce(earlier.readmission_count_365d, 0) as readmission_count_365d,
    coalesce(own.is_readmission, false)::integer as is_readmission,
    coalesce(earlier.against_medical_advice_count_365d, 0) as against_medical_advice_count_365d
from features.prediction_point as p
join history as own on own.stay_key = p.stay_key
left join earlier on earlier.stay_key = p.stay_key
