-- The columns read from DE-SynPUF 1.0 (CMS codebook); a column a file lacks stays empty, others are not read.
CREATE TABLE source.beneficiary_summary (
    filename VARCHAR, desynpuf_id VARCHAR, bene_birth_dt VARCHAR, bene_death_dt VARCHAR, bene_sex_ident_cd VARCHAR,
    bene_race_cd VARCHAR, sp_state_code VARCHAR, bene_county_cd VARCHAR);

CREATE TABLE source.inpatient_claims (
    desynpuf_id VARCHAR, clm_id VARCHAR, segment VARCHAR, clm_from_dt VARCHAR, clm_thru_dt VARCHAR, prvdr_num VARCHAR,
    at_physn_npi VARCHAR, clm_admsn_dt VARCHAR, nch_bene_dschrg_dt VARCHAR, clm_drg_cd VARCHAR,
    icd9_dgns_cd_1 VARCHAR, icd9_dgns_cd_2 VARCHAR, icd9_dgns_cd_3 VARCHAR, icd9_dgns_cd_4 VARCHAR, icd9_dgns_cd_5 VARCHAR,
    icd9_dgns_cd_6 VARCHAR, icd9_dgns_cd_7 VARCHAR, icd9_dgns_cd_8 VARCHAR, icd9_dgns_cd_9 VARCHAR, icd9_dgns_cd_10 VARCHAR,
    icd9_prcdr_cd_1 VARCHAR, icd9_prcdr_cd_2 VARCHAR, icd9_prcdr_cd_3 VARCHAR, icd9_prcdr_cd_4 VARCHAR,
    icd9_prcdr_cd_5 VARCHAR, icd9_prcdr_cd_6 VARCHAR,
    hcpcs_cd_1 VARCHAR, hcpcs_cd_2 VARCHAR, hcpcs_cd_3 VARCHAR, hcpcs_cd_4 VARCHAR, hcpcs_cd_5 VARCHAR,
    hcpcs_cd_6 VARCHAR, hcpcs_cd_7 VARCHAR, hcpcs_cd_8 VARCHAR, hcpcs_cd_9 VARCHAR, hcpcs_cd_10 VARCHAR,
    hcpcs_cd_11 VARCHAR, hcpcs_cd_12 VARCHAR, hcpcs_cd_13 VARCHAR, hcpcs_cd_14 VARCHAR, hcpcs_cd_15 VARCHAR,
    hcpcs_cd_16 VARCHAR, hcpcs_cd_17 VARCHAR, hcpcs_cd_18 VARCHAR, hcpcs_cd_19 VARCHAR, hcpcs_cd_20 VARCHAR,
    hcpcs_cd_21 VARCHAR, hcpcs_cd_22 VARCHAR, hcpcs_cd_23 VARCHAR, hcpcs_cd_24 VARCHAR, hcpcs_cd_25 VARCHAR,
    hcpcs_cd_26 VARCHAR, hcpcs_cd_27 VARCHAR, hcpcs_cd_28 VARCHAR, hcpcs_cd_29 VARCHAR, hcpcs_cd_30 VARCHAR,
    hcpcs_cd_31 VARCHAR, hcpcs_cd_32 VARCHAR, hcpcs_cd_33 VARCHAR, hcpcs_cd_34 VARCHAR, hcpcs_cd_35 VARCHAR,
    hcpcs_cd_36 VARCHAR, hcpcs_cd_37 VARCHAR, hcpcs_cd_38 VARCHAR, hcpcs_cd_39 VARCHAR, hcpcs_cd_40 VARCHAR,
    hcpcs_cd_41 VARCHAR, hcpcs_cd_42 VARCHAR, hcpcs_cd_43 VARCHAR, hcpcs_cd_44 VARCHAR, hcpcs_cd_45 VARCHAR);

CREATE TABLE source.outpatient_claims AS FROM source.inpatient_claims;

CREATE TABLE source.prescription_drug_events (desynpuf_id VARCHAR, pde_id VARCHAR, srvc_dt VARCHAR, prod_srvc_id VARCHAR);

-- 20090412 -> 2009-04-12; an unreadable date is handed on as it is, so the contract can name it.
CREATE MACRO source.iso_date(written) AS coalesce(strftime(try_strptime(written, '%Y%m%d'), '%Y-%m-%d'), written);
