-- The fixed work W, picked from the product's own tables.
-- Grain: one row per index stay.
-- Source: features/cohort, features/features; each column is defined there.
select
    p.stay_key, label.readmitted_30d,
    use.acute_admission_count_30d, use.acute_admission_count_90d, use.acute_admission_count_180d, use.acute_admission_count_365d,
    use.emergency_visit_count_30d, use.emergency_visit_count_90d, use.emergency_visit_count_180d, use.emergency_visit_count_365d,
    earlier.days_since_discharge, earlier.inpatient_day_count_365d,
    c.charlson_ami, c.charlson_chf, c.charlson_pvd, c.charlson_cevd, c.charlson_dementia, c.charlson_copd, c.charlson_rheumd,
    c.charlson_pud, c.charlson_mld, c.charlson_diab, c.charlson_diabwc, c.charlson_hp, c.charlson_rend, c.charlson_canc,
    c.charlson_msld, c.charlson_metacanc, c.charlson_aids,
    lab.lab_hemoglobin, lab.lab_sodium, lab.lab_potassium, lab.lab_creatinine, lab.lab_urea_nitrogen, lab.lab_albumin,
    lab.lab_white_cells, lab.lab_platelets, lab.lab_glucose, lab.lab_bnp, lab.lab_nt_probnp, lab.lab_bilirubin,
    medication.home_medication_count
from features.prediction_point as p
join cohort.stay_drop as d on d.stay_key = p.stay_key and d.is_index
join cohort.label as label on label.stay_key = p.stay_key
join features.prior_use as use on use.point_key = p.point_key
join features.prior_stay as earlier on earlier.point_key = p.point_key
join features.comorbidity as c on c.point_key = p.point_key
join features.lab as lab on lab.point_key = p.point_key
join features.medication as medication on medication.point_key = p.point_key
