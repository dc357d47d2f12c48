-- Drop rule not_finished: the stay had not ended by the data cut-off.
-- Grain: one row per stay that the rule drops; `is_known_at_discharge` says whether the rule could already be applied then.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, true as is_known_at_discharge
from cohort.stay as s
where not s.is_finished
