-- The columns read from OMOP CDM 5.3 and 5.4 (https://ohdsi.github.io/CommonDataModel/), all as text: ids may be negative
-- 64-bit numbers. Where 5.4 renamed a column both names stand here; a column a file lacks stays empty.
CREATE TABLE source.person (
    person_id VARCHAR, gender_concept_id VARCHAR, gender_source_value VARCHAR, year_of_birth VARCHAR, month_of_birth VARCHAR,
    day_of_birth VARCHAR, birth_datetime VARCHAR, race_concept_id VARCHAR, race_source_value VARCHAR,
    ethnicity_concept_id VARCHAR, ethnicity_source_value VARCHAR, location_id VARCHAR, provider_id VARCHAR);
CREATE TABLE source.visit_occurrence (
    visit_occurrence_id VARCHAR, person_id VARCHAR, visit_concept_id VARCHAR, visit_start_date VARCHAR,
    visit_start_datetime VARCHAR, visit_end_date VARCHAR, visit_end_datetime VARCHAR, provider_id VARCHAR,
    care_site_id VARCHAR, visit_source_concept_id VARCHAR,
    admitting_source_concept_id VARCHAR, admitting_source_value VARCHAR,
    admitted_from_concept_id VARCHAR, admitted_from_source_value VARCHAR,
    discharge_to_concept_id VARCHAR, discharge_to_source_value VARCHAR,
    discharged_to_concept_id VARCHAR, discharged_to_source_value VARCHAR);
CREATE TABLE source.visit_detail (
    visit_detail_id VARCHAR, person_id VARCHAR, visit_detail_concept_id VARCHAR, visit_detail_start_date VARCHAR,
    visit_detail_start_datetime VARCHAR, visit_detail_end_date VARCHAR, visit_detail_end_datetime VARCHAR,
    care_site_id VARCHAR, visit_occurrence_id VARCHAR);
CREATE TABLE source.condition_occurrence (
    condition_occurrence_id VARCHAR, person_id VARCHAR, condition_type_concept_id VARCHAR,
    condition_status_concept_id VARCHAR, visit_occurrence_id VARCHAR, condition_source_value VARCHAR,
    condition_source_concept_id VARCHAR);
CREATE TABLE source.procedure_occurrence (
    procedure_occurrence_id VARCHAR, person_id VARCHAR, procedure_date VARCHAR, procedure_datetime VARCHAR,
    visit_occurrence_id VARCHAR, procedure_source_value VARCHAR, procedure_source_concept_id VARCHAR);
CREATE TABLE source.drug_exposure (
    drug_exposure_id VARCHAR, person_id VARCHAR, drug_concept_id VARCHAR, drug_exposure_start_date VARCHAR,
    drug_exposure_start_datetime VARCHAR, drug_exposure_end_date VARCHAR, drug_exposure_end_datetime VARCHAR,
    drug_type_concept_id VARCHAR, visit_occurrence_id VARCHAR, drug_source_value VARCHAR, drug_source_concept_id VARCHAR);
CREATE TABLE source.measurement (
    measurement_id VARCHAR, person_id VARCHAR, measurement_concept_id VARCHAR, measurement_date VARCHAR,
    measurement_datetime VARCHAR, value_as_number VARCHAR, unit_concept_id VARCHAR, unit_source_value VARCHAR,
    visit_occurrence_id VARCHAR, measurement_source_concept_id VARCHAR);
CREATE TABLE source.observation (
    observation_id VARCHAR, person_id VARCHAR, observation_concept_id VARCHAR, observation_date VARCHAR,
    observation_datetime VARCHAR, value_as_number VARCHAR, value_as_string VARCHAR, value_as_concept_id VARCHAR,
    visit_occurrence_id VARCHAR, observation_source_concept_id VARCHAR, value_source_value VARCHAR);
CREATE TABLE source.death (person_id VARCHAR, death_date VARCHAR);
CREATE TABLE source.care_site (care_site_id VARCHAR, care_site_name VARCHAR, location_id VARCHAR);
CREATE TABLE source.location (location_id VARCHAR, zip VARCHAR, county VARCHAR, location_source_value VARCHAR);
CREATE TABLE source.payer_plan_period (
    person_id VARCHAR, payer_plan_period_start_date VARCHAR, payer_plan_period_end_date VARCHAR, payer_concept_id VARCHAR,
    payer_source_value VARCHAR);
CREATE TABLE source.concept (
    concept_id VARCHAR, concept_name VARCHAR, vocabulary_id VARCHAR, concept_code VARCHAR);
CREATE TABLE source.cdm_source (cdm_version VARCHAR);

CREATE MACRO source.iso_time(moment, day) AS coalesce(replace(trim(moment), ' ', 'T'), day);
-- Concept ids from 2,000,000,000 on are a site's own; 0 means none.
CREATE MACRO source.is_public(concept_id) AS try_cast(concept_id AS BIGINT) BETWEEN 1 AND 1999999999;
CREATE MACRO source.dotless(code) AS upper(replace(trim(code), '.', ''));
