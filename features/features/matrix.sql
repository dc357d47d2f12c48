-- The feature matrix: every feature of the catalogue, side by side, for models, scores and the audit.
-- Grain: one row per prediction point.
-- Source: the tables of this layer; features/catalogue.yaml says what each column means.
select
    p.stay_key, p.stay_id, p.encounter_id, p.patient_key, p.patient_id, p.discharge_date, p.scored_at, p.prediction_point,
    p.facility_id,
    demographic.* exclude (stay_key), index_stay.* exclude (stay_key), prior_use.* exclude (stay_key),
    prior_stay.* exclude (stay_key), comorbidity.* exclude (stay_key), elixhauser.* exclude (stay_key),
    diagnosis_group.* exclude (stay_key), medication.* exclude (stay_key), lab.* exclude (stay_key),
    sdoh.* exclude (stay_key), area.* exclude (stay_key), clinical_score.* exclude (stay_key)
from features.prediction_point as p
join features.demographic as demographic on demographic.stay_key = p.stay_key
join features.index_stay as index_stay on index_stay.stay_key = p.stay_key
join features.prior_use as prior_use on prior_use.stay_key = p.stay_key
join features.prior_stay as prior_stay on prior_stay.stay_key = p.stay_key
join features.comorbidity as comorbidity on comorbidity.stay_key = p.stay_key
join features.elixhauser as elixhauser on elixhauser.stay_key = p.stay_key
join features.diagnosis_group as diagnosis_group on diagnosis_group.stay_key = p.stay_key
join features.medication as medication on medication.stay_key = p.stay_key
join features.lab as lab on lab.stay_key = p.stay_key
join features.sdoh as sdoh on sdoh.stay_key = p.stay_key
join features.area as area on area.stay_key = p.stay_key
join features.clinical_score as clinical_score on clinical_score.stay_key = p.stay_key
