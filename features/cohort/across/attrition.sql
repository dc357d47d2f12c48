-- The attrition table: what each drop rule took, in the measure's order.
-- Grain: one row per rule. rows_out of one line is rows_in of the next; the last rows_out is the number of index stays.
-- The exempt_facility line is there only in measures that exempt facilities.
-- Source: clinical-definitions.md, section 1.
with rule as (
    select unnest(range(1, 11)) as step, unnest([
        'age_under_18', 'not_finished', 'died_in_hospital', 'transferred_out', 'against_medical_advice', 'psychiatric',
        'rehabilitation', 'cancer_medical', 'exempt_facility', 'no_full_follow_up'
    ]) as rule
),
counted as (
    select rule.step, rule.rule, count(d.stay_key) as rows_dropped, (select count(*) from cohort.stay_drop) as stays
    from rule
    left join cohort.stay_drop as d on d.drop_step = rule.step
    group by rule.step, rule.rule
)
select
    row_number() over (order by step)::integer as step, rule,
    (stays - coalesce(sum(rows_dropped) over (order by step rows between unbounded preceding and 1 preceding), 0))::bigint
        as rows_in,
    rows_dropped,
    (stays - sum(rows_dropped) over (order by step rows unbounded preceding))::bigint as rows_out
from counted
where rule <> 'exempt_facility' or len($exempt_facility_kinds::varchar[]) > 0
order by step
