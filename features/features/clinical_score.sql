-- The scores that clinicians know, with their components, bands and missing flags.
-- Grain: one row per prediction point.
-- Source: features.lace, features.hospital (rules there); reference.score_band.
select
    l.point_key, l.lace, lace_band.band as lace_band, l.* exclude (point_key, lace),
    h.hospital, hospital_band.band as hospital_band, h.* exclude (point_key, hospital)
from features.lace as l
join features.hospital as h on h.point_key = l.point_key
left join reference.score_band as lace_band
    on lace_band.score = 'lace' and l.lace between lace_band.from_value and lace_band.to_value
left join reference.score_band as hospital_band
    on hospital_band.score = 'hospital' and h.hospital between hospital_band.from_value and hospital_band.to_value
