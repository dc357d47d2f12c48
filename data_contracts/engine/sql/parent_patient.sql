-- What a fact needs of its patient: the key, the bucket and the day of death.
-- Grain: one row per patient. Source: the patients of this build.
SELECT patient_id, patient_key, bucket, death_date
FROM final_patient
