-- Drop rule died_in_hospital: the last encounter ended in death.
-- Grain: one row per stay that the rule drops; `is_known_at_discharge` says whether the rule could already be applied then.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, true as is_known_at_discharge
from cohort.stay as s
join reference.discharge_disposition as d on d.code = s.discharge_disposition
where d.category = 'died'
