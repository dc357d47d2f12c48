-- core.medication, made up: about two an encounter; a fifth have no class that is high-risk. Grain: one row per order of a bucket.
with drawn as (
    select *, if(encounter_class = 'inpatient', if(n < 3, 'inpatient', 'discharge'), 'outpatient') as kind
    from visit, range(0, 5) as position(n)
    where n <= if(encounter_class = 'inpatient', 4, 0)
)
select
    patient_key, encounter_key, kind, 'ATC' as code_system,
    ['C03CA01', 'A10AB01', 'B01AA03', 'N02AA01', 'C07AB02', 'C09AA02', 'A02BC01', 'C10AA05', 'N06AB04', 'J01CA04']
        [1 + (hash(encounter_key, n, 60) % 10)::integer] || (hash(encounter_key, n, 61) % 30)::varchar as code,
    null::varchar as name, if(kind = 'discharge', ended_at - interval 2 minute, started_at + interval 1 hour) as started_at,
    null::timestamp as ended_at,
    if(kind = 'discharge', ended_at - interval 2 minute, started_at + interval 1 hour)::date as started_date
from drawn
order by patient_key, encounter_key, kind, code, started_at
