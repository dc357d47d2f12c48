-- core.diagnosis, made up: 6.5 an encounter, few codes frequent and most rare. Grain: one row per diagnosis of a bucket.
-- Position n takes only codes of its own twelfth of the list, so that no encounter has a code twice.
with drawn as (
    select
        encounter_key, patient_key, ended_at, n,
        1 + ((floor(power((hash(encounter_key, n, 40) % 1000003) / 1000003, 4) * (len(code.codes) // 12)) * 12 + n)
            % len(code.codes))::integer as place
    from visit, range(0, 12) as position(n), code
    where patient_key % $buckets = $bucket and n <= hash(encounter_key, 41) % 12
)
select
    encounter_key, patient_key, 'ICD-10-CM' as code_system, codes[place] as code, codes[place] as icd10_code,
    ccs[place] as ccs, (n + 1)::integer as sequence,
    ['Y', 'Y', 'Y', 'N', null][1 + (hash(encounter_key, n, 42) % 5)::integer] as present_on_admission,
    if(hash(encounter_key, 43) % 10 = 0, ended_at + interval 3 day, ended_at - interval 1 minute) as recorded_at
from drawn, code
order by patient_key, encounter_key, code
