-- Area indices: the social context of where the patient lives; never an individual need.
-- Rule: per index the finest area that has a value (tract, else county, else ZIP code), and of that the latest vintage not
--   later than the year of the prediction. The address is the one on file. Quartile 4 is the most vulnerable or deprived. An
--   index is missing when no area of the patient has a value; null where the source has no area indices.
-- Grain: one row per prediction point.
-- Source: core.area_sdoh (CDC/ATSDR SVI, ADI); reference.area_index_quartile; clinical-definitions.md, section 3.
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
),
wide as (
    select
        p.point_key, any_value(year(p.known_at)) as prediction_year,
        max(b.found.value) filter (where b.index_name = 'svi_overall') as area_svi_overall,
        max(b.found.value) filter (where b.index_name = 'svi_theme1') as area_svi_theme1,
        max(b.found.value) filter (where b.index_name = 'svi_theme2') as area_svi_theme2,
        max(b.found.value) filter (where b.index_name = 'svi_theme3') as area_svi_theme3,
        max(b.found.value) filter (where b.index_name = 'svi_theme4') as area_svi_theme4,
        max(b.found.vintage) filter (where b.index_name = 'svi_overall') as area_svi_vintage,
        max(b.found.area_type) filter (where b.index_name = 'svi_overall') as area_svi_level,
        max(b.found.value) filter (where b.index_name = 'adi_national') as area_adi_national,
        max(b.found.vintage) filter (where b.index_name = 'adi_national') as adi_vintage,
        max(b.found.area_type) filter (where b.index_name = 'adi_national') as area_adi_level
    from features.prediction_point as p
    left join best as b on b.point_key = p.point_key
    group by p.point_key
)
select
    wide.* exclude (prediction_year, area_adi_national, adi_vintage, area_adi_level), svi.quartile::tinyint as area_svi_quartile,
    wide.prediction_year - wide.area_svi_vintage as area_svi_age_years,
    if(source.has_areas, wide.area_svi_overall is null, null)::tinyint as area_svi_missing,
    wide.area_adi_national, adi.quartile::tinyint as area_adi_quartile, wide.area_adi_level,
    wide.prediction_year - wide.adi_vintage as area_adi_age_years,
    if(source.has_areas, wide.area_adi_national is null, null)::tinyint as area_adi_missing
from wide
cross join features.source_presence as source
asof left join (from reference.area_index_quartile where index_name = 'svi_overall') as svi on wide.area_svi_overall <= svi.up_to
asof left join (from reference.area_index_quartile where index_name = 'adi_national') as adi on wide.area_adi_national <= adi.up_to
