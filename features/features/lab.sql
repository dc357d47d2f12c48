-- Last laboratory values of the stay, one column per analyte, with missing flags.
-- Rule: the value that was collected last (order and ties: place).
-- Grain: one row per prediction point; all null where the source has no laboratory results.
-- Source: features.lab_result (rule there).
with last as (
    select point_key, analyte, arg_max(amount, place) as last_amount
    from features.lab_result
    group by point_key, analyte
),
wide as (
    select
        point_key, count(*)::smallint as lab_analyte_count,
        max(last_amount) filter (where analyte = 'hemoglobin') as lab_hemoglobin,
        max(last_amount) filter (where analyte = 'sodium') as lab_sodium,
        max(last_amount) filter (where analyte = 'potassium') as lab_potassium,
        max(last_amount) filter (where analyte = 'creatinine') as lab_creatinine,
        max(last_amount) filter (where analyte = 'urea_nitrogen') as lab_urea_nitrogen,
        max(last_amount) filter (where analyte = 'albumin') as lab_albumin,
        max(last_amount) filter (where analyte = 'white_cells') as lab_white_cells,
        max(last_amount) filter (where analyte = 'platelets') as lab_platelets,
        max(last_amount) filter (where analyte = 'glucose') as lab_glucose,
        max(last_amount) filter (where analyte = 'bnp') as lab_bnp,
        max(last_amount) filter (where analyte = 'nt_probnp') as lab_nt_probnp,
        max(last_amount) filter (where analyte = 'bilirubin') as lab_bilirubin,
        max(last_amount) filter (where analyte = 'inr') as lab_inr,
        max(last_amount) filter (where analyte = 'bicarbonate') as lab_bicarbonate
    from last
    group by point_key
)
select
    p.point_key,
    if(source.has_labs, coalesce(wide.lab_analyte_count, 0), null) as lab_analyte_count,
    wide.* exclude (point_key, lab_analyte_count),
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
