-- The visits of each person over four years, in steps.
-- Rule: three in ten visits are acute inpatient; half of these begin in the emergency department (step 0) and one in 25
--   goes on in another hospital (step 2). People keep to one hospital five times in six. Who has very many visits has short
--   ones, so that they stay apart.
-- Grain: one row per encounter, not numbered yet.
with planned as (
    select
        p, k, timestamp '2022-01-01' + to_minutes((hash(p, k, 2) % 2000000)::bigint) as began_at,
        greatest(1, 2000000 // visits)::bigint as most_minutes,
        if(hash(p, k, 3) % 6 = 0, hash(p, k, 4), hash(p, 5)) % 12 as site,
        case
            when hash(p, k, 6) % 100 < 30 then 'inpatient' when hash(p, k, 6) % 100 < 50 then 'emergency'
            when hash(p, k, 6) % 100 < 90 then 'outpatient' when hash(p, k, 6) % 100 < 93 then 'observation'
            when hash(p, k, 6) % 100 < 97 then 'telehealth' else 'home_health'
        end as encounter_class
    from person, range(0, visits) as visit(k)
),
chained as (
    select
        *, least(most_minutes, if(encounter_class <> 'inpatient', hash(p, k, 7) % 400 + 20, hash(p, k, 7) % 12000 + 600)::bigint) as minutes,
        least(most_minutes, (hash(p, k, 8) % 900 + 60)::bigint) as waiting
    from planned, range(0, 3) as step(s)
    where s = 1 or (encounter_class = 'inpatient' and ((s = 0 and hash(p, k, 9) % 2 = 0) or (s = 2 and hash(p, k, 10) % 25 = 0)))
)
select
    p, k, s, if(s = 0, 'emergency', encounter_class) as encounter_class, (if(s = 2, site + 1, site) % 12)::integer as site,
    case s when 0 then began_at - to_minutes(waiting) when 1 then began_at else began_at + to_minutes(minutes + waiting) end as started_at,
    case s when 0 then began_at when 1 then began_at + to_minutes(minutes) else began_at + to_minutes(2 * minutes + waiting) end as ended_at,
    s = 1 and encounter_class = 'inpatient' and hash(p, k, 10) % 25 = 0 as is_transferred
from chained
