-- PRAPARE tally, 0-22: the risks marked on the patient's last PRAPARE day before the prediction time.
-- Rule: one point per question marked, race once however many; each unmet item counts. Refusals never score. Reported as an
--   instrument: its demographic items rank nobody. Null when nothing was answered.
-- Grain: one row per prediction point with a PRAPARE answer.
-- Source: reference.sdoh_answer, sdoh_question (role each: every answer counts); clinical-definitions.md, section 3.
with answered as (
    select *
    from features.sdoh_answer
    where instrument = 'PRAPARE' and not is_declined
    qualify screened_at::date = max(screened_at::date) over (partition by point_key)
),
question as (select question_loinc, max(role) as role from reference.sdoh_question group by question_loinc),
marked as (
    select a.point_key, a.question_loinc, q.role, coalesce(d.answer_loinc, d.answer_key) as answer, max(d.tally_points) as points
    from answered as a
    join question as q on q.question_loinc = a.question_loinc
    left join reference.sdoh_answer as d
        on d.question_loinc = a.question_loinc
        and if(a.answer_loinc is null, d.answer_key is not distinct from nullif(a.answer_key, ''), d.answer_loinc = a.answer_loinc)
    group by all
),
poor as (
    select distinct i.point_key
    from features.sdoh_item as i
    join reference.sdoh_question as q on q.role = 'household_income' and q.domain = i.domain
    join answered as a on a.point_key = i.point_key and a.question_loinc = q.question_loinc and a.screened_at = i.screened_at
    where i.state = 'need'
),
per_question as (
    select point_key, question_loinc, coalesce(if(any_value(role) = 'each', sum(points), max(points)), 0) as points
    from marked
    group by point_key, question_loinc
)
select
    q.point_key, count(*) as prapare_answered_count,
    least(sum(q.points) + count(distinct poor.point_key), $prapare_tally_max)::integer as prapare_tally
from per_question as q
left join poor on poor.point_key = q.point_key
group by q.point_key
