-- Whether the patient came and left at night, by the clock of the site.
-- Rule: night is from $night_from_hour to before $night_until_hour o'clock. Exactly midnight is a day without a time, so unknown.
--   When the patient left is known once the stay is over.
-- Grain: one row per prediction point.
-- Source: features.prediction_point, core.encounter; reference/measures/feature_parameters.yaml.
with moment as (
    select
        p.point_key, timezone($site_timezone, timezone('UTC', p.admitted_at)) as admitted,
        if(p.is_over, timezone($site_timezone, timezone('UTC', z.ended_at)), null) as discharged
    from features.prediction_point as p
    join features.point_stay as o on o.point_key = p.point_key
    join core.encounter as z on z.encounter_key = o.last_encounter_key
),
clock as (
    select
        point_key, if(admitted::time = '00:00', null, hour(admitted)) as admitted,
        if(discharged::time = '00:00', null, hour(discharged)) as discharged
    from moment
)
select
    point_key, (admitted >= $night_from_hour or admitted < $night_until_hour)::tinyint as is_night_admission,
    (discharged >= $night_from_hour or discharged < $night_until_hour)::tinyint as is_night_discharge
from clock
