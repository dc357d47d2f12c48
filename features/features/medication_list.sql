-- Medications around a stay with whether each is on the list that the patient goes by now.
-- Rule: that is the discharge list as far as it is written; without one, what was taken at home.
-- Grain: as features.medication_use.
-- Source: features.medication_use.
select u.*, u.role = if(bool_or(u.role = 'discharge') over (partition by u.point_key), 'discharge', 'home') as is_current
from features.medication_use as u
