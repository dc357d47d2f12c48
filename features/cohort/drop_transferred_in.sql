-- Drop rule transferred_in: the patient came from another hospital for the operation, which is then hardly elective.
-- Rule: the admission source of the stay says so (reference.transfer_source); or a procedure of the measure's condition was
--   done in the stay, and none at the facility where the stay began. A missing facility is never another facility.
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: CMS hip and knee replacement readmission measure, CBE 1551 (to be checked; notes of hrrp_tha_tka).
with operated as (
    select p.stay_key, bool_and(coalesce(e.facility_id <> s.admission_facility_id, false)) as is_elsewhere
    from cohort.condition_procedure as p
    join cohort.acute_encounter as e on e.encounter_key = p.encounter_key
    join cohort.stay as s on s.stay_key = p.stay_key
    where p.role = 'procedure'
    group by p.stay_key
)
select s.stay_key, if(source.admission_source is not null, s.admitted_at, s.discharged_at) as known_from
from cohort.stay as s
left join reference.transfer_source as source on source.admission_source = upper(trim(s.admission_source))
left join operated on operated.stay_key = s.stay_key
where source.admission_source is not null or operated.is_elsewhere
