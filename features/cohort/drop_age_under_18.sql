-- Drop rule age_under_18: the patient was younger than the measure's minimum age on the admission date.
-- Grain: one row per stay that the rule drops; `is_known_at_discharge` says whether the rule could already be applied then.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, true as is_known_at_discharge
from cohort.stay as s
where s.age_years < $min_age_years
