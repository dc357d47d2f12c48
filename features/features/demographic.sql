-- Who the patient is. Race and ethnicity are carried for the audit only and never for ranking.
-- Grain: one row per prediction point.
-- Source: core.patient, cohort.stay; clinical-definitions.md, section 6 (fairness audit).
select
    p.stay_key, s.age_years, patient.sex, patient.race, patient.ethnicity, patient.language, s.payer_class,
    case
        when patient.language is null then null
        else not exists (
            select 1 from reference.english_language as english
            where regexp_matches(lower(trim(patient.language)), english.language_pattern)
        )
    end::integer as has_non_english_language
from features.prediction_point as p
join cohort.stay as s on s.stay_key = p.stay_key
join core.patient as patient on patient.patient_key = p.patient_key
