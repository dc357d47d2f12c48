-- Drop rule rehabilitation: the principal diagnosis is rehabilitation.
-- Grain: one row per stay that the rule drops; `is_known_at_discharge` says whether the rule could already be applied then.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, s.is_principal_known_at_discharge as is_known_at_discharge
from cohort.stay as s
join reference.hwr_exclusion as x on x.diagnosis_ccs::integer = s.principal_ccs
where x.category = 'Rehabilitation'
