-- How long each patient's stays took, by what was known of them when they ended; counts add up over patients.
-- Rule: an episode is taken as it looked at the end of the month in which it was discharged. A later part that began by then
--   belongs to it; one transferred in a later month does not, and counts again in that month as the longer stay it became. A
--   same-day fold whose principal diagnoses were not both known when it began counts as two. DRG and CCS category are null
--   unless the principal diagnosis had been recorded by that discharge. Every finished episode counts, also of the dead and
--   the transferred. So nothing recorded after the month changes a row.
-- Grain: one row per patient, month of discharge, DRG, CCS category and length of stay in calendar days.
-- Source: cohort.stay_encounter; the second-step rule of docs/explanation/point-in-time.md.
with numbered as (
    select
        *, count(*) filter (where joined_known_from is null or joined_known_from > started_at) over (
            partition by patient_key order by started_at, encounter_key rows unbounded preceding
        ) as episode_number
    from cohort.stay_encounter
),
part as (
    select
        first(encounter_key) over so_far as first_key, first(ended_at) over so_far as first_ended_at,
        first(started_date) over so_far as admission_date, lead(started_date) over so_far as next_date,
        max({
            'ended_at': coalesce(ended_at, 'infinity'::timestamp), 'started_at': started_at, 'encounter_key': encounter_key,
            'ended_date': ended_date
        }) over so_far as last
    from numbered
    window so_far as (
        partition by patient_key, episode_number order by started_at, encounter_key rows unbounded preceding
    )
),
discharged as (
    select
        z.patient_key, date_trunc('month', part.last.ended_date)::date as discharge_month,
        (part.last.ended_date - part.admission_date)::smallint as length_of_stay_days,
        if(d.encounter_key is null, null, z.drg_code) as drg_code, d.ccs
    from part
    join core.encounter as z on z.encounter_key = part.last.encounter_key
    left join core.diagnosis as d
        on d.encounter_key = part.first_key and d.sequence = 1
        and coalesce(d.recorded_at, part.first_ended_at) <= part.last.ended_at
    where part.last.ended_date is not null
        and (part.next_date is null or date_trunc('month', part.next_date) > date_trunc('month', part.last.ended_date))
)
select patient_key, discharge_month, drg_code, ccs, length_of_stay_days, count(*) as stay_count
from discharged
group by all
