-- Where the use of care is heading, and what the previous stay was.
-- Rule: the change of use is what the 90 days before admission saw, less what they would have seen at the pace of the 275
--   days before them; 0 when nothing happened. Earlier episodes are those of features.prior_stay; the previous one ended last
--   (ties: began last, then larger id), the one before it came next. An interval runs from a discharge to the next
--   admission. The previous stay's condition is its principal diagnosis, if it had been recorded by the prediction time.
-- Grain: one row per prediction point.
-- Source: features.prior_use, features.episode; AHRQ CCS 2019.1 (reference.ccs_label, ccs_body_system).
with earlier as (
    select
        p.point_key, any_value(p.known_at) as known_at,
        max({
            'discharged_at': e.discharged_at, 'admitted_at': e.admitted_at, 'episode_key': e.episode_key,
            'admission_date': e.admission_date, 'discharge_date': e.discharge_date, 'disposition': e.discharge_disposition
        }, 2) as stays
    from features.prediction_point as p
    join features.episode as e
        on e.patient_key = p.patient_key
        and e.admitted_at < p.admitted_at
        and e.admission_date >= p.admission_date - 365
        and e.discharged_at <= p.known_at
        and e.valid_from <= p.known_at
        and p.known_at < e.valid_until
    where e.episode_key <> p.episode_key
    group by p.point_key
),
previous as (select point_key, known_at, stays[1] as stay, stays[2] as one_before from earlier),
condition as (
    select previous.point_key, d.ccs
    from previous
    join core.diagnosis as d on d.encounter_key = previous.stay.episode_key and d.sequence = 1
    join cohort.stay_encounter as first on first.encounter_key = d.encounter_key
    where coalesce(d.recorded_at, first.ended_at) <= previous.known_at
),
spaced as (
    select
        p.point_key, (previous.stay.discharge_date - previous.one_before.discharge_date)::smallint as days_between_discharges,
        ((p.admission_date - previous.stay.discharge_date)
            - (previous.stay.admission_date - previous.one_before.discharge_date))::smallint as interval_change_days
    from features.prediction_point as p
    join previous on previous.point_key = p.point_key
)
select
    p.point_key,
    round(u.acute_admission_count_90d - (u.acute_admission_count_365d - u.acute_admission_count_90d) * 90 / (365.0 - 90), 2)::double
        as acute_admission_change_90d,
    round(u.emergency_visit_count_90d - (u.emergency_visit_count_365d - u.emergency_visit_count_90d) * 90 / (365.0 - 90), 2)::double
        as emergency_visit_change_90d,
    spaced.days_between_discharges, spaced.interval_change_days,
    (spaced.interval_change_days < 0)::tinyint as is_interval_shrinking,
    (previous.stay.discharge_date - previous.stay.admission_date)::smallint as previous_stay_days,
    ended.category as previous_stay_disposition, l.label as previous_stay_condition, b.body_system as previous_stay_body_system,
    (condition.ccs = principal.principal_ccs)::tinyint as is_same_condition,
    (ended.category = 'against_medical_advice')::tinyint as was_previous_stay_against_advice
from features.prediction_point as p
join features.prior_use as u on u.point_key = p.point_key
left join previous on previous.point_key = p.point_key
left join spaced on spaced.point_key = p.point_key
left join condition on condition.point_key = p.point_key
left join features.principal as principal on principal.point_key = p.point_key
left join reference.discharge_disposition as ended on ended.code = previous.stay.disposition
left join reference.ccs_label as l on l.ccs = condition.ccs and l.kind = 'diagnosis'
left join reference.ccs_body_system as b on b.ccs = condition.ccs
