-- Who the patient is. Race and ethnicity are carried for the audit only and never for ranking.
-- Grain: one row per prediction point.
-- Source: core.patient, features.point_stay; clinical-definitions.md, section 6 (fairness audit).
select
    p.point_key, year(p.admission_date) - year(patient.birth_date)
        - (month(p.admission_date) * 100 + day(p.admission_date)
            < month(patient.birth_date) * 100 + day(patient.birth_date))::integer as age_years,
    patient.sex, patient.race, patient.ethnicity, patient.language, z.payer_class,
    case
        when patient.language is null then null
        else not exists (
            select 1 from reference.english_language as english
            where regexp_matches(lower(trim(patient.language)), english.language_pattern)
        )
    end::integer as has_non_english_language
from features.prediction_point as p
join features.point_stay as o on o.point_key = p.point_key
join core.encounter as z on z.encounter_key = o.last_encounter_key
join core.patient as patient on patient.patient_key = p.patient_key
