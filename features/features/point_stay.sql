-- The episode at the prediction time: its first encounter (admission), its last so far (where the patient is, or was
--   discharged from).
-- Rule: first: began first; ties: smaller key. Last: ends last (what is in progress ends last of all);
--   ties: begins last, then larger key.
-- Grain: one row per prediction point.
-- Source: clinical-definitions.md, section 1 (stays).
select
    point_key, any_value(known_at) as known_at, count(*) as encounter_count,
    min({'started_at': started_at, 'encounter_key': encounter_key}).encounter_key as first_encounter_key,
    max({
        'ended_at': coalesce(ended_at, 'infinity'::timestamp), 'started_at': started_at, 'encounter_key': encounter_key
    }).encounter_key as last_encounter_key
from features.own_encounter
group by point_key
