-- core.lab_result, made up: eleven for an inpatient encounter, three for an emergency one; one in a hundred without a unit.
-- Grain: one row per result of a bucket.
with drawn as (
    select v.*, n, hash(encounter_key, n, 70) % (select count(*) from lab) as place
    from visit as v, range(0, 11) as position(n)
    where n < case encounter_class when 'inpatient' then 11 when 'emergency' then 3 else 0 end
)
select
    patient_key, encounter_key, loinc_code, round(typical * (0.8 + (hash(encounter_key, n, 71) % 100) / 100), 2) as value,
    if(hash(encounter_key, n, 72) % 100 = 0, null, unit) as unit,
    started_at + to_minutes((n * 20 + 5)::bigint) as collected_at, started_at + to_minutes((n * 20 + 45)::bigint) as resulted_at
from drawn
join lab on lab.place = drawn.place
order by patient_key, encounter_key, loinc_code, value, unit, collected_at
