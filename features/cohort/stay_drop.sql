-- The first rule that drops each stay, in the measure's order, and the memberships that follow.
-- `is_index`: no rule drops it. `is_eligible`: follow-up aside. `excluded_from`: the moment from which a rule is known to
--   drop it, whatever the order (never: null). `is_scorable`: finished, and not excluded by what was known at discharge (an
--   unknown principal diagnosis excludes nothing).
-- Grain: one row per stay, finished or not.
-- Source: clinical-definitions.md, section 1, fine print (order and names of the drop rules).
with dropped as (
    select * from cohort.stay_drop_rule
    union all
    select stay_key, list_position($drop_rules::varchar[], 'within_30_days_of_index'), 'within_30_days_of_index', known_from
    from cohort.drop_within_30_days_of_index
),
first as (
    select
        stay_key, min(step) as drop_step, arg_min(rule, step) as drop_reason,
        bool_and(rule = 'no_full_follow_up') as is_eligible,
        nullif(min(known_from), 'infinity'::timestamp) as excluded_from
    from dropped
    group by stay_key
)
select
    s.stay_key, s.patient_key, first.drop_step, first.drop_reason, first.stay_key is null as is_index,
    coalesce(first.is_eligible, true) as is_eligible, first.excluded_from,
    s.is_finished and coalesce(first.excluded_from > s.discharged_at, true) as is_scorable
from cohort.stay as s
left join first on first.stay_key = s.stay_key
