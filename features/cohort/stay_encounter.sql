-- Stitching: which acute inpatient encounters form one stay (transfer rule, same-day fold, overlaps).
-- Rule: encounters of one patient are taken in order of start; those that begin at one instant go together, the smaller key
--   first (never by their ends: as they begin, nobody knows those). Each is compared with `last`, the encounter that ends
--   last of those that began before that instant (ties: begins last, then larger key). It continues the stay when it
--     overlaps   starts strictly before that end, or
--     transfer   starts at another facility on the same or the next calendar day, whatever the codes say, or
--     fold       starts at the same facility on the same day with the same principal condition (CCS category).
--   A missing facility is never another facility, so it counts as the same; a missing category is never the same condition.
--   When one of those that go together continues the stay, all do.
--   `joined_known_from`: from when that is known. An overlap or a transfer shows when it starts; a fold when both principal
--   diagnoses are known as well. Of those that go together the earliest counts; the others join the first as they begin.
-- Grain: one row per acute inpatient encounter.
-- Source: CMS hospital-wide readmission measure; clinical-definitions.md, section 1 (transfer rule).
with encounter as (
    select
        e.encounter_key, e.patient_key, e.started_at, e.ended_at, e.started_date, e.ended_date, e.facility_id, p.ccs,
        p.known_from, coalesce(e.ended_at, 'infinity'::timestamp) as until_at
    from cohort.acute_encounter as e
    left join cohort.principal_diagnosis as p on p.encounter_key = e.encounter_key
),
placed as (
    select
        *, min(encounter_key) over (partition by patient_key order by started_at groups current row) as first_key,
        arg_max(encounter_key, {'until_at': until_at, 'started_at': started_at, 'encounter_key': encounter_key}) over (
            partition by patient_key order by started_at groups between unbounded preceding and 1 preceding
        ) as last_key
    from encounter
),
compared as (
    select
        e.encounter_key, e.patient_key, e.started_at, e.ended_at, e.started_date, e.ended_date, e.first_key,
        case
            when e.started_at < last.until_at then e.started_at
            when e.facility_id <> last.facility_id then if(e.started_date <= last.ended_date + 1, e.started_at, null)
            when e.started_date = last.ended_date and e.ccs = last.ccs
                then greatest(e.started_at, e.known_from, last.known_from)
        end as continues_from
    from placed as e
    left join encounter as last on last.encounter_key = e.last_key
),
other as (
    select first_key, min(continues_from) as continues_from from compared where encounter_key <> first_key group by first_key
),
chained as (
    select
        e.encounter_key, e.patient_key, e.started_at, e.ended_at, e.started_date, e.ended_date,
        if(e.encounter_key = e.first_key, least(e.continues_from, other.continues_from), e.started_at) as joined_known_from
    from compared as e
    left join other on other.first_key = e.encounter_key
)
select
    last_value(if(joined_known_from is null, encounter_key, null) ignore nulls) over (
        partition by patient_key order by started_at, encounter_key rows unbounded preceding
    ) as stay_key,
    *
from chained
