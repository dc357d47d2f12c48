-- The usual length of stay, month by month: what case management's monitor compares a stay with.
-- Rule: the median length of stay of the stays discharged in the $length_of_stay_months months before the month, of the same
--   DRG, of the same CCS category, and of all; only from $length_of_stay_minimum_stays stays on. Nothing of the month itself
--   enters, so a month's value stands from its first day on.
-- Grain: one row per group of stays and month, up to the month of the data cut-off.
-- Source: features.length_of_stay_count, all patients.
with grouped as (
    select 'DRG ' || drg_code as stay_group, 'drg' as level, discharge_month, length_of_stay_days, stay_count
    from features.length_of_stay_count
    where drg_code is not null
    union all
    select 'CCS ' || ccs, 'ccs', discharge_month, length_of_stay_days, stay_count
    from features.length_of_stay_count
    where ccs is not null
    union all
    select 'all stays', 'all', discharge_month, length_of_stay_days, stay_count from features.length_of_stay_count
),
monthly as (
    select stay_group, level, discharge_month, length_of_stay_days, sum(stay_count) as stay_count
    from grouped
    group by all
),
reached as (
    select
        stay_group, level, length_of_stay_days, stay_count,
        (discharge_month + to_months(unnest(range(1, $length_of_stay_months::integer + 1))::integer))::date as month
    from monthly
),
counted as (
    select stay_group, level, month, length_of_stay_days, sum(stay_count) as stay_count
    from reached
    where month <= $cut_off_date::date
    group by all
),
ranked as (
    select
        *, sum(stay_count) over (partition by stay_group, month) as total,
        sum(stay_count) over (partition by stay_group, month order by length_of_stay_days) as so_far
    from counted
)
-- The middle stay, or the mean of the two in the middle.
select
    stay_group, month, level, total::integer as stay_count,
    ((min(length_of_stay_days) filter (where 2 * so_far >= total) + min(length_of_stay_days) filter (where 2 * so_far > total)) / 2)::double
        as expected_stay_days
from ranked
where total >= $length_of_stay_minimum_stays::integer
group by all
