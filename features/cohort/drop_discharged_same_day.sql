-- Drop rule discharged_same_day: the stay ended on the day on which it began: hardly the heart attack that is meant.
-- A chain of transfers is one stay, and one that ended in another acute hospital is dropped as transferred out.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: CMS heart attack readmission measure, CBE 0505 (to be checked; read for its sister CBE 2881, notes of hrrp_ami).
select s.stay_key, s.discharged_at as known_from
from cohort.stay as s
where s.discharge_date = s.admission_date
