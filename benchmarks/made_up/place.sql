-- Where the encounters of each person begin in the numbering. Grain: one row per person.
select p, sum(encounters) over (order by p) - encounters as first_place, sum(encounters) over () as all_encounters
from (select p, count(*)::bigint as encounters from step group by p)
