-- What is not there: which subjects have nothing for the patient, and how long nobody here has seen the patient.
-- Rule: a subject is empty when nothing of it was known at the prediction time; null where the source has no such table,
--   and then not counted. A contact is the beginning or the end of any encounter that was not cancelled, before the admission
--   (before the emergency visit that led to it, if one did).
-- Grain: one row per prediction point.
-- Source: the features of each subject (rules there); core.encounter.
with contact as (
    select patient_key, started_at as at, started_date as day from core.encounter where status in ('finished', 'in_progress')
    union all
    select patient_key, ended_at, ended_date from core.encounter where status = 'finished'
),
began as (
    select p.point_key, p.patient_key, p.admission_date, least(p.admitted_at, e.started_at) as at
    from features.prediction_point as p
    left join features.emergency_lead as lead on lead.point_key = p.point_key
    left join core.encounter as e on e.encounter_key = lead.encounter_key
),
last_contact as (
    select b.point_key, b.admission_date - c.day as days_since_contact
    from began as b
    asof left join contact as c on c.patient_key = b.patient_key and b.at > c.at
),
coded as (
    select distinct e.point_key
    from features.own_encounter as e
    join core.diagnosis as d on d.encounter_key = e.encounter_key
    where coalesce(d.recorded_at, e.ended_at) <= e.known_at
),
empty as (
    select
        p.point_key, (coded.point_key is null)::tinyint as has_no_diagnosis,
        if(source.has_labs, p.point_key not in (select point_key from features.lab_course), null)::tinyint as has_no_lab_result,
        if(source.has_medications, p.point_key not in (select point_key from features.medication_use), null)::tinyint as has_no_medication,
        if(source.has_screenings, p.point_key not in (select point_key from features.sdoh_answer), null)::tinyint as has_no_sdoh_screening,
        if(source.has_areas, area.area_svi_missing & area.area_adi_missing, null)::tinyint as has_no_area_index,
        (patient.primary_care_provider_id is null)::tinyint as has_no_primary_care_provider,
        (c.days_since_contact is null)::tinyint as has_no_earlier_contact, c.days_since_contact
    from features.prediction_point as p
    cross join features.source_presence as source
    join core.patient as patient on patient.patient_key = p.patient_key
    join features.area as area on area.point_key = p.point_key
    join last_contact as c on c.point_key = p.point_key
    left join coded on coded.point_key = p.point_key
)
select
    *, (has_no_diagnosis + has_no_primary_care_provider + has_no_earlier_contact + coalesce(has_no_lab_result, 0)
        + coalesce(has_no_medication, 0) + coalesce(has_no_sdoh_screening, 0) + coalesce(has_no_area_index, 0))::tinyint as empty_subject_count
from empty
