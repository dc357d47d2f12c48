-- Rule: a source code counts once per visit, at its best position. A visit has a principal diagnosis (sequence 1) only
--       where exactly one code is said to be primary or first; otherwise no code has sequence 1: numbering begins at 2
--       and its order (by code) means nothing.
-- Grain: one row per visit, code system and code.
-- Source: source.condition_code.
WITH once AS (
    SELECT visit_occurrence_id, person_id, code_system, code, min(rank) AS rank
    FROM source.condition_code
    WHERE reason IS NULL
    GROUP BY ALL
),

best AS (
    SELECT *, min(rank) OVER (PARTITION BY visit_occurrence_id) AS best_rank
    FROM once
),

counted AS (
    SELECT
        *,
        -- Ranks: 0 primary, 1 first position, then the further positions.
        best_rank <= 1 AND count(*) FILTER (WHERE rank = best_rank) OVER (PARTITION BY visit_occurrence_id) = 1 AS has_principal
    FROM best
)

SELECT
    visit_occurrence_id AS encounter_id,
    person_id AS patient_id,
    code_system,
    code,
    (
        row_number() OVER (PARTITION BY visit_occurrence_id ORDER BY rank NULLS LAST, code_system, code, person_id)
        + if(coalesce(has_principal, false), 0, 1)
    )::INTEGER AS sequence
FROM counted
ORDER BY encounter_id, sequence
