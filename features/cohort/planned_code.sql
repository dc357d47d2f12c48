-- The lists of the planned readmission algorithm as they hold for the measure.
-- Rule: after a stay of the measure's condition some rows of the lists do not hold (bypass surgery, joint replacement).
-- Grain: one row per list and code.
-- Source: CMS planned readmission algorithm 4.0 (reference.planned_readmission, hrrp_planned_exception).
select l.list as list_name, l.system, l.code, if(l.system in ('diagnosis_ccs', 'procedure_ccs'), l.code::integer, null) as ccs
from reference.planned_readmission as l
anti join reference.hrrp_planned_exception as x
    on x.condition = $condition::varchar and x.list = l.list and x.system = l.system and x.code = l.code
