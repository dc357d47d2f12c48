-- Hospital Frailty Risk Score: points of 109 ICD-10 categories, each once, in the stay and the finished stays of before.
-- Rule: of ICD-10-CM diagnoses the first three characters. Null when no ICD-10-CM diagnosis is known: ICD-9 codes have no
--   points, and a stay without codes is not a robust patient. Five categories of the published list (F00, R02, U80, X59, Z50)
--   are not in ICD-10-CM and so never count. The paper looks two years back, at emergency admissions of people of 75 and over;
--   here it is $look_back_days days (features.look_back_encounter), all acute stays, all adults.
-- Grain: one row per prediction point.
-- Source: Gilbert et al., Lancet 2018;391:1775-82 (reference.hospital_frailty).
with category as (
    select icd10_category, points, row_number() over (order by icd10_category)::utinyint as number from reference.hospital_frailty
),
code as (
    select known.code_key, coalesce(c.number, 0)::utinyint as number
    from core.diagnosis_code as known
    left join category as c on c.icd10_category = left(known.code, 3)
    where known.code_system = 'ICD-10-CM'
),
found as (
    select distinct e.point_key, code.number
    from features.look_back_encounter as e
    join core.diagnosis as d on d.encounter_key = e.encounter_key
    join code on code.code_key = d.code_key
    where coalesce(d.recorded_at, e.known_from) <= e.known_at
),
scored as (
    select found.point_key, round(coalesce(sum(c.points), 0), 1) as score
    from found
    left join category as c on c.number = found.number
    group by found.point_key
)
select
    p.point_key, scored.score as hospital_frailty_risk_score,
    case
        when scored.score > $hospital_frailty_high_above then 'high'
        when scored.score >= $hospital_frailty_intermediate_from then 'intermediate'
        when scored.score >= 0 then 'low'
    end as hospital_frailty_risk_band
from features.prediction_point as p
left join scored on scored.point_key = p.point_key
