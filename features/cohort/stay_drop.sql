-- The first rule that drops each stay, in the measure's fixed order, and the memberships that follow.
-- `is_index`: no rule drops it. `is_eligible`: follow-up aside. `excluded_from`: the moment from which a rule is known to
--   drop it, whatever the order (never: null). `is_scorable`: finished, and not excluded by what was known at discharge (an
--   unknown principal diagnosis excludes nothing).
-- Grain: one row per stay, finished or not.
-- Source: clinical-definitions.md, section 1, fine print (order and names of the drop rules).
with dropped as (
    select 1 as step, 'age_under_18' as rule, * from cohort.drop_age_under_18
    union all select 2, 'not_finished', * from cohort.drop_not_finished
    union all select 3, 'died_in_hospital', * from cohort.drop_died_in_hospital
    union all select 4, 'transferred_out', * from cohort.drop_transferred_out
    union all select 5, 'against_medical_advice', * from cohort.drop_against_medical_advice
    union all select 6, 'psychiatric', * from cohort.drop_psychiatric
    union all select 7, 'rehabilitation', * from cohort.drop_rehabilitation
    union all select 8, 'cancer_medical', * from cohort.drop_cancer_medical
    union all select 9, 'exempt_facility', * from cohort.drop_exempt_facility
    union all select 10, 'no_full_follow_up', * from cohort.drop_no_full_follow_up
)
select
    s.stay_key,
    min(d.step) as drop_step,
    arg_min(d.rule, d.step) as drop_reason,
    count(d.step) = 0 as is_index,
    count(d.step) filter (where d.rule <> 'no_full_follow_up') = 0 as is_eligible,
    nullif(min(d.known_from), 'infinity'::timestamp) as excluded_from,
    any_value(s.is_finished) and coalesce(min(d.known_from) > any_value(s.discharged_at), true) as is_scorable
from cohort.stay as s
left join dropped as d on d.stay_key = s.stay_key
group by s.stay_key
