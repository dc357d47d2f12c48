-- What every made-up table is drawn from: visits of patients over four years.
-- Rule: a patient has 1 to 60 visits, exponentially many; three in ten are acute inpatient, half of these begin in the
--   emergency department and one in 25 goes on in another hospital. Patients keep to one hospital five times in six.
-- Grain: one row per encounter; keys are dense, as those of the real core are.
with patient as (
    select p, least(60, 1 + floor(-8.1 * ln((hash(p, 1) % 1000000 + 1) / 1000001)))::integer as visits
    from range(1, $patients + 1) as patient(p)
),
planned as (
    select
        p, k, p * 256 + k * 4 as v, timestamp '2022-01-01' + to_minutes((hash(p, k, 2) % 2000000)::bigint) as began_at,
        if(hash(p, k, 3) % 6 = 0, hash(p, k, 4), hash(p, 5)) % 12 as site,
        case
            when hash(p, k, 6) % 100 < 30 then 'inpatient' when hash(p, k, 6) % 100 < 50 then 'emergency'
            when hash(p, k, 6) % 100 < 90 then 'outpatient' when hash(p, k, 6) % 100 < 93 then 'observation'
            when hash(p, k, 6) % 100 < 97 then 'telehealth' else 'home_health'
        end as encounter_class
    from patient, range(0, visits) as visit(k)
),
chained as (
    select
        *, s, if(encounter_class <> 'inpatient', hash(v, 7) % 400 + 20, hash(v, 7) % 12000 + 600)::bigint as minutes,
        (hash(v, 8) % 900 + 60)::bigint as waiting
    from planned, range(0, 3) as step(s)
    where s = 1 or (encounter_class = 'inpatient' and ((s = 0 and hash(v, 9) % 2 = 0) or (s = 2 and hash(v, 10) % 25 = 0)))
)
select
    p::integer as patient_key, row_number() over (order by v, s)::integer as encounter_key, if(s = 0, 'emergency', encounter_class) as encounter_class,
    (if(s = 2, site + 1, site) % 12)::integer as site,
    case s when 0 then began_at - to_minutes(waiting) when 1 then began_at else began_at + to_minutes(minutes + waiting) end as started_at,
    case s when 0 then began_at when 1 then began_at + to_minutes(minutes) else began_at + to_minutes(2 * minutes + waiting) end as ended_at,
    s = 1 and encounter_class = 'inpatient' and hash(v, 10) % 25 = 0 as is_transferred
from chained
