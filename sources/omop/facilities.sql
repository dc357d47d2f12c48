-- Rule: the places visits happen at (visit_place.sql), with the name the source has for them; their kind is not known.
-- Grain: one row per facility_id.
-- Source: OMOP CDM location, care_site.
SELECT place.facility_id, min(coalesce(location.location_source_value, site.care_site_name)) AS name
FROM source.visit_place AS place
LEFT JOIN source.location AS location ON place.facility_id = 'location-' || location.location_id
LEFT JOIN source.care_site AS site ON place.facility_id = 'care-site-' || site.care_site_id
WHERE place.facility_id IS NOT NULL
GROUP BY place.facility_id
ORDER BY facility_id
