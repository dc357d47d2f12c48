-- Acute inpatient encounters as seen at the data cut-off, each with its principal diagnosis.
-- Rule: class inpatient, not at a psychiatric, rehabilitation or skilled nursing facility (unknown kind is acute), not
--   cancelled, planned or entered in error, not begun after the cut-off. One that ends after the cut-off is still in
--   progress. The principal diagnosis is sequence 1; it is known from its record, else from the end of the encounter
--   (infinity while open).
-- Grain: one row per acute inpatient encounter.
-- Source: clinical-definitions.md, section 1, fine print (acute inpatient, principal diagnosis, data cut-off).
with acute as (
    select
        e.encounter_key, e.patient_key, e.facility_id, e.started_at, e.started_date,
        if(e.ended_date <= $cut_off_date::date, e.ended_at, null) as ended_at,
        if(e.ended_date <= $cut_off_date::date, e.ended_date, null) as ended_date
    from core.encounter as e
    left join core.facility as f on f.facility_id = e.facility_id
    where e.encounter_class = 'inpatient'
        and e.status in ('finished', 'in_progress')
        and e.started_date <= $cut_off_date::date
        and not list_contains($non_acute_facility_kinds::varchar[], coalesce(f.kind, 'acute'))
)
select
    acute.*, d.code as principal_code, d.code_system as principal_code_system, d.icd10_code as principal_icd10_code,
    d.ccs as principal_ccs,
    if(d.code is null, null, coalesce(d.recorded_at, acute.ended_at, 'infinity'::timestamp)) as principal_known_from
from acute
left join core.diagnosis as d on d.encounter_key = acute.encounter_key and d.sequence = 1
