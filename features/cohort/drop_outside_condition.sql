-- Drop rule outside_condition: the stay is not of the measure's condition.
-- Where the principal diagnosis or a procedure would let it in, other diagnoses decide, which may be coded late: that never
--   keeps a stay from being scored.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: CMS 30-day readmission measures by condition (cohort.condition).
with entry as (select distinct stay_key from cohort.condition_entry where condition = $condition::varchar)
select
    s.stay_key,
    if(entry.stay_key is null,
        greatest(coalesce(s.principal_known_from, 'infinity'::timestamp), coalesce(s.discharged_at, 'infinity'::timestamp)),
        null) as known_from
from cohort.stay as s
left join entry on entry.stay_key = s.stay_key
anti join cohort.condition as c on c.stay_key = s.stay_key and c.condition = $condition::varchar
where $condition::varchar is not null
