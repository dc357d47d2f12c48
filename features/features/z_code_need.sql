-- Social needs that clinicians coded: the latest Z55-Z65 code per domain before the prediction time.
-- Rule: codes of any encounter that was not cancelled, known by the prediction time and in the $z_code_days days before it.
-- Grain: one row per prediction point and domain found.
-- Source: core.diagnosis, reference.sdoh_z_code; clinical-definitions.md, section 3.
with z_code as (
    select c.code_key, z.domain, z.icd10cm_code
    from core.diagnosis_code as c
    join reference.sdoh_z_code as z on z.icd10cm_code = c.icd10_code
    where z.domain is not null
)
select
    p.point_key, z.domain,
    max({'known_at': coalesce(d.recorded_at, e.ended_at), 'z_code': z.icd10cm_code}).z_code as z_code,
    max(coalesce(d.recorded_at, e.ended_at)) as known_at
from features.prediction_point as p
join core.diagnosis as d on d.patient_key = p.patient_key
join z_code as z on z.code_key = d.code_key
join core.encounter as e on e.encounter_key = d.encounter_key and e.status in ('finished', 'in_progress')
where coalesce(d.recorded_at, e.ended_at) <= p.known_at
    and coalesce(d.recorded_at, e.ended_at) >= p.known_at - to_days($z_code_days::integer)
group by p.point_key, z.domain
