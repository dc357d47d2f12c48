-- The attrition table by the facility that discharged the patient.
-- Rule: as cohort.attrition, within each facility; added up over all of them it is that table.
-- Grain: one row per facility (missing: unknown) and rule of the measure.
-- Source: clinical-definitions.md, section 1 (attrition table).
with rule as (
    select unnest($drop_rules::varchar[]) as rule, unnest(range(1, len($drop_rules::varchar[]) + 1))::integer as step
),
facility as (select facility_id, sum(stay_count) as stays from cohort.drop_count group by facility_id),
counted as (
    select facility.facility_id, facility.stays, rule.step, rule.rule, coalesce(sum(c.stay_count), 0)::bigint as rows_dropped
    from facility
    cross join rule
    left join cohort.drop_count as c on c.facility_id is not distinct from facility.facility_id and c.drop_step = rule.step
    group by all
),
remaining as (
    select
        *, (stays - sum(rows_dropped) over (partition by facility_id order by step rows unbounded preceding))::bigint as rows_out
    from counted
)
select facility_id, step, rule, rows_out + rows_dropped as rows_in, rows_dropped, rows_out
from remaining
order by facility_id, step
