-- Drop rule later_operation: the patient had such an operation before, in the same measurement period.
-- Rule: an earlier stay of the measure's condition ended in the measure's operation_period_days before this admission, whatever
--   became of it: bypass grafts are meant to last, and a second operation so soon is about the first.
-- Grain: one row per stay that the rule drops; `known_from` is never: who is operated on again is scored all the same.
-- Source: CMS bypass surgery readmission measure, CBE 2515 (to be checked; notes of hrrp_cabg).
with operation as (
    select s.stay_key, s.patient_key, s.admitted_at, s.admission_date, s.discharge_date
    from cohort.condition as c
    join cohort.stay as s on s.stay_key = c.stay_key
    where c.condition = $condition::varchar
)
select distinct s.stay_key, null::timestamp as known_from
from operation as s
join operation as earlier
    on earlier.patient_key = s.patient_key
    and (earlier.admitted_at, earlier.stay_key) < (s.admitted_at, s.stay_key)
where earlier.discharge_date >= s.admission_date - $operation_period_days::integer
