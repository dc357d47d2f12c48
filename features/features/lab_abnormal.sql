-- Which of the last laboratory values are abnormal, one flag per analyte.
-- Grain: one row per prediction point; a flag is null where there is no value.
-- Source: features.lab_course (rule and sources there).
select
    p.point_key,
    max(l.is_abnormal) filter (where l.analyte = 'hemoglobin') as lab_hemoglobin_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'sodium') as lab_sodium_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'potassium') as lab_potassium_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'creatinine') as lab_creatinine_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'urea_nitrogen') as lab_urea_nitrogen_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'albumin') as lab_albumin_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'white_cells') as lab_white_cells_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'platelets') as lab_platelets_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'glucose') as lab_glucose_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'bnp') as lab_bnp_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'nt_probnp') as lab_nt_probnp_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'bilirubin') as lab_bilirubin_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'inr') as lab_inr_abnormal,
    max(l.is_abnormal) filter (where l.analyte = 'bicarbonate') as lab_bicarbonate_abnormal
from features.prediction_point as p
left join features.lab_course as l on l.point_key = p.point_key
group by p.point_key
