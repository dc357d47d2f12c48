-- Charlson conditions of a stay, packed one bit each; the bit after the last condition marks LACE's severe renal disease.
-- Rule: every position of the diagnosis counts; a code has a condition when it begins with one of its prefixes in its own
--   code system. stay_mask takes the diagnoses of the stay, look_back_mask adds finished stays of the year before; both only
--   what was known at the prediction time.
--   Prefixes have at least three characters (tested), so that codes and prefixes meet in a hash join on those.
-- Grain: one row per prediction point.
-- Source: Quan 2005 (reference.charlson_prefix); clinical-definitions.md, section 2.
with prefix as (
    select f.code_system, f.code_prefix, 1 << c.position as bit
    from reference.charlson_prefix as f
    join reference.charlson_condition as c on c.condition = f.condition
    union all
    select severe.code_system, severe.code_prefix, 1 << (select max(position) + 1 from reference.charlson_condition)
    from reference.lace_severe_renal_prefix as severe
),
code_mask as (
    select code.code_key, bit_or(prefix.bit) as mask
    from core.diagnosis_code as code
    join prefix on prefix.code_system = code.code_system
        and left(prefix.code_prefix, 3) = left(code.code, 3) and starts_with(code.code, prefix.code_prefix)
    group by code.code_key
),
-- Few codes are listed: their diagnoses come first.
diagnosis as materialized (
    select d.encounter_key, d.recorded_at, m.mask
    from core.diagnosis as d
    join code_mask as m on m.code_key = d.code_key
),
found as (
    select e.point_key, bit_or(d.mask) filter (where e.is_own) as stay_mask, bit_or(d.mask) as look_back_mask
    from features.look_back_encounter as e
    join diagnosis as d on d.encounter_key = e.encounter_key
    where coalesce(d.recorded_at, e.known_from) <= e.known_at
    group by e.point_key
)
select p.point_key, coalesce(found.stay_mask, 0) as stay_mask, coalesce(found.look_back_mask, 0) as look_back_mask
from features.prediction_point as p
left join found on found.point_key = p.point_key
