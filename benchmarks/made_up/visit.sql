-- What the tables of a bucket are drawn from: its encounters with their keys.
-- Keys are dense over all buckets and scattered over the people, as those of the real core are, whose order is that of the
--   text ids.
-- Grain: one row per encounter of the bucket.
select
    step.p as patient_key, encounter_class, site, started_at, ended_at, is_transferred,
    (1 + (place.first_place + row_number() over (partition by step.p order by k, s) - 1) * $stride % $encounters)::integer as encounter_key
from step
join place on place.p = step.p
where step.p % $buckets = $bucket
