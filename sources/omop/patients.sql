-- Rule: one person, one patient. Birth: the date of birth; without it the first of the month; without a month the
--       convention of the CDM: the day of the person's first visit if that lies in the year of birth, else 15 June.
--       ZIP and county come from the person's location; a county that is no five-digit FIPS code stays empty.
-- Grain: one row per person_id as the file has them.
-- Source: OMOP CDM person (ETL conventions of birth_datetime), death, location; reference.omop_person.
WITH first_visit AS (
    SELECT person_id, min(visit_start_date) AS first_date
    FROM source.visit_occurrence
    GROUP BY person_id
),

died AS (
    SELECT person_id, min(death_date) AS death_date
    FROM source.death
    GROUP BY person_id
)

SELECT
    person.person_id AS patient_id,
    CASE
        WHEN person.birth_datetime IS NOT NULL THEN person.birth_datetime[1:10]
        WHEN person.month_of_birth IS NULL AND first_visit.first_date[1:4] = person.year_of_birth THEN first_visit.first_date
        WHEN person.month_of_birth IS NULL THEN person.year_of_birth || '-06-15'
        ELSE
            person.year_of_birth || '-' || lpad(person.month_of_birth, 2, '0') || '-'
            || lpad(coalesce(person.day_of_birth, '1'), 2, '0')
    END AS birth_date,
    coalesce(sex.target_value, 'unknown') AS sex,
    coalesce(race.target_value, race_word.target_value) AS race,
    ethnicity.target_value AS ethnicity,
    location.zip AS zip_code,
    if(regexp_full_match(location.county, '\d{5}'), location.county, NULL) AS county_fips,
    died.death_date,
    person.provider_id AS primary_care_provider_id
FROM source.person AS person
LEFT JOIN first_visit ON person.person_id = first_visit.person_id
LEFT JOIN died ON person.person_id = died.person_id
LEFT JOIN source.location AS location ON person.location_id = location.location_id
LEFT JOIN reference.omop_person AS sex ON sex.kind = 'sex' AND sex.concept_id = person.gender_concept_id
LEFT JOIN reference.omop_person AS race ON race.kind = 'race' AND race.concept_id = person.race_concept_id
LEFT JOIN reference.omop_person AS race_word
    ON race_word.kind = 'race' AND race_word.source_value = upper(trim(person.race_source_value))
LEFT JOIN reference.omop_person AS ethnicity
    ON ethnicity.kind = 'ethnicity' AND ethnicity.concept_id = person.ethnicity_concept_id
ORDER BY patient_id
