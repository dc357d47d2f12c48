-- Rule: every visit is an encounter, and so is the emergency time within it (emergency_part.sql). A visit of a person who
--       is not in person is handed on; the contract quarantines it.
-- Grain: one row per visit_occurrence_id, and one per unbroken emergency time of a visit.
-- Source: source.visit, visit_place, visit_payer, emergency_part.
SELECT
    visit.visit_occurrence_id AS encounter_id,
    visit.person_id AS patient_id,
    visit.encounter_class,
    visit.started_at,
    visit.ended_at,
    place.facility_id,
    place.unit,
    visit.admission_type,
    visit.admission_source,
    visit.discharge_disposition,
    payer.payer_class,
    visit.provider_id AS attending_provider_id
FROM source.visit AS visit
LEFT JOIN source.visit_place AS place ON visit.visit_occurrence_id = place.visit_occurrence_id
LEFT JOIN source.visit_payer AS payer ON visit.visit_occurrence_id = payer.visit_occurrence_id
UNION ALL BY NAME
SELECT
    part.encounter_id,
    part.person_id AS patient_id,
    'emergency' AS encounter_class,
    part.started_at,
    part.ended_at,
    place.facility_id,
    part.unit,
    payer.payer_class
FROM source.emergency_part AS part
LEFT JOIN source.visit_place AS place ON part.visit_occurrence_id = place.visit_occurrence_id
LEFT JOIN source.visit_payer AS payer ON part.visit_occurrence_id = payer.visit_occurrence_id
ORDER BY encounter_id
