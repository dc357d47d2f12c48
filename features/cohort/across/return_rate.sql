-- What followed the index stays: returns of every kind, by facility, by specialty cohort, by both, and over all.
-- Rule: rates are shares of the index stays; of the long horizon, of those for which it is over. `level` says what a row is
--   about; a facility that is missing at its own level is unknown. Unmapped is a specialty cohort of its own.
-- Grain: one row per level, facility and specialty cohort.
-- Source: clinical-definitions.md, section 1 (label); CMS reports readmissions by hospital and specialty cohort.
with added as (
    select
        case grouping(facility_id, specialty_cohort)
            when 0 then 'facility_specialty' when 1 then 'facility' when 2 then 'specialty' else 'overall'
        end as level,
        facility_id, specialty_cohort, sum(columns('_count$'))::bigint
    from cohort.return_count
    group by grouping sets ((facility_id, specialty_cohort), (facility_id), (specialty_cohort), ())
)
select
    *,
    readmitted_7d_count / index_stay_count as readmitted_7d_rate,
    readmitted_30d_count / index_stay_count as readmitted_30d_rate,
    readmitted_90d_count / nullif(followed_90d_count, 0) as readmitted_90d_rate,
    any_return_30d_count / index_stay_count as any_return_30d_rate
from added
where index_stay_count > 0
order by level, facility_id, specialty_cohort
