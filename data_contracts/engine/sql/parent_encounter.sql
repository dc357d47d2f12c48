-- What a fact needs of its encounter: its key, its patient and the patient's bucket and day of death.
-- Grain: one row per encounter. Source: the encounters and patients of this build.
SELECT encounter.encounter_id, encounter.encounter_key, encounter.patient_key, encounter.patient_id,
       patient.bucket, patient.death_date
FROM final_encounter AS encounter
JOIN final_patient AS patient USING (patient_key)
