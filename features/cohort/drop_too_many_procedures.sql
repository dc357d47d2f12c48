-- Drop rule too_many_procedures: the stay has more different codes for the operation than two operations need.
-- Rule: more codes on the list of the measure's condition than its procedure_count_max, over all encounters of the stay.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: CMS hip and knee replacement readmission measure, CBE 1551 (to be checked; notes of hrrp_tha_tka).
select s.stay_key, s.discharged_at as known_from
from cohort.condition_procedure as p
join cohort.stay as s on s.stay_key = p.stay_key
where p.role = 'procedure'
group by s.stay_key, s.discharged_at
having count(distinct p.code) > $procedure_count_max::integer
