-- Stitching: which acute inpatient encounters form one stay (transfer rule, same-day fold, overlaps).
-- Rule: encounters of one patient are taken in order of start (ties: the longer first, then smaller id, so that what is
--   joined does not depend on ids). Each is compared with the encounter that ends last so far
--   (ties: begins last, then larger id). It continues the stay when it
--     overlaps   starts strictly before that end, or
--     transfer   starts at another facility on the same or the next calendar day, whatever the codes say, or
--     fold       starts at the same facility on the same day with the same principal condition (CCS category).
--   A missing facility is never another facility, so it counts as the same; a missing category is never the same condition.
--   `joined_known_from`: from when it is known that the encounter continues the stay. An overlap or a transfer shows when
--   it starts; a fold when both principal diagnoses are known as well.
-- Grain: one row per acute inpatient encounter.
-- Source: CMS hospital-wide readmission measure; clinical-definitions.md, section 1 (transfer rule).
with compared as (
    select
        e.encounter_key, e.patient_key, e.started_at, e.ended_at, e.started_date, e.ended_date, e.facility_id, p.ccs,
        p.known_from,
        max({
            'ended_at': coalesce(e.ended_at, 'infinity'::timestamp), 'started_at': e.started_at,
            'encounter_key': e.encounter_key, 'ended_date': e.ended_date, 'facility_id': e.facility_id, 'ccs': p.ccs,
            'known_from': p.known_from
        }) over (
            partition by e.patient_key order by e.started_at, e.ended_at desc nulls first, e.encounter_key
            rows between unbounded preceding and 1 preceding
        ) as last
    from cohort.acute_encounter as e
    left join cohort.principal_diagnosis as p on p.encounter_key = e.encounter_key
),
chained as (
    select
        encounter_key, patient_key, started_at, ended_at, started_date, ended_date,
        case
            when started_at < last.ended_at then started_at
            when facility_id <> last.facility_id then if(started_date <= last.ended_date + 1, started_at, null)
            when started_date = last.ended_date and ccs = last.ccs then greatest(started_at, known_from, last.known_from)
        end as joined_known_from
    from compared
)
select
    last_value(if(joined_known_from is null, encounter_key, null) ignore nulls) over (
        partition by patient_key order by started_at, ended_at desc nulls first, encounter_key rows unbounded preceding
    ) as stay_key,
    *
from chained
