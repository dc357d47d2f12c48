-- Drop rule transferred_out: the stay ended with a discharge to another acute hospital (planned-return twins included).
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, s.discharged_at as known_from
from cohort.stay as s
join reference.discharge_disposition as d on d.code = s.discharge_disposition
where d.category = 'acute_transfer'
