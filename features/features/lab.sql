-- Last laboratory values of the stay, one column per analyte, with abnormal and missing flags.
-- Grain: one row per prediction point; all null where the source has no laboratory results.
-- Source: features.lab_last (rule and sources there).
with wide as (
    select
        p.point_key, count(j.analyte) as lab_analyte_count, count(*) filter (where j.is_abnormal = 1) as lab_abnormal_count,
        max(j.amount) filter (where j.analyte = 'hemoglobin') as lab_hemoglobin, max(j.is_abnormal) filter (where j.analyte = 'hemoglobin') as lab_hemoglobin_abnormal,
        max(j.amount) filter (where j.analyte = 'sodium') as lab_sodium, max(j.is_abnormal) filter (where j.analyte = 'sodium') as lab_sodium_abnormal,
        max(j.amount) filter (where j.analyte = 'potassium') as lab_potassium, max(j.is_abnormal) filter (where j.analyte = 'potassium') as lab_potassium_abnormal,
        max(j.amount) filter (where j.analyte = 'creatinine') as lab_creatinine, max(j.is_abnormal) filter (where j.analyte = 'creatinine') as lab_creatinine_abnormal,
        max(j.amount) filter (where j.analyte = 'urea_nitrogen') as lab_urea_nitrogen, max(j.is_abnormal) filter (where j.analyte = 'urea_nitrogen') as lab_urea_nitrogen_abnormal,
        max(j.amount) filter (where j.analyte = 'albumin') as lab_albumin, max(j.is_abnormal) filter (where j.analyte = 'albumin') as lab_albumin_abnormal,
        max(j.amount) filter (where j.analyte = 'white_cells') as lab_white_cells, max(j.is_abnormal) filter (where j.analyte = 'white_cells') as lab_white_cells_abnormal,
        max(j.amount) filter (where j.analyte = 'platelets') as lab_platelets, max(j.is_abnormal) filter (where j.analyte = 'platelets') as lab_platelets_abnormal,
        max(j.amount) filter (where j.analyte = 'glucose') as lab_glucose, max(j.is_abnormal) filter (where j.analyte = 'glucose') as lab_glucose_abnormal,
        max(j.amount) filter (where j.analyte = 'bnp') as lab_bnp, max(j.is_abnormal) filter (where j.analyte = 'bnp') as lab_bnp_abnormal,
        max(j.amount) filter (where j.analyte = 'nt_probnp') as lab_nt_probnp, max(j.is_abnormal) filter (where j.analyte = 'nt_probnp') as lab_nt_probnp_abnormal,
        max(j.amount) filter (where j.analyte = 'bilirubin') as lab_bilirubin, max(j.is_abnormal) filter (where j.analyte = 'bilirubin') as lab_bilirubin_abnormal,
        max(j.amount) filter (where j.analyte = 'inr') as lab_inr, max(j.is_abnormal) filter (where j.analyte = 'inr') as lab_inr_abnormal,
        max(j.amount) filter (where j.analyte = 'bicarbonate') as lab_bicarbonate, max(j.is_abnormal) filter (where j.analyte = 'bicarbonate') as lab_bicarbonate_abnormal
    from features.prediction_point as p
    left join features.lab_last as j on j.point_key = p.point_key
    group by p.point_key
)
select
    p.point_key, wide.* exclude (point_key),
    if(source.has_labs, (wide.lab_hemoglobin is null)::tinyint, null) as lab_hemoglobin_missing,
    if(source.has_labs, (wide.lab_sodium is null)::tinyint, null) as lab_sodium_missing,
    if(source.has_labs, (wide.lab_potassium is null)::tinyint, null) as lab_potassium_missing,
    if(source.has_labs, (wide.lab_creatinine is null)::tinyint, null) as lab_creatinine_missing,
    if(source.has_labs, (wide.lab_urea_nitrogen is null)::tinyint, null) as lab_urea_nitrogen_missing,
    if(source.has_labs, (wide.lab_albumin is null)::tinyint, null) as lab_albumin_missing,
    if(source.has_labs, (wide.lab_white_cells is null)::tinyint, null) as lab_white_cells_missing,
    if(source.has_labs, (wide.lab_platelets is null)::tinyint, null) as lab_platelets_missing,
    if(source.has_labs, (wide.lab_glucose is null)::tinyint, null) as lab_glucose_missing,
    if(source.has_labs, (wide.lab_bnp is null)::tinyint, null) as lab_bnp_missing,
    if(source.has_labs, (wide.lab_nt_probnp is null)::tinyint, null) as lab_nt_probnp_missing,
    if(source.has_labs, (wide.lab_bilirubin is null)::tinyint, null) as lab_bilirubin_missing,
    if(source.has_labs, (wide.lab_inr is null)::tinyint, null) as lab_inr_missing,
    if(source.has_labs, (wide.lab_bicarbonate is null)::tinyint, null) as lab_bicarbonate_missing
from features.prediction_point as p
cross join features.source_presence as source
left join wide on wide.point_key = p.point_key and source.has_labs
