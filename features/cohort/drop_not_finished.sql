-- Drop rule not_finished: the stay had not ended by the data cut-off.
-- Grain: one row per stay that the rule drops; `known_from` is never: a stay being scored needs no end.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, null::timestamp as known_from
from cohort.stay as s
where not s.is_finished
