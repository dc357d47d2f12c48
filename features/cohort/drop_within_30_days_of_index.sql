-- Drop rule within_30_days_of_index: the stay begins within the measure's index_gap_days after an index stay ends.
-- Rule: the stays that no other rule drops (follow-up aside) are walked in order of time; one that begins within that many
--   days of the discharge of the last one kept is not kept.
-- Grain: one row per stay that the rule drops; `known_from` is never: who is back so soon is scored all the same.
-- Source: CMS 30-day readmission measures by condition; SAS code of the COPD measure, 2014 (notes of hrrp_copd).
with walked as (
    select
        list(s.stay_key) as stay_keys,
        list_reduce(
            list({'from': s.admission_date, 'until': s.discharge_date, 'kept': [s.stay_key]} order by s.admitted_at),
            lambda before, stay: if(
                stay.from > before.until + $index_gap_days::integer,
                {'from': stay.from, 'until': stay.until, 'kept': list_concat(before.kept, stay.kept)}, before
            )
        ).kept as kept
    from cohort.stay as s
    where $index_gap_days::integer > 0
        and s.stay_key not in (select stay_key from cohort.stay_drop_rule where rule <> 'no_full_follow_up')
    group by s.patient_key
)
select unnest(list_filter(stay_keys, lambda stay_key: not list_contains(kept, stay_key))) as stay_key, null::timestamp as known_from
from walked
