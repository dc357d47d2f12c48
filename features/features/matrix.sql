-- The feature matrix: every feature of the catalogue, side by side, for models, scores and the audit.
-- Rule: every table has one row per prediction point. Laid side by side in order of stay_key they need no join, which over
--   240 columns cost four fifths of this stage's memory; a table out of step stops the run.
-- Grain: one row per prediction point.
-- Source: the tables of this layer; features/catalogue.yaml says what each column means.
select
    p.stay_key, p.stay_id, p.encounter_id, p.patient_key, p.patient_id, p.discharge_date, p.scored_at, p.prediction_point,
    p.facility_id,
    demographic.* exclude (stay_key), index_stay.* exclude (stay_key), prior_use.* exclude (stay_key),
    prior_stay.* exclude (stay_key), comorbidity.* exclude (stay_key), elixhauser.* exclude (stay_key),
    diagnosis_group.* exclude (stay_key), medication.* exclude (stay_key), lab.* exclude (stay_key),
    sdoh.* exclude (stay_key), area.* exclude (stay_key), clinical_score.* exclude (stay_key)
from (from features.prediction_point order by stay_key) as p
positional join (from features.demographic order by stay_key) as demographic
positional join (from features.index_stay order by stay_key) as index_stay
positional join (from features.prior_use order by stay_key) as prior_use
positional join (from features.prior_stay order by stay_key) as prior_stay
positional join (from features.comorbidity order by stay_key) as comorbidity
positional join (from features.elixhauser order by stay_key) as elixhauser
positional join (from features.diagnosis_group order by stay_key) as diagnosis_group
positional join (from features.medication order by stay_key) as medication
positional join (from features.lab order by stay_key) as lab
positional join (from features.sdoh order by stay_key) as sdoh
positional join (from features.area order by stay_key) as area
positional join (from features.clinical_score order by stay_key) as clinical_score
where if(
    demographic.stay_key = p.stay_key and index_stay.stay_key = p.stay_key and prior_use.stay_key = p.stay_key
    and prior_stay.stay_key = p.stay_key and comorbidity.stay_key = p.stay_key and elixhauser.stay_key = p.stay_key
    and diagnosis_group.stay_key = p.stay_key and medication.stay_key = p.stay_key and lab.stay_key = p.stay_key
    and sdoh.stay_key = p.stay_key and area.stay_key = p.stay_key and clinical_score.stay_key = p.stay_key,
    true, error('the feature tables are out of step'))
