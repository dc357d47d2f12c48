-- Stitching: which inpatient encounters form one stay (transfer rule, same-day fold, overlaps).
-- Rule: encounters of one patient are taken in order of start (ties: the longer first, then smaller id, so that what is
--   joined does not depend on ids). Each is compared with the encounter that ends last so far
--   (ties: begins last, then larger id). It continues the stay when it
--     overlaps   starts strictly before that end, or
--     transfer   starts at another facility on the same or the next calendar day, whatever the codes say, or
--     fold       starts at the same facility on the same day with the same principal condition (CCS category).
--   A missing facility is never another facility, so it counts as the same; a missing category is never the same condition.
--   `joined_known_from`: from when it is known that the encounter continues the stay. An overlap or a transfer shows when
--   it starts; a fold when both principal diagnoses are known as well (without `recorded_at`: from the end of theirs).
-- Only acute inpatient encounters count: not at psychiatric, rehabilitation or skilled nursing facilities (unknown kind is
--   acute), not cancelled, planned or entered in error, not begun after the data cut-off. One that ends after the cut-off
--   is still in progress.
-- Grain: one row per acute inpatient encounter.
-- Source: CMS hospital-wide readmission measure; clinical-definitions.md, section 1.
with acute as (
    select
        e.encounter_key, e.patient_key, e.facility_id, e.started_at, e.started_date, d.ccs, d.recorded_at,
        if(e.ended_date <= $cut_off_date::date, e.ended_at, null) as ended_at,
        if(e.ended_date <= $cut_off_date::date, e.ended_date, null) as ended_date
    from core.encounter as e
    left join core.facility as f on f.facility_id = e.facility_id
    left join core.diagnosis as d on d.encounter_key = e.encounter_key and d.sequence = 1
    where e.encounter_class = 'inpatient'
        and e.status in ('finished', 'in_progress')
        and e.started_date <= $cut_off_date::date
        and not list_contains($non_acute_facility_kinds::varchar[], coalesce(f.kind, 'acute'))
),
compared as (
    select
        *,
        coalesce(recorded_at, ended_at, 'infinity'::timestamp) as ccs_known_from,
        max({
            'ended_at': coalesce(ended_at, 'infinity'::timestamp), 'started_at': started_at,
            'encounter_key': encounter_key, 'ended_date': ended_date, 'facility_id': facility_id, 'ccs': ccs,
            'ccs_known_from': ccs_known_from
        }) over (
            partition by patient_key order by started_at, ended_at desc nulls first, encounter_key
            rows between unbounded preceding and 1 preceding
        ) as last
    from acute
),
chained as (
    select
        *,
        case
            when started_at < last.ended_at then started_at
            when facility_id <> last.facility_id then if(started_date <= last.ended_date + 1, started_at, null)
            when started_date = last.ended_date and ccs = last.ccs
                then greatest(started_at, ccs_known_from, last.ccs_known_from)
        end as joined_known_from
    from compared
),
numbered as (
    select
        *,
        count(*) filter (where joined_known_from is null) over (
            partition by patient_key order by started_at, ended_at desc nulls first, encounter_key rows unbounded preceding
        ) as stay_number
    from chained
)
select
    first(encounter_key) over (
        partition by patient_key, stay_number order by started_at, ended_at desc nulls first, encounter_key
        rows between unbounded preceding and unbounded following
    ) as stay_key,
    encounter_key, patient_key, started_at, ended_at, started_date, ended_date, joined_known_from
from numbered
