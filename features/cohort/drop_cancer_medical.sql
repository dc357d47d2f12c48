-- Drop rule cancer_medical: medical treatment of cancer: a cancer principal diagnosis without a qualifying surgical procedure.
-- That no such procedure was done is known at discharge only.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, greatest(s.principal_known_from, coalesce(s.discharged_at, 'infinity'::timestamp)) as known_from
from cohort.stay as s
join reference.hwr_exclusion as x on x.diagnosis_ccs::integer = s.principal_ccs
left join cohort.stay_procedure as p on p.stay_key = s.stay_key
where x.category = 'Medical Treatment of Cancer' and p.is_surgical is not true
