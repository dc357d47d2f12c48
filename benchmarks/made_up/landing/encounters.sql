-- Landing table encounters, from the made-up core. Grain: one row per encounter.
select * exclude (encounter_key, patient_key, started_date, ended_date)
from core.encounter
