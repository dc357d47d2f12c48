-- People, made up, and how many visits each has: 1 to 60, exponentially many; or as the shape of the data says.
-- Grain: one row per person.
select
    p::integer as p,
    case
        when p = 1 and $shared_visits > 0 then $shared_visits
        when $visits_each > 0 then $visits_each
        else least(60, 1 + floor(-8.1 * ln((hash(p, 1) % 1000000 + 1) / 1000001)))
    end::integer as visits
from range(1, $patients + 1) as person(p)
