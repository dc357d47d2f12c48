-- The orders of medications around a stay, by their role.
-- Rule: by time and kind, only what had started by the prediction time. Home: outpatient and earlier discharge orders started
--   in the $home_medication_days calendar days before admission. Inpatient and discharge: orders started since admission.
-- Grain: one row per prediction point and order.
-- Source: core.medication, features.product.
select
    p.point_key, d.product_number, d.drug_number, m.started_at < p.admitted_at as is_home,
    m.started_at >= p.admitted_at and m.kind = 'inpatient' as is_inpatient,
    m.started_at >= p.admitted_at and m.kind = 'discharge' as is_discharge
from features.prediction_point as p
join core.medication as m
    on m.patient_key = p.patient_key
    and m.started_at <= p.known_at
    and m.started_date >= p.admission_date - $home_medication_days::integer
join features.product as d
    on d.code_system is not distinct from m.code_system and d.code is not distinct from m.code and d.name is not distinct from m.name
where m.kind <> if(m.started_at < p.admitted_at, 'inpatient', 'outpatient')
