-- Rule: what this source cannot say; a sentence applies where its condition holds. No values.
-- Grain: one row per sentence.
SELECT sentence, applies
FROM (VALUES
    ('No discharge disposition: deaths in hospital, transfers out, hospice and against-medical-advice discharges cannot be excluded.', true),
    ('No admission type or source: emergency and elective admissions cannot be told apart.', true),
    ('No status: every claim is taken as finished on its discharge date.', true),
    ('Dates without times: same-day order is unknown; birth and death are given as the first day of their month.', true),
    ('Facility kind is unknown: provider numbers are scrambled, so psychiatric and rehabilitation hospitals cannot be set apart.', true),
    ('Race is one code per person: Hispanic persons have no race, others no ethnicity. No language, ZIP code or tract.', true),
    ('No present-on-admission flag and no time of coding: diagnoses are known from the discharge date on.', true),
    ('At most one procedure per claim, without a date: the second to sixth procedure fields hold diagnosis codes.', true),
    ('No laboratory results, screenings, units or services.', true),
    ('Relations between variables were weakened on purpose by CMS: performance measured here means little.', true),
    ('No outpatient claims: emergency visits and other returns outside the inpatient wards are unknown.',
        NOT EXISTS (FROM source.outpatient_claims)),
    ('Outpatient claims hold no observation status: observation returns are unknown.', EXISTS (FROM source.outpatient_claims)),
    ('No prescription drug events: medications are unknown.', NOT EXISTS (FROM source.prescription_drug_events)),
    ('Some inpatient claims have no principal diagnosis.', EXISTS (
        FROM source.claim AS c
        ANTI JOIN source.claim_code AS p ON c.clm_id = p.clm_id AND p.kind = 'diagnosis' AND p.position = 1
        WHERE c.encounter_class = 'inpatient'))
) AS t (sentence, applies)
