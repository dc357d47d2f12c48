-- The principal diagnosis of each acute inpatient encounter: sequence 1. That of a stay is its first encounter's.
-- Rule: it is known from its record, else from the end of the encounter (infinity while open).
-- Grain: one row per acute inpatient encounter that has one.
-- Source: clinical-definitions.md, section 1, fine print (principal diagnosis).
with own as materialized ( -- else every diagnosis gets its code's words before most are left out
    select e.encounter_key, d.code_key, coalesce(d.recorded_at, e.ended_at, 'infinity'::timestamp) as known_from
    from core.diagnosis as d
    join cohort.acute_encounter as e on e.encounter_key = d.encounter_key
    where d.sequence = 1
)
select own.encounter_key, c.code, c.code_system, c.icd10_code, c.ccs, own.known_from
from own
join core.diagnosis_code as c on c.code_key = own.code_key
