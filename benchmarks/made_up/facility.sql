-- core.facility, made up: twelve hospitals, one of them psychiatric. Grain: one row per facility.
select
    'F' || lpad(site::varchar, 2, '0') as facility_id, 'Hospital ' || site::varchar as name,
    if(site = 11, 'psychiatric', 'acute') as kind, 'S' as system_id
from range(0, 12) as facility(site)
order by facility_id
