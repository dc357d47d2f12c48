-- core.patient, made up. Grain: one row per patient of a bucket.
select
    p::integer as patient_key, 'P' || lpad(p::varchar, 10, '0') as patient_id,
    date '1925-01-01' + (hash(p, 20) % 31000)::integer as birth_date, if(hash(p, 21) % 2 = 0, 'female', 'male') as sex,
    ['white', 'black', 'asian', 'other'][1 + (hash(p, 22) % 4)::integer] as race, 'not_hispanic' as ethnicity,
    if(hash(p, 23) % 9 = 0, 'es', 'en') as language, lpad((hash(p, 24) % 90000 + 10000)::varchar, 5, '0') as zip_code,
    lpad((hash(p, 25) % 3000 + 1000)::varchar, 5, '0') as county_fips, null::varchar as census_tract,
    if(hash(p, 26) % 20 = 0, date '2025-11-01' + (hash(p, 27) % 400)::integer, null) as death_date,
    null::varchar as primary_care_provider_id, (p % $buckets)::integer as bucket
from range(1, $patients + 1) as patient(p)
where p % $buckets = $bucket
order by patient_key
