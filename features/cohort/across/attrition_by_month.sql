-- The attrition table by month of discharge (of admission, for stays in progress).
-- Rule: as cohort.attrition, within each month; added up over all of them it is that table.
-- Grain: one row per month and rule of the measure.
-- Source: clinical-definitions.md, section 1 (attrition table).
with rule as (
    select unnest($drop_rules::varchar[]) as rule, unnest(range(1, len($drop_rules::varchar[]) + 1))::integer as step
),
month as (select month, sum(stay_count) as stays from cohort.drop_count group by month),
counted as (
    select month.month, month.stays, rule.step, rule.rule, coalesce(sum(c.stay_count), 0)::bigint as rows_dropped
    from month
    cross join rule
    left join cohort.drop_count as c on c.month is not distinct from month.month and c.drop_step = rule.step
    group by all
),
remaining as (
    select
        *, (stays - sum(rows_dropped) over (partition by month order by step rows unbounded preceding))::bigint as rows_out
    from counted
)
select month, step, rule, rows_out + rows_dropped as rows_in, rows_dropped, rows_out
from remaining
order by month, step
