-- The emergency visit that led to the admission: of those that began before it and ended within $emergency_lead_hours hours
--   before it or later, the latest. A visit that has not ended has not ended before the admission.
-- Grain: one row per prediction point that has such a visit.
-- Source: clinical-definitions.md, section 2 (fine print, LACE).
select p.point_key, max_by(e.encounter_key, {'started_at': e.started_at, 'encounter_key': e.encounter_key}) as encounter_key
from features.prediction_point as p
join core.encounter as e
    on e.patient_key = p.patient_key
    and e.started_at < p.admitted_at
    and coalesce(e.ended_at, 'infinity'::timestamp) >= p.admitted_at - to_hours($emergency_lead_hours::integer)
where e.encounter_class = 'emergency' and e.status in ('finished', 'in_progress')
group by p.point_key
