-- The latest answers to each screening question before the prediction time.
-- Rule: questions marked not asked carry nothing. Of each question the answers given last (several at once where the question
--   allows several). Words are compared in lower-case letters and digits, 2.0 as 2. Declined by the answer's state or by what
--   the answer says.
-- Grain: one row per prediction point, question, instrument and answer.
-- Source: core.sdoh_screening, reference.sdoh_declined_answer; clinical-definitions.md, section 3.
with said as (
    select distinct
        p.point_key, s.question_loinc, coalesce(s.instrument, 'other') as instrument, s.answer_loinc, s.answer_text, s.screened_at,
        trim(regexp_replace(
            regexp_replace(lower(coalesce(s.answer_text, '')), '^([0-9]+)[.]0+$', '\1'), '[^a-z0-9]+', ' ', 'g'
        )) as answer_key,
        s.answer_state = 'declined' as is_marked_declined
    from features.prediction_point as p
    join core.sdoh_screening as s on s.patient_key = p.patient_key and s.screened_at <= p.known_at
    where s.answer_state is distinct from 'not_asked'
    qualify s.screened_at = max(s.screened_at) over (partition by p.point_key, s.question_loinc)
)
select
    said.* exclude (is_marked_declined),
    coalesce(said.is_marked_declined, false) or if(
        said.answer_loinc is null,
        said.answer_key in (select answer_key from reference.sdoh_declined_answer),
        said.answer_loinc in (select answer_loinc from reference.sdoh_declined_answer where answer_loinc is not null)
    ) as is_declined
from said
