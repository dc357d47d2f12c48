-- What each answered question says about a need domain.
-- Rule: an answer is read by its LOINC code, without one by its text. A question that allows several answers is a need when
--   any of them is. Declined speaks for every domain of its question. The four AHC safety items are summed: a need above
--   $ahc_safety_above, no need only with all four answered. Income is compared with the poverty guideline of its year and
--   household size; without a size only an income below the line for one says anything. Unlisted answers say nothing.
-- Grain: one row per prediction point, domain, question and state.
-- Source: reference.sdoh_question, sdoh_answer, ahc_safety_answer, poverty_guideline; clinical-definitions.md, section 3.
with listed as (
    select distinct a.point_key, q.domain, a.instrument, a.screened_at, if(a.is_declined, 'declined', d.state) as state
    from features.sdoh_answer as a
    join reference.sdoh_question as q on q.question_loinc = a.question_loinc
    left join reference.sdoh_answer as d
        on d.question_loinc = a.question_loinc
        and d.domain = q.domain
        and if(a.answer_loinc is null, d.answer_key is not distinct from nullif(a.answer_key, ''), d.answer_loinc = a.answer_loinc)
    where q.domain is not null
),
safety as (
    select
        a.point_key, q.domain, max(a.instrument) as instrument, max(a.screened_at) as screened_at,
        case
            when sum(d.points) > $ahc_safety_above then 'need'
            when count(distinct a.question_loinc) = (select count(distinct question_loinc) from reference.ahc_safety_answer)
                then 'no_need'
        end as state
    from features.sdoh_answer as a
    join reference.sdoh_question as q on q.question_loinc = a.question_loinc
    join (select distinct question_loinc, answer_loinc, answer_key, points from reference.ahc_safety_answer) as d
        on d.question_loinc = a.question_loinc
        and if(a.answer_loinc is null, d.answer_key = a.answer_key, d.answer_loinc = a.answer_loinc)
    where not a.is_declined
    group by a.point_key, q.domain
),
income as (
    select
        a.point_key, q.domain, a.instrument, a.screened_at, try_cast(replace(a.answer_text, ',', '') as double) as income_usd,
        try_cast(size.answer_text as double) as persons,
        (select max_by(g, if(g.year <= year(a.screened_at), g.year, -g.year)) from reference.poverty_guideline as g) as line
    from features.sdoh_answer as a
    join reference.sdoh_question as q on q.question_loinc = a.question_loinc and q.role = 'household_income'
    left join (
        select s.* from features.sdoh_answer as s
        join reference.sdoh_question as sq on sq.question_loinc = s.question_loinc and sq.role = 'household_size'
    ) as size on size.point_key = a.point_key
)
select point_key, domain, instrument, screened_at, state from listed where state is not null
union all
select point_key, domain, instrument, screened_at, state from safety where state is not null
union all
select point_key, domain, instrument, screened_at, if(income_usd < line.first_person_usd + (coalesce(persons, 1) - 1) * line.each_further_person_usd, 'need', 'no_need')
from income
where income_usd is not null
    and (persons is not null or income_usd < line.first_person_usd)
