-- Rule: time a visit's details spend in an emergency department is an emergency encounter of its own beside the visit it
--       led to, unless the visit itself is an emergency encounter. Details that follow without a gap are one encounter.
--       Details without duration are markers of the admission, not care, and are left out.
-- Grain: one row per unbroken emergency time of a visit; the encounter is named after its first detail.
-- Source: OMOP CDM visit_detail; reference.omop_visit_concept.
WITH detail AS (
    SELECT
        part.visit_detail_id, part.visit_occurrence_id, part.person_id, site.care_site_name,
        source.iso_time(part.visit_detail_start_datetime, part.visit_detail_start_date) AS started_at,
        source.iso_time(part.visit_detail_end_datetime, part.visit_detail_end_date) AS ended_at
    FROM source.visit_detail AS part
    INNER JOIN reference.omop_visit_concept AS concept
        ON part.visit_detail_concept_id = concept.concept_id AND concept.encounter_class = 'emergency'
    INNER JOIN source.visit AS visit
        ON part.visit_occurrence_id = visit.visit_occurrence_id AND visit.encounter_class <> 'emergency'
    LEFT JOIN source.care_site AS site ON part.care_site_id = site.care_site_id
),

marked AS (
    SELECT
        *,
        coalesce(started_at > max(ended_at) OVER (
            PARTITION BY visit_occurrence_id ORDER BY started_at, ended_at, visit_detail_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), true) AS begins
    FROM detail
    WHERE ended_at > started_at
),

counted AS (
    SELECT
        *, sum(begins::INTEGER) OVER (
            PARTITION BY visit_occurrence_id ORDER BY started_at, ended_at, visit_detail_id
        ) AS part_number
    FROM marked
)

SELECT
    'visit-detail-' || arg_min(visit_detail_id, (started_at, ended_at, visit_detail_id)) AS encounter_id,
    visit_occurrence_id,
    min(person_id) AS person_id,
    min(started_at) AS started_at,
    max(ended_at) AS ended_at,
    arg_min(care_site_name, (started_at, ended_at, visit_detail_id)) AS unit,
    count(*) AS details
FROM counted
GROUP BY visit_occurrence_id, part_number
