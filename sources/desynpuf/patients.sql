-- Rule: a beneficiary is described by the latest year in which the person was enrolled (birth, sex, race, death and
--       county of residence); CMS race code 5 is Hispanic ethnicity and says nothing of race. The county is the SSA
--       state and county code, translated to FIPS; codes of no county (state 54, county 000 or 999 unknown) stay empty.
-- Grain: one row per beneficiary.
-- Source: CMS DE-SynPUF codebook; reference.desynpuf_code, reference.ssa_fips_county.
WITH latest AS (
    SELECT *
    FROM source.beneficiary_summary
    QUALIFY row_number() OVER (
        PARTITION BY desynpuf_id
        ORDER BY regexp_extract(filename, '(?i)_(\d{4})_Beneficiary_Summary', 1) DESC, filename
    ) = 1
)

SELECT
    person.desynpuf_id AS patient_id,
    source.iso_date(person.bene_birth_dt) AS birth_date,
    coalesce(sex.target_value, 'unknown') AS sex,
    race.target_value AS race,
    ethnicity.target_value AS ethnicity,
    county.county_fips,
    source.iso_date(person.bene_death_dt) AS death_date
FROM latest AS person
LEFT JOIN reference.desynpuf_code AS sex
    ON sex.field = 'BENE_SEX_IDENT_CD' AND sex.code = person.bene_sex_ident_cd
LEFT JOIN reference.desynpuf_code AS race
    ON race.field = 'BENE_RACE_CD' AND race.target = 'race' AND race.code = person.bene_race_cd
LEFT JOIN reference.desynpuf_code AS ethnicity
    ON ethnicity.field = 'BENE_RACE_CD' AND ethnicity.target = 'ethnicity' AND ethnicity.code = person.bene_race_cd
LEFT JOIN reference.ssa_fips_county AS county
    ON county.ssa_county = person.sp_state_code || person.bene_county_cd
ORDER BY patient_id
