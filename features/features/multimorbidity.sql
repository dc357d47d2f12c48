-- Multimorbidity: chronic conditions of the stay and the finished stays of the year before.
-- Rule: a diagnosis is chronic by AHRQ's indicator; a condition is a CCS category with a chronic diagnosis, so that several
--   codes of one disease count once. ICD-9 codes by their GEM target. Only what was known at the prediction time. Codes
--   later than the list (fiscal year 2019) are not counted. Multimorbidity: $multimorbidity_from conditions or more.
-- Grain: one row per prediction point.
-- Source: AHRQ HCUP Chronic Condition Indicator 2019.1 (reference.chronic_condition), CCS 2019.1 (core.diagnosis_code).
with code as (
    select known.code_key, known.ccs, c.body_system
    from core.diagnosis_code as known
    join reference.chronic_condition as c on c.icd10cm_code = known.icd10_code
),
found as (
    select distinct e.point_key, code.ccs, code.body_system
    from features.look_back_encounter as e
    join core.diagnosis as d on d.encounter_key = e.encounter_key
    join code on code.code_key = d.code_key
    where coalesce(d.recorded_at, e.known_from) <= e.known_at
),
counted as (
    select
        point_key, count(distinct ccs)::smallint as chronic_condition_count,
        count(distinct body_system)::smallint as chronic_body_system_count
    from found
    group by point_key
)
select
    p.point_key, coalesce(counted.chronic_condition_count, 0::smallint) as chronic_condition_count,
    coalesce(counted.chronic_body_system_count, 0::smallint) as chronic_body_system_count,
    coalesce(counted.chronic_condition_count >= $multimorbidity_from, false)::tinyint as has_multimorbidity,
    coalesce(counted.chronic_condition_count >= $high_multimorbidity_from, false)::tinyint as has_high_multimorbidity
from features.prediction_point as p
left join counted on counted.point_key = p.point_key
