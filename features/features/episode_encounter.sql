-- The encounters of each episode of features.episode, whose rule they carry out.
-- Rule: at a time before joined_known_from an encounter begins an episode of its own; a transfer is known as it begins, and
--   so is that encounters which begin at one instant go together.
-- Grain: one row per acute encounter and span of time in which its episode does not change its shape.
-- Source: cohort.stay_encounter.
with change as (
    select distinct stay_key, joined_known_from as changed_at from cohort.stay_encounter where joined_known_from > started_at
),
span as (
    select
        stay_key, changed_at as valid_from,
        lead(changed_at, 1, 'infinity'::timestamp) over (partition by stay_key order by changed_at) as valid_until
    from (select stay_key, '-infinity'::timestamp as changed_at from change union select stay_key, changed_at from change)
    where changed_at < 'infinity'
),
numbered as (
    select
        e.stay_key, e.encounter_key, e.patient_key, e.started_at, e.ended_at, e.started_date, e.ended_date, span.valid_from,
        span.valid_until, count(*) filter (where e.joined_known_from > greatest(span.valid_from, e.started_at)) over in_order as part_number
    from span
    join cohort.stay_encounter as e on e.stay_key = span.stay_key
    window in_order as (
        partition by span.stay_key, span.valid_from order by e.started_at, e.encounter_key rows unbounded preceding
    )
)
select
    e.stay_key as episode_key, '-infinity'::timestamp as valid_from, 'infinity'::timestamp as valid_until, e.stay_key,
    e.encounter_key, e.patient_key, e.started_at, e.ended_at, e.started_date, e.ended_date
from cohort.stay_encounter as e
anti join change on change.stay_key = e.stay_key
union all
select
    first(encounter_key) over (
        partition by stay_key, valid_from, part_number order by started_at, encounter_key
        rows between unbounded preceding and unbounded following
    ),
    valid_from, valid_until, stay_key, encounter_key, patient_key, started_at, ended_at, started_date, ended_date
from numbered
