-- Landing table diagnoses, from the made-up core; codes with their dots. Grain: one row per encounter and code.
select
    e.encounter_id, e.patient_id, d.code_system, left(d.code, 3) || if(length(d.code) > 3, '.', '') || substr(d.code, 4) as code,
    d.sequence, d.present_on_admission, d.recorded_at
from core.diagnosis as d
join core.encounter as e on e.encounter_key = d.encounter_key
