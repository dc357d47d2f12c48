-- The stay so far against the usual length of stay of its group: the monitor that case management reports.
-- Rule: the group is the DRG once the stay is over and its principal diagnosis known, else the CCS category of the principal
--   diagnosis known, else all stays; where a group has too few stays, the next one. The usual length of stay is that of the
--   month of the prediction, from earlier months (features.length_of_stay_reference).
-- Grain: one row per prediction point.
-- Source: features.length_of_stay_reference.
with grouped as (
    select
        p.point_key, date_trunc('month', p.known_date)::date as month, p.known_date - p.admission_date as stay_days,
        if(p.is_over and principal.point_key is not null, 'DRG ' || z.drg_code, null) as drg_group,
        'CCS ' || principal.principal_ccs as ccs_group
    from features.prediction_point as p
    join features.point_stay as o on o.point_key = p.point_key
    join core.encounter as z on z.encounter_key = o.last_encounter_key
    left join features.principal as principal on principal.point_key = p.point_key
),
compared as (
    select
        g.point_key, g.stay_days, coalesce(drg.level, ccs.level, every.level) as level,
        coalesce(drg.expected_stay_days, ccs.expected_stay_days, every.expected_stay_days) as expected_stay_days
    from grouped as g
    left join features.length_of_stay_reference as drg on drg.stay_group = g.drg_group and drg.month = g.month
    left join features.length_of_stay_reference as ccs on ccs.stay_group = g.ccs_group and ccs.month = g.month
    left join features.length_of_stay_reference as every on every.stay_group = 'all stays' and every.month = g.month
)
select
    point_key, expected_stay_days, stay_days - expected_stay_days as excess_stay_days,
    round(stay_days / nullif(expected_stay_days, 0), 3) as stay_ratio, level as expected_stay_level
from compared
