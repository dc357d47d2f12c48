-- Acute inpatient encounters as seen at the data cut-off.
-- Rule: class inpatient, not at a psychiatric, rehabilitation or skilled nursing facility (unknown kind is acute), not
--   cancelled, planned or entered in error, not begun after the cut-off. One that ends after the cut-off is still in
--   progress: it has no end and no disposition yet.
-- Grain: one row per acute inpatient encounter.
-- Source: clinical-definitions.md, section 1, fine print (acute inpatient, data cut-off).
select
    e.encounter_key, e.patient_key, e.started_at, e.started_date,
    if(e.ended_date <= $cut_off_date::date, e.ended_at, null) as ended_at,
    if(e.ended_date <= $cut_off_date::date, e.ended_date, null) as ended_date,
    if(e.ended_date <= $cut_off_date::date, e.discharge_disposition, null) as discharge_disposition,
    e.encounter_id, e.patient_id, e.facility_id, e.service, e.unit, e.admission_type, e.admission_source, e.drg_code,
    e.payer_class
from core.encounter as e
left join core.facility as f on f.facility_id = e.facility_id
where e.encounter_class = 'inpatient'
    and e.status in ('finished', 'in_progress')
    and e.started_date <= $cut_off_date::date
    and not list_contains($non_acute_facility_kinds::varchar[], coalesce(f.kind, 'acute'))
