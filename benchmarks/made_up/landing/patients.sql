-- Landing table patients, from the made-up core. Grain: one row per patient.
select
    patient_id, birth_date, sex, race, ethnicity, language, zip_code, county_fips, census_tract, death_date,
    primary_care_provider_id, 'Name ' || patient_id as name, 'M' || patient_id as mrn, null::varchar as phone
from core.patient
