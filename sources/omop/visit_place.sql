-- Rule: a care site is a ward, a department or a building; its location is where it stands, and that is the facility:
--       of the visit's own care site, else of the last ward the visit's details name, else the one location there is.
--       A visit whose care site has no location has the care site as facility. Unit = the last ward outside emergency.
-- Grain: one row per visit_occurrence_id.
-- Source: OMOP CDM care_site, location, visit_detail; reference.omop_visit_concept says what an emergency detail is.
WITH ward AS (
    SELECT detail.visit_occurrence_id, site.care_site_name, site.location_id
    FROM source.visit_detail AS detail
    INNER JOIN source.care_site AS site ON detail.care_site_id = site.care_site_id
    LEFT JOIN reference.omop_visit_concept AS concept ON concept.concept_id = detail.visit_detail_concept_id
    WHERE concept.encounter_class IS DISTINCT FROM 'emergency'
    QUALIFY row_number() OVER (
        PARTITION BY detail.visit_occurrence_id
        ORDER BY
            source.iso_time(detail.visit_detail_end_datetime, detail.visit_detail_end_date) DESC NULLS LAST,
            source.iso_time(detail.visit_detail_start_datetime, detail.visit_detail_start_date) DESC NULLS LAST,
            detail.visit_detail_id DESC
    ) = 1
),

only_location AS (
    SELECT if(count(DISTINCT location_id) = 1 AND count(*) = count(location_id), max(location_id), NULL) AS location_id
    FROM source.care_site
)

SELECT DISTINCT
    visit.visit_occurrence_id,
    coalesce(
        'location-' || coalesce(site.location_id, ward.location_id, if(site.care_site_id IS NULL, only_location.location_id, NULL)),
        'care-site-' || visit.care_site_id
    ) AS facility_id,
    coalesce(ward.care_site_name, site.care_site_name) AS unit
FROM source.visit_occurrence AS visit
CROSS JOIN only_location
LEFT JOIN source.care_site AS site ON visit.care_site_id = site.care_site_id
LEFT JOIN ward ON visit.visit_occurrence_id = ward.visit_occurrence_id
