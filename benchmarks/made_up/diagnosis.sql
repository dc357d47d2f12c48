-- core.diagnosis, made up: 6.5 an encounter, few codes frequent and most rare. Grain: one row per diagnosis of a bucket.
-- Of one encounter in ten the secondary ones are recorded three days after its end.
-- Position n takes only codes of its own twelfth of the list, so that no encounter has a code twice.
with drawn as (
    select
        encounter_key, patient_key, ended_at, n,
        floor(power((hash(encounter_key, n, 40) % 1000003) / 1000003, 4) * (select count(*) // 12 from code))::integer * 12 + n as place
    from visit, range(0, 12) as position(n)
    where n <= hash(encounter_key, 41) % 12
)
select
    encounter_key, patient_key, 'ICD-10-CM' as code_system, code, code_key,
    code as icd10_code, ccs, (n + 1)::integer as sequence,
    ['Y', 'Y', 'Y', 'N', null][1 + (hash(encounter_key, n, 42) % 5)::integer] as present_on_admission,
    if(n > 0 and hash(encounter_key, 43) % 10 = 0, ended_at + interval 3 day, ended_at - interval 1 minute) as recorded_at
from drawn
join code on code.place = drawn.place
order by patient_key, encounter_key, code
