-- The prediction points: moments at which a stay is scored, or serves for learning. Every other file reads only what was
--   known at known_at.
-- Rule: discharge: when the stay ended. admission: $admission_hours hours after it began, or when it ended if sooner. daily: the
--   last moment of each of its calendar days in the site's zone, on the last day its end; of a stay in progress up to the data cut-off.
--   A stay has points while nothing known by then excludes it, and all of them if it is eligible with hindsight.
--   admitted_at is the beginning of the episode as known then (features.episode).
-- Grain: one row per stay, kind of point and day; point_key is the stay and the day (0: discharge, 65535: admission).
-- Source: clinical-definitions.md, section 1 (eligibility for scoring) and section 6 (splits).
with stay as (
    select
        s.stay_key, s.patient_key, s.admitted_at, s.discharged_at, s.admission_date, s.discharge_date, s.is_finished,
        d.is_eligible, d.excluded_from
    from cohort.stay as s
    join cohort.stay_drop as d on d.stay_key = s.stay_key
),
early as (
    select stay_key, least(admitted_at + to_hours($admission_hours::integer), discharged_at) as known_at
    from stay
    where list_contains($prediction_points::varchar[], 'admission')
),
day as (
    select
        stay_key, discharged_at, admission_date,
        unnest(range(admission_date, coalesce(discharge_date, $cut_off_date::date) + 1, interval 1 day))::date as known_date
    from stay
    where list_contains($prediction_points::varchar[], 'daily')
),
moment as (
    select stay_key, 'discharge' as prediction_point, 0 as number, discharged_at as known_at, discharge_date as known_date
    from stay
    where is_finished and list_contains($prediction_points::varchar[], 'discharge')
    union all
    select stay_key, 'admission', 65535, known_at, timezone($site_timezone, timezone('UTC', known_at))::date
    from early
    union all
    select
        stay_key, 'daily', known_date - admission_date + 1,
        least(timezone('UTC', timezone($site_timezone, (known_date + 1)::timestamp)) - interval 1 microsecond, discharged_at),
        known_date
    from day
)
select
    (s.stay_key::bigint << 16) + m.number as point_key, s.stay_key, s.patient_key, s.discharge_date, m.prediction_point, m.known_at,
    m.known_date, e.episode_key, e.valid_from, e.admitted_at, e.admission_date, coalesce(e.discharged_at <= m.known_at, false) as is_over
from moment as m
join stay as s on s.stay_key = m.stay_key
join features.episode as e
    on e.stay_key = m.stay_key
    and m.known_at >= greatest(e.valid_from, e.admitted_at)
    and m.known_at < least(e.valid_until, e.next_admitted_at)
where m.known_date <= $cut_off_date::date
    and (s.is_eligible or coalesce(s.excluded_from > m.known_at, true))
