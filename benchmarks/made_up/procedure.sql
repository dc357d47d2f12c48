-- core.procedure, made up: one of three inpatient encounters has one. Grain: one row per procedure of a bucket.
with drawn as (
    select *, floor(power((hash(encounter_key, 50) % 1000003) / 1000003, 4) * (select count(*) from procedure_code))::integer as place
    from visit
    where encounter_class = 'inpatient' and hash(encounter_key, 51) % 3 = 0
)
select
    encounter_key, patient_key, 'ICD-10-PCS' as code_system, code, code as icd10pcs_code, ccs,
    started_at + interval 2 hour as performed_at, (started_at + interval 2 hour)::date as performed_date
from drawn
join procedure_code on procedure_code.place = drawn.place
order by patient_key, encounter_key
