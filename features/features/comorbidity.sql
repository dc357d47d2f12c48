-- Charlson comorbidity: 17 conditions of the stay and the finished stays of the year before, and the two scores.
-- Rule: weights of 1987, no age points; of a mild and a severe grade only the severe counts in the score (both flags show).
--   charlson_stay uses the diagnoses of the stay, charlson_365d adds finished stays of the 365 days before.
-- Grain: one row per prediction point.
-- Source: Charlson 1987, Quan 2005; clinical-definitions.md, section 2.
with mask as (
    select stay_mask as mask from features.charlson_mask
    union
    select look_back_mask from features.charlson_mask
),
condition as (
    select mask.mask, c.condition, c.weight, coalesce((mask.mask >> severe.position) & 1, 0) as is_superseded
    from mask
    join reference.charlson_condition as c on (mask.mask >> c.position) & 1 = 1
    left join reference.charlson_condition as severe on severe.condition = c.superseded_by
),
score as (select mask, sum(weight) filter (where is_superseded = 0) as charlson from condition group by mask),
flag as (
    select
        mask.mask,
        count(*) filter (where c.condition = 'ami') as charlson_ami,
        count(*) filter (where c.condition = 'chf') as charlson_chf,
        count(*) filter (where c.condition = 'pvd') as charlson_pvd,
        count(*) filter (where c.condition = 'cevd') as charlson_cevd,
        count(*) filter (where c.condition = 'dementia') as charlson_dementia,
        count(*) filter (where c.condition = 'copd') as charlson_copd,
        count(*) filter (where c.condition = 'rheumd') as charlson_rheumd,
        count(*) filter (where c.condition = 'pud') as charlson_pud,
        count(*) filter (where c.condition = 'mld') as charlson_mld,
        count(*) filter (where c.condition = 'diab') as charlson_diab,
        count(*) filter (where c.condition = 'diabwc') as charlson_diabwc,
        count(*) filter (where c.condition = 'hp') as charlson_hp,
        count(*) filter (where c.condition = 'rend') as charlson_rend,
        count(*) filter (where c.condition = 'canc') as charlson_canc,
        count(*) filter (where c.condition = 'msld') as charlson_msld,
        count(*) filter (where c.condition = 'metacanc') as charlson_metacanc,
        count(*) filter (where c.condition = 'aids') as charlson_aids
    from mask
    left join condition as c on c.mask = mask.mask
    group by mask.mask
)
select
    m.point_key, columns(flag.* exclude (mask))::tinyint,
    coalesce(stay.charlson, 0)::integer as charlson_stay, coalesce(look_back.charlson, 0)::integer as charlson_365d
from features.charlson_mask as m
join flag on flag.mask = m.look_back_mask
left join score as stay on stay.mask = m.stay_mask
left join score as look_back on look_back.mask = m.look_back_mask
