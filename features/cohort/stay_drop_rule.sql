-- The rules of the measure that drop a stay, each with its place in the measure's order. A rule that the measure does not
--   name drops nothing.
-- Grain: one row per stay and rule that drops it.
-- Source: the measure in force (drop_rules); clinical-definitions.md, section 1.
with dropped as (
    select 'outside_condition' as rule, * from cohort.drop_outside_condition
    union all select 'age_under_18', * from cohort.drop_age_under_18
    union all select 'not_finished', * from cohort.drop_not_finished
    union all select 'died_in_hospital', * from cohort.drop_died_in_hospital
    union all select 'transferred_out', * from cohort.drop_transferred_out
    union all select 'against_medical_advice', * from cohort.drop_against_medical_advice
    union all select 'psychiatric', * from cohort.drop_psychiatric
    union all select 'rehabilitation', * from cohort.drop_rehabilitation
    union all select 'cancer_medical', * from cohort.drop_cancer_medical
    union all select 'exempt_facility', * from cohort.drop_exempt_facility
    union all select 'no_full_follow_up', * from cohort.drop_no_full_follow_up
)
select stay_key, list_position($drop_rules::varchar[], rule) as step, rule, known_from
from dropped
where step is not null
