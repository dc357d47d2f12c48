-- core.sdoh_screening, made up: PRAPARE, all its coded questions, at one encounter in forty. Grain: one row per answer of a bucket.
select
    patient_key, encounter_key, 'PRAPARE' as instrument, question as question_loinc,
    answers[1 + (hash(encounter_key, question, 80) % len(answers))::integer] as answer_loinc, null::varchar as answer_text,
    'answered' as answer_state, started_at + interval 30 minute as screened_at
from visit, question
where hash(encounter_key, 81) % 40 = 0
order by patient_key, encounter_key, question
