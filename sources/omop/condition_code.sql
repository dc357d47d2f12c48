-- Rule: the code system is the vocabulary of the source concept. Where the concept table does not carry that concept (a
--       public id is there, its vocabulary is not), a code that stands in only one of the ICD-9-CM and ICD-10-CM lists
--       is of that list, and a code in both or neither is of the system all other codes of the visit are in. Otherwise
--       the row is left out with a reason: a site's own code, another vocabulary, no source concept, an admission
--       diagnosis, no visit. Rank: what status or type concept says about the position, smallest first.
-- Grain: one row per condition_occurrence row.
-- Source: OMOP CDM condition_occurrence, concept; reference.gem_diagnosis, ccs_diagnosis, omop_condition_position.
WITH listed AS (
    SELECT
        condition.person_id, condition.visit_occurrence_id, concept.vocabulary_id,
        source.dotless(if(concept.vocabulary_id IN ('ICD9CM', 'ICD10CM'), concept.concept_code, condition.condition_source_value)) AS code,
        source.is_public(condition.condition_source_concept_id) AS is_public,
        code IN (SELECT icd9cm_code FROM reference.gem_diagnosis) AS is_icd9,
        code IN (SELECT icd10cm_code FROM reference.ccs_diagnosis) AS is_icd10,
        least(status.rank, type.rank) AS rank,
        coalesce(status.is_admission, false) AS is_admission
    FROM source.condition_occurrence AS condition
    LEFT JOIN source.concept AS concept
        ON condition.condition_source_concept_id = concept.concept_id AND concept.concept_id <> '0'
    LEFT JOIN reference.omop_condition_position AS status ON condition.condition_status_concept_id = status.concept_id
    LEFT JOIN reference.omop_condition_position AS type ON condition.condition_type_concept_id = type.concept_id
),

certain AS (
    SELECT
        *,
        CASE
            WHEN vocabulary_id = 'ICD9CM' THEN 'ICD-9-CM' WHEN vocabulary_id = 'ICD10CM' THEN 'ICD-10-CM'
            WHEN vocabulary_id IS NULL AND is_public AND is_icd9 AND NOT is_icd10 THEN 'ICD-9-CM'
            WHEN vocabulary_id IS NULL AND is_public AND is_icd10 AND NOT is_icd9 THEN 'ICD-10-CM'
        END AS certain_system
    FROM listed
),

decided AS (
    SELECT
        * EXCLUDE (certain_system),
        coalesce(certain_system, if(
            vocabulary_id IS NULL AND is_public AND min(certain_system) OVER visit = max(certain_system) OVER visit,
            min(certain_system) OVER visit, NULL
        )) AS code_system
    FROM certain
    WINDOW visit AS (PARTITION BY visit_occurrence_id)
)

SELECT
    *,
    CASE
        WHEN visit_occurrence_id IS NULL THEN 'no visit'
        WHEN code_system IS NULL AND vocabulary_id IS NOT NULL THEN 'coded in another vocabulary than ICD-9-CM or ICD-10-CM'
        WHEN code_system IS NULL AND NOT coalesce(is_public, false) THEN 'no source concept that names the code system'
        WHEN code_system IS NULL THEN 'code system cannot be told from the code'
        WHEN is_admission THEN 'admission diagnosis'
    END AS reason
FROM decided
