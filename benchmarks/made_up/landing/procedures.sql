-- Landing table procedures, from the made-up core. Grain: one row per encounter and code.
select e.encounter_id, e.patient_id, p.code_system, p.code, p.performed_at
from core.procedure as p
join core.encounter as e on e.encounter_key = p.encounter_key
