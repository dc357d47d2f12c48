-- core.lab_result, made up: nine for an inpatient encounter, three for an emergency one. Grain: one row per result of a bucket.
with drawn as (
    select v.*, n, 1 + (hash(encounter_key, n, 70) % len(loincs))::integer as place, loincs, units, lows
    from visit as v, range(0, 9) as position(n), lab
    where patient_key % $buckets = $bucket
        and n < case encounter_class when 'inpatient' then 9 when 'emergency' then 3 else 0 end
)
select
    patient_key, encounter_key, loincs[place] as loinc_code,
    round(lows[place] * (0.8 + (hash(encounter_key, n, 71) % 100) / 100), 2) as value, units[place] as unit,
    started_at + to_minutes((n * 20 + 5)::bigint) as collected_at, started_at + to_minutes((n * 20 + 45)::bigint) as resulted_at
from drawn
order by patient_key, collected_at, loinc_code
