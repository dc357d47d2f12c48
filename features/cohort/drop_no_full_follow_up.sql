-- Drop rule no_full_follow_up: the follow-up window is not over by the data cut-off. For training and audit only: scoring needs none.
-- Grain: one row per stay that the rule drops; `known_from` is never: a stay being scored needs no follow-up.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, null::timestamp as known_from
from cohort.stay as s
where s.discharge_date + $follow_up_days::integer > $cut_off_date::date
