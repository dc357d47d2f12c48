-- The stay: one continuous episode of acute inpatient care.
-- Rule: the first encounter of the chain (begins first; ties: smaller key) supplies eligibility (admission, principal
--   diagnosis), the last one (ends last; ties: begins last, then larger key) the discharge. Age is in completed years on the
--   admission date; length of stay in calendar days. A stay is finished when its last encounter has ended by the data cut-off.
-- Grain: one row per stay; stay_id is the first encounter's id, encounter_id the last one's.
-- Source: clinical-definitions.md, section 1.
with chain as (
    select
        stay_key, count(*) as encounter_count,
        arg_max(encounter_key, {
            'ended_at': coalesce(ended_at, 'infinity'::timestamp), 'started_at': started_at, 'encounter_key': encounter_key
        }) as last_key
    from cohort.stay_encounter
    group by stay_key
),
joined as (
    select s.stay_key, list(e.encounter_id order by s.started_at, s.encounter_key) as encounter_ids
    from cohort.stay_encounter as s
    join cohort.acute_encounter as e on e.encounter_key = s.encounter_key
    where s.stay_key in (select stay_key from chain where encounter_count > 1)
    group by s.stay_key
)
select
    chain.stay_key, a.encounter_id as stay_id, z.encounter_id, a.encounter_id as first_encounter_id,
    z.encounter_id as last_encounter_id, coalesce(joined.encounter_ids, [a.encounter_id]) as encounter_ids, chain.encounter_count,
    a.patient_key, a.patient_id, z.facility_id, a.facility_id as admission_facility_id,
    a.started_at as admitted_at, z.ended_at as discharged_at, a.started_date as admission_date, z.ended_date as discharge_date,
    z.ended_at is not null as is_finished, a.admission_type, a.admission_source, z.discharge_disposition, z.service, z.unit,
    z.drg_code, z.payer_class,
    year(a.started_date) - year(patient.birth_date)
        - (month(a.started_date) * 100 + day(a.started_date)
            < month(patient.birth_date) * 100 + day(patient.birth_date))::integer as age_years,
    (z.ended_date - a.started_date)::integer as length_of_stay_days,
    p.icd10_code as principal_icd10_code, p.code as principal_code, p.code_system as principal_code_system,
    p.ccs as principal_ccs, p.known_from as principal_known_from,
    planned.stay_key is not null as is_planned, planned.planned_rule, specialty.specialty_cohort, patient.bucket
from chain
join cohort.acute_encounter as a on a.encounter_key = chain.stay_key
join cohort.acute_encounter as z on z.encounter_key = chain.last_key
join core.patient as patient on patient.patient_key = a.patient_key
left join cohort.stay_planned as planned on planned.stay_key = chain.stay_key
join cohort.stay_specialty as specialty on specialty.stay_key = chain.stay_key
left join joined on joined.stay_key = chain.stay_key
left join cohort.principal_diagnosis as p on p.encounter_key = chain.stay_key
