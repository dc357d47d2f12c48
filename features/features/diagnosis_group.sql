-- Diagnoses of the stay by category: the principal one, and how many in which body system.
-- Rule: only diagnoses known at the prediction time; each code counts once. A principal diagnosis recorded later
--   is unknown here. Codes that map to no CCS category count as distinct diagnoses and in no system.
-- Grain: one row per prediction point.
-- Source: AHRQ CCS 2019.1 (core.diagnosis.ccs, reference.ccs_body_system).
with known as (
    select distinct e.point_key, d.code_key
    from features.look_back_encounter as e
    join core.diagnosis as d on d.encounter_key = e.encounter_key
    where e.is_own and coalesce(d.recorded_at, e.known_from) <= e.known_at
),
counted as (
    select
        k.point_key, count(*) as diagnosis_count, count(distinct b.body_system) as body_system_count,
        count(*) filter (where b.body_system = 'infectious') as diagnosis_infectious_count,
        count(*) filter (where b.body_system = 'neoplasm') as diagnosis_neoplasm_count,
        count(*) filter (where b.body_system = 'endocrine') as diagnosis_endocrine_count,
        count(*) filter (where b.body_system = 'blood') as diagnosis_blood_count,
        count(*) filter (where b.body_system = 'mental') as diagnosis_mental_count,
        count(*) filter (where b.body_system = 'nervous') as diagnosis_nervous_count,
        count(*) filter (where b.body_system = 'circulatory') as diagnosis_circulatory_count,
        count(*) filter (where b.body_system = 'respiratory') as diagnosis_respiratory_count,
        count(*) filter (where b.body_system = 'digestive') as diagnosis_digestive_count,
        count(*) filter (where b.body_system = 'genitourinary') as diagnosis_genitourinary_count,
        count(*) filter (where b.body_system = 'pregnancy') as diagnosis_pregnancy_count,
        count(*) filter (where b.body_system = 'skin') as diagnosis_skin_count,
        count(*) filter (where b.body_system = 'musculoskeletal') as diagnosis_musculoskeletal_count,
        count(*) filter (where b.body_system = 'congenital') as diagnosis_congenital_count,
        count(*) filter (where b.body_system = 'perinatal') as diagnosis_perinatal_count,
        count(*) filter (where b.body_system = 'injury') as diagnosis_injury_count,
        count(*) filter (where b.body_system = 'ill_defined') as diagnosis_ill_defined_count
    from known as k
    join core.diagnosis_code as c on c.code_key = k.code_key
    left join reference.ccs_body_system as b on b.ccs = c.ccs
    group by k.point_key
),
principal as (
    select known.point_key, l.label as principal_condition, b.body_system as principal_body_system
    from features.principal as known
    left join reference.ccs_label as l on l.ccs = known.principal_ccs and l.kind = 'diagnosis'
    left join reference.ccs_body_system as b on b.ccs = known.principal_ccs
)
select
    p.point_key, principal.principal_condition, principal.principal_body_system,
    coalesce(columns(counted.* exclude (point_key)), 0)::smallint
from features.prediction_point as p
left join principal on principal.point_key = p.point_key
left join counted on counted.point_key = p.point_key
