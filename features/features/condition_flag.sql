-- Functional and behavioural conditions that codes tell of, in the stay and the finished stays of the year before.
-- Rule: every position of the diagnosis counts; a code has a flag when it begins with one of its prefixes in its own code
--   system. Only what was known at the prediction time. Flags are packed one bit each while codes are gathered.
--   Prefixes have at least three characters (tested), so that codes and prefixes meet in a hash join on those.
-- Grain: one row per prediction point.
-- Source: reference.condition_flag (each row names its source).
with flag as (
    select flag, 1::bigint << (row_number() over (order by flag) - 1) as bit
    from (select distinct flag from reference.condition_flag)
),
code_mask as (
    select code.code_key, bit_or(f.bit) as mask
    from core.diagnosis_code as code
    join reference.condition_flag as r on r.code_system = code.code_system
        and left(r.code_prefix, 3) = left(code.code, 3) and starts_with(code.code, r.code_prefix)
    join flag as f on f.flag = r.flag
    group by code.code_key
),
found as (
    select e.point_key, bit_or(m.mask) as mask
    from features.look_back_encounter as e
    join core.diagnosis as d on d.encounter_key = e.encounter_key
    join code_mask as m on m.code_key = d.code_key
    where coalesce(d.recorded_at, e.known_from) <= e.known_at
    group by e.point_key
),
mask as (select mask from found union select 0::bigint),
shown as (
    select
        mask.mask,
        count(*) filter (where f.flag = 'fall') as has_fall,
        count(*) filter (where f.flag = 'dementia') as has_dementia,
        count(*) filter (where f.flag = 'delirium') as has_delirium,
        count(*) filter (where f.flag = 'depression') as has_depression,
        count(*) filter (where f.flag = 'serious_mental_illness') as has_serious_mental_illness,
        count(*) filter (where f.flag = 'alcohol_use_disorder') as has_alcohol_use_disorder,
        count(*) filter (where f.flag = 'opioid_use_disorder') as has_opioid_use_disorder,
        count(*) filter (where f.flag = 'other_substance_use_disorder') as has_other_substance_use_disorder,
        count(*) filter (where f.flag = 'tobacco_use') as has_tobacco_use,
        count(*) filter (where f.flag = 'impaired_mobility') as has_impaired_mobility,
        count(*) filter (where f.flag = 'functional_dependence') as has_functional_dependence,
        count(*) filter (where f.flag = 'incontinence') as has_incontinence,
        count(*) filter (where f.flag = 'malnutrition') as has_malnutrition,
        count(*) filter (where f.flag = 'obesity') as has_obesity,
        count(*) filter (where f.flag = 'pressure_ulcer') as has_pressure_ulcer,
        count(*) filter (where f.flag = 'sepsis') as has_sepsis,
        count(*) filter (where f.flag = 'palliative_care') as has_palliative_care
    from mask
    left join flag as f on mask.mask & f.bit <> 0
    group by mask.mask
)
select p.point_key, columns(shown.* exclude (mask))::tinyint
from features.prediction_point as p
left join found on found.point_key = p.point_key
join shown on shown.mask = coalesce(found.mask, 0)
