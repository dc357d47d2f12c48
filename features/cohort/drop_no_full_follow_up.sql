-- Drop rule no_full_follow_up: the follow-up window is not over by the data cut-off. For training and audit only: scoring needs none.
-- Grain: one row per stay that the rule drops; `is_known_at_discharge` says whether the rule could already be applied then.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, true as is_known_at_discharge
from cohort.stay as s
where s.discharge_date + $follow_up_days::integer > $cut_off_date::date
