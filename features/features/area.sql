-- Area indices: the social context of where the patient lives; never an individual need.
-- Rule: per index the finest area that has a value (tract, else county, else ZIP code), and of that the latest vintage not
--   later than the year of the prediction. The address is the one on file.
-- Grain: one row per prediction point.
-- Source: core.area_sdoh (CDC/ATSDR SVI, ADI); clinical-definitions.md, section 3.
with place as (
    select p.point_key, year(p.known_at) as prediction_year, a.area_type, a.area_id, a.fineness
    from features.prediction_point as p
    join core.patient as patient on patient.patient_key = p.patient_key
    cross join lateral (
        select unnest([
            {'area_type': 'tract', 'area_id': patient.census_tract, 'fineness': 3},
            {'area_type': 'county', 'area_id': patient.county_fips, 'fineness': 2},
            {'area_type': 'zip', 'area_id': left(patient.zip_code, 5), 'fineness': 1}
        ], recursive := true)
    ) as a
    where a.area_id is not null
),
best as (
    select
        place.point_key, i.index_name,
        max({'fineness': place.fineness, 'vintage': i.vintage, 'value': i.value, 'area_type': place.area_type}) as found
    from place
    join core.area_sdoh as i
        on i.area_type = place.area_type and i.area_id = place.area_id and i.vintage <= place.prediction_year and i.value >= 0
    group by place.point_key, i.index_name
)
select
    p.point_key,
    max(b.found.value) filter (where b.index_name = 'svi_overall') as area_svi_overall,
    max(b.found.value) filter (where b.index_name = 'svi_theme1') as area_svi_theme1,
    max(b.found.value) filter (where b.index_name = 'svi_theme2') as area_svi_theme2,
    max(b.found.value) filter (where b.index_name = 'svi_theme3') as area_svi_theme3,
    max(b.found.value) filter (where b.index_name = 'svi_theme4') as area_svi_theme4,
    max(b.found.vintage) filter (where b.index_name = 'svi_overall') as area_svi_vintage,
    max(b.found.area_type) filter (where b.index_name = 'svi_overall') as area_svi_level,
    max(b.found.value) filter (where b.index_name = 'adi_national') as area_adi_national
from features.prediction_point as p
left join best as b on b.point_key = p.point_key
group by p.point_key
