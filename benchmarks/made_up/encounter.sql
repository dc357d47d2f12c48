-- core.encounter, made up; one in a hundred was cancelled. Grain: one row per encounter of a bucket.
select
    encounter_key, 'E' || lpad(encounter_key::varchar, 12, '0') as encounter_id, patient_key,
    'P' || lpad(patient_key::varchar, 10, '0') as patient_id, encounter_class, started_at, ended_at,
    started_at::date as started_date, ended_at::date as ended_date,
    if(hash(encounter_key, 30) % 100 = 0, 'cancelled', 'finished') as status, 'F' || lpad(site::varchar, 2, '0') as facility_id,
    ['4 West', 'Medical ICU', '5 East'][1 + (hash(encounter_key, 31) % 3)::integer] as unit,
    ['Medicine', 'Cardiology', 'Oncology', 'Surgery'][1 + (hash(encounter_key, 32) % 4)::integer] as service,
    if(encounter_class = 'inpatient', ['emergency', 'urgent', 'elective'][1 + (hash(encounter_key, 33) % 3)::integer], null)
        as admission_type,
    null::varchar as admission_source,
    case
        when encounter_class <> 'inpatient' then null
        when is_transferred then '02'
        else ['01', '01', '01', '01', '06', '06', '03', '62', '20', '07'][1 + (hash(encounter_key, 34) % 10)::integer]
    end as discharge_disposition,
    if(encounter_class = 'inpatient', ['291', '470', '871', '193'][1 + (hash(encounter_key, 35) % 4)::integer], null) as drg_code,
    ['medicare', 'medicaid', 'commercial'][1 + (hash(patient_key, 36) % 3)::integer] as payer_class,
    null::varchar as attending_provider_id, null::timestamp as source_updated_at
from visit
order by patient_key, encounter_key
