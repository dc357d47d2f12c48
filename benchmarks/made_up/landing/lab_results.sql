-- Landing table lab_results, from the made-up core. Grain: one row per result.
select e.patient_id, e.encounter_id, r.loinc_code, r.value, r.unit, r.collected_at, r.resulted_at
from core.lab_result as r
join core.encounter as e on e.encounter_key = r.encounter_key
