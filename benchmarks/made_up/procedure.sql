-- core.procedure, made up: one of three inpatient encounters has one. Grain: one row per procedure of a bucket.
with drawn as (
    select *, 1 + (power((hash(encounter_key, 50) % 1000003) / 1000003, 4) * (len(codes) - 1))::integer as place
    from visit, procedure_code
    where patient_key % $buckets = $bucket and encounter_class = 'inpatient' and hash(encounter_key, 51) % 3 = 0
)
select
    encounter_key, patient_key, 'ICD-10-PCS' as code_system, codes[place] as code, codes[place] as icd10pcs_code,
    ccs[place] as ccs, started_at + interval 2 hour as performed_at, (started_at + interval 2 hour)::date as performed_date
from drawn
order by patient_key, encounter_key
