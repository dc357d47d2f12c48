-- What of continuity each encounter says: of the 365 calendar days before the admission, and of the stay so far.
-- Rule: a contact is an outpatient or telehealth encounter that began before the admission. It is primary care when its
--   provider is the patient's own on file, or its service is one of reference.primary_care_service; null when it names neither.
--   Of cancelled encounters only outpatient and telehealth ones are here, by the time for which they were booked.
-- Grain: one row per prediction point and encounter.
-- Source: core.encounter, core.patient.
with service as (
    select service.service, bool_or(contains(lower(service.service), r.name_contains)) as is_primary_care
    from (select distinct service from core.encounter where encounter_class in ('outpatient', 'telehealth')) as service
    cross join reference.primary_care_service as r
    group by service.service
),
event as (
    select
        e.patient_key, e.encounter_key, e.encounter_class, e.started_at, e.started_date, e.facility_id, e.payer_class,
        e.attending_provider_id, e.status = 'cancelled' as is_cancelled,
        greatest(e.attending_provider_id = patient.primary_care_provider_id, service.is_primary_care) as is_primary_care
    from core.encounter as e
    join core.patient as patient on patient.patient_key = e.patient_key
    left join service on service.service = e.service
    where e.status in ('finished', 'in_progress') or (e.status = 'cancelled' and e.encounter_class in ('outpatient', 'telehealth'))
)
select
    p.point_key, p.admission_date, e.* exclude (patient_key),
    e.encounter_class in ('outpatient', 'telehealth') and e.started_at < p.admitted_at as is_contact,
    e.encounter_class = 'inpatient' and e.started_at < p.admitted_at as is_earlier_stay
from features.prediction_point as p
join event as e
    on e.patient_key = p.patient_key
    and e.started_at <= p.known_at
    and e.started_date >= p.admission_date - 365
