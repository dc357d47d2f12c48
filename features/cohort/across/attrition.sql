-- The attrition table: what each drop rule took first, in the measure's order.
-- Rule: rows_out of one line is rows_in of the next; the last rows_out is the number of index stays.
-- Grain: one row per rule of the measure.
-- Source: clinical-definitions.md, section 1 (attrition table).
with rule as (
    select unnest($drop_rules::varchar[]) as rule, unnest(range(1, len($drop_rules::varchar[]) + 1))::integer as step
),
counted as (
    select rule.step, rule.rule, coalesce(sum(c.stay_count), 0)::bigint as rows_dropped
    from rule
    left join cohort.drop_count as c on c.drop_step = rule.step
    group by all
),
remaining as (
    select
        *,
        ((select coalesce(sum(stay_count), 0) from cohort.drop_count)
            - sum(rows_dropped) over (order by step rows unbounded preceding))::bigint as rows_out
    from counted
)
select step, rule, rows_out + rows_dropped as rows_in, rows_dropped, rows_out
from remaining
order by step
