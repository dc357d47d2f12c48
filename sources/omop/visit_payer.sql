-- Rule: the payer of a visit is the plan whose period holds the day it begins; of several the one that began last.
--       A payer concept of the Source of Payment Typology maps by the longest prefix of its code, else the source's word.
-- Grain: one row per visit_occurrence_id that has a mapped plan.
-- Source: OMOP CDM payer_plan_period; reference.omop_payer.
SELECT visit.visit_occurrence_id, payer.payer_class
FROM source.visit_occurrence AS visit
INNER JOIN source.payer_plan_period AS plan
    ON
        visit.person_id = plan.person_id
        AND visit.visit_start_date BETWEEN plan.payer_plan_period_start_date AND plan.payer_plan_period_end_date
LEFT JOIN source.concept AS concept
    ON plan.payer_concept_id = concept.concept_id AND concept.vocabulary_id = 'SOPT'
INNER JOIN reference.omop_payer AS payer
    ON
        (payer.kind = 'sopt_prefix' AND starts_with(concept.concept_code, payer.value))
        OR (payer.kind = 'source_value' AND upper(trim(plan.payer_source_value)) = payer.value)
QUALIFY row_number() OVER (
    PARTITION BY visit.visit_occurrence_id
    ORDER BY plan.payer_plan_period_start_date DESC, payer.kind DESC, length(payer.value) DESC, payer.payer_class
) = 1
