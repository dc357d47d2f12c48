-- Rule: what these files cannot say; a sentence applies where its condition holds. No values.
-- Grain: one row per sentence.
WITH hospital AS (
    FROM source.visit WHERE encounter_class = 'inpatient'
),

principal AS (
    SELECT encounter_id FROM source.landing_diagnoses WHERE sequence = 1
)

SELECT sentence, applies
FROM (VALUES
    ('OMOP has no status: every visit is taken as finished when it has an end.', true),
    ('OMOP has no DRG, service, present-on-admission flag or time of coding: diagnoses are known from the end of the visit on.', true),
    ('OMOP does not say what kind of hospital a place is: a visit counts as psychiatric or rehabilitation only by its own concept.', true),
    ('No preferred language and no census tract.', true),
    ('The principal diagnosis is unknown for every inpatient visit: no status or type concept tells the position, so no diagnosis has sequence 1.',
        EXISTS (FROM hospital) AND NOT EXISTS (FROM hospital SEMI JOIN principal ON hospital.visit_occurrence_id = principal.encounter_id)),
    ('The principal diagnosis is unknown for some inpatient visits: their diagnoses are numbered from 2.',
        EXISTS (FROM hospital ANTI JOIN principal ON hospital.visit_occurrence_id = principal.encounter_id)
        AND EXISTS (FROM hospital SEMI JOIN principal ON hospital.visit_occurrence_id = principal.encounter_id)),
    ('The concept table does not carry the ICD vocabularies: the code system was told from the code lists.',
        EXISTS (FROM source.condition_code WHERE reason IS NULL AND vocabulary_id IS NULL)),
    ('Births without month follow the convention of the CDM (first visit of that year, else 15 June): age may be off by a year.',
        EXISTS (FROM source.person WHERE birth_datetime IS NULL AND month_of_birth IS NULL)),
    ('Some inpatient visits have no discharge disposition: deaths in hospital and transfers among them cannot be excluded.',
        EXISTS (FROM hospital WHERE discharge_disposition IS NULL)),
    ('Some inpatient visits have no admission type.', EXISTS (FROM hospital WHERE admission_type IS NULL)),
    ('Some visit concepts are not in the value set: class other.', EXISTS (
        FROM source.visit ANTI JOIN reference.omop_visit_concept AS known ON visit.visit_concept_id = known.concept_id
        WHERE encounter_class = 'other')),
    ('No payer of visits.', NOT EXISTS (FROM source.visit_payer)),
    ('No facility of visits.', NOT EXISTS (FROM source.visit_place WHERE facility_id IS NOT NULL)),
    ('No address of persons: area indices cannot be joined.', NOT EXISTS (
        FROM source.landing_patients WHERE zip_code IS NOT NULL OR county_fips IS NOT NULL)),
    ('No visit details: emergency care that led to an admission is unknown.', NOT EXISTS (FROM source.visit_detail)),
    ('No drug exposures.', NOT EXISTS (FROM source.drug_exposure)),
    ('No laboratory results with a LOINC code.', NOT EXISTS (FROM source.landing_lab_results)),
    ('No answers to social screening questions.', NOT EXISTS (FROM source.landing_sdoh_screenings)),
    ('No discharge medications: prescriptions at discharge cannot be told from those of the stay.',
        EXISTS (FROM source.drug) AND NOT EXISTS (FROM source.drug WHERE kind = 'discharge'))
) AS t (sentence, applies)
