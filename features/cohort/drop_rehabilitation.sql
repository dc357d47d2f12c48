-- Drop rule rehabilitation: the principal diagnosis is rehabilitation.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, s.principal_known_from as known_from
from cohort.stay as s
join reference.hwr_exclusion as x on x.diagnosis_ccs::integer = s.principal_ccs
where x.category = 'Rehabilitation'
