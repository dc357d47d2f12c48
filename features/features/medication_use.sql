-- Medications that a patient had around a stay, by their role.
-- Rule: by time and kind, only what had started by the prediction time. Home: outpatient and earlier discharge orders started
--   in the $home_medication_days calendar days before admission. Inpatient and discharge: orders started since admission. A
--   drug is its code, else its name.
-- Grain: one row per prediction point and order or fill that counts.
-- Source: core.medication.
select
    p.point_key, coalesce(m.code, lower(trim(m.name))) as drug, m.code_system, m.code, m.name,
    case when m.started_at < p.admitted_at then 'home' else m.kind end as role
from features.prediction_point as p
join core.medication as m
    on m.patient_key = p.patient_key
    and m.started_at <= p.known_at
    and m.started_date >= p.admission_date - $home_medication_days::integer
where (m.kind <> 'inpatient' and m.started_at < p.admitted_at)
    or (m.kind <> 'outpatient' and m.started_at >= p.admitted_at)
