-- Drop rule prior_excluded_procedure: a procedure that takes a stay out of the measure's condition was done in a stay before.
-- Rule: the earlier stay ended in the measure's procedure_look_back_days before this admission (heart failure: an assist device
--   or a transplant in the year before). One in the stay itself takes it out of the condition (cohort.condition).
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: CMS heart failure readmission measure, CBE 0330 (to be checked; read for CBE 0229, notes of hrrp_hf).
select distinct s.stay_key, s.admitted_at as known_from
from cohort.condition_procedure as p
join cohort.stay as earlier on earlier.stay_key = p.stay_key
join cohort.stay as s on s.patient_key = earlier.patient_key and s.stay_key <> earlier.stay_key
where p.role = 'excluded_procedure'
    and earlier.discharged_at <= s.admitted_at
    and earlier.discharge_date >= s.admission_date - $procedure_look_back_days::integer
