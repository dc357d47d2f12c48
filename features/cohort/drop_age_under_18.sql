-- Drop rule age_under_18: the patient was younger than the measure's minimum age on the admission date.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, s.admitted_at as known_from
from cohort.stay as s
where s.age_years < $min_age_years
