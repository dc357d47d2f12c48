-- The encounters of the episode that had begun by the prediction time, as they were then: what ends later has not ended.
-- Grain: one row per prediction point and acute encounter of its episode.
-- Source: features.episode (rule there).
select
    p.point_key, p.known_at, e.encounter_key, e.started_at, if(e.ended_at <= p.known_at, e.ended_at, null) as ended_at
from features.prediction_point as p
join features.episode_encounter as e
    on e.episode_key = p.episode_key and e.valid_from = p.valid_from and e.started_at <= p.known_at
