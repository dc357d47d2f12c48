-- core.area_sdoh, made up: five vulnerability indices of 3,000 counties in three years. Grain: one row per area, index and year.
select
    'county' as area_type, lpad((area + 1000)::varchar, 5, '0') as area_id, index_name, vintage::integer as vintage,
    (hash(area, index_name, 90) % 1000) / 1000 as value
from range(0, 3000) as area(area), range(2020, 2026, 2) as year(vintage),
    (select unnest(['svi_overall', 'svi_theme1', 'svi_theme2', 'svi_theme3', 'svi_theme4']) as index_name)
order by all
