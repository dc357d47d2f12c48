-- Acute episodes as they could be known: what cohort.stay is with hindsight.
-- Rule: a same-day fold is known only when both principal diagnoses are; until then what follows it is an episode of its own.
--   A row holds from valid_from to before valid_until; the next episode of the same stay, if any, begins at next_admitted_at.
-- Grain: one row per episode and span of time in which its shape does not change; for most stays the stay itself, always.
-- Source: clinical-definitions.md, section 1 (transfer rule) and section 6 (splits: nothing entered later).
with changed as (select distinct stay_key from cohort.stay_encounter where joined_known_from > started_at),
part as (
    select
        e.episode_key, e.valid_from, any_value(e.valid_until) as valid_until, any_value(e.stay_key) as stay_key,
        any_value(e.patient_key) as patient_key, min(e.started_at) as admitted_at, min(e.started_date) as admission_date,
        if(bool_or(e.ended_at is null), null, max(e.ended_at)) as discharged_at,
        if(bool_or(e.ended_at is null), null, max(e.ended_date)) as discharge_date,
        max({
            'ended_at': coalesce(e.ended_at, 'infinity'::timestamp), 'started_at': e.started_at, 'encounter_key': e.encounter_key
        }).encounter_key as last_encounter_key
    from features.episode_encounter as e
    join changed on changed.stay_key = e.stay_key
    group by e.episode_key, e.valid_from
)
select
    s.stay_key as episode_key, '-infinity'::timestamp as valid_from, 'infinity'::timestamp as valid_until, s.stay_key,
    s.patient_key, s.admitted_at, s.admission_date, s.discharged_at, s.discharge_date, s.discharge_disposition,
    'infinity'::timestamp as next_admitted_at
from cohort.stay as s
anti join changed on changed.stay_key = s.stay_key
union all
select
    p.episode_key, p.valid_from, p.valid_until, p.stay_key, p.patient_key, p.admitted_at, p.admission_date, p.discharged_at,
    p.discharge_date, if(p.discharged_at is null, null, e.discharge_disposition),
    lead(p.admitted_at, 1, 'infinity'::timestamp) over (partition by p.stay_key, p.valid_from order by p.admitted_at)
from part as p
join core.encounter as e on e.encounter_key = p.last_encounter_key
