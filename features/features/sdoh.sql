-- Social needs of the patient at the prediction time, one column per domain, with counts.
-- Rule: the states of features.sdoh_need. Where the source has no screenings at all, not_asked and the counts of screening are
--   null (nobody could have asked); a coded need still shows.
--   Shares are of all domains (never asked) and of those asked about (declined); days since are calendar days in the site's zone.
-- Grain: one row per prediction point.
-- Source: features.sdoh_need, features.prapare_tally; clinical-definitions.md, section 3.
with state as (
    select
        n.point_key, n.domain, n.state, n.evidence_date, source.has_screenings,
        if(n.state = 'not_asked' and not source.has_screenings, null, n.state) as shown
    from features.sdoh_need as n
    cross join features.source_presence as source
),
screened as (select point_key, max(screened_at) as last_screened_at from features.sdoh_answer group by point_key)
select
    p.point_key,
    max(s.shown) filter (where s.domain = 'housing') as sdoh_housing,
    max(s.shown) filter (where s.domain = 'food') as sdoh_food,
    max(s.shown) filter (where s.domain = 'transportation') as sdoh_transportation,
    max(s.shown) filter (where s.domain = 'utilities') as sdoh_utilities,
    max(s.shown) filter (where s.domain = 'safety') as sdoh_safety,
    max(s.shown) filter (where s.domain = 'financial') as sdoh_financial,
    max(s.shown) filter (where s.domain = 'employment') as sdoh_employment,
    max(s.shown) filter (where s.domain = 'education') as sdoh_education,
    max(s.shown) filter (where s.domain = 'social_isolation') as sdoh_social_isolation,
    max(s.shown) filter (where s.domain = 'stress') as sdoh_stress,
    max(s.shown) filter (where s.domain = 'language') as sdoh_language,
    max(s.shown) filter (where s.domain = 'insurance') as sdoh_insurance,
    max(s.shown) filter (where s.domain = 'caregiver') as sdoh_caregiver,
    if(bool_or(s.has_screenings), count(*) filter (where s.state = 'need'), null) as sdoh_need_count,
    if(bool_or(s.has_screenings), count(*) filter (where s.state = 'declined'), null) as sdoh_declined_count,
    if(bool_or(s.has_screenings), count(*) filter (where s.state <> 'not_asked'), null) as sdoh_asked_count,
    if(bool_or(s.has_screenings), count(*) filter (where s.state = 'not_asked') / count(*), null) as sdoh_not_asked_share,
    if(bool_or(s.has_screenings), count(*) filter (where s.state = 'declined') / nullif(count(*) filter (where s.state <> 'not_asked'), 0), null) as sdoh_declined_share,
    if(bool_or(s.has_screenings), count(screened.last_screened_at) > 0, null)::tinyint as has_sdoh_screening,
    any_value(p.known_date) - timezone($site_timezone, timezone('UTC', max(screened.last_screened_at)))::date as days_since_sdoh_screening,
    (select count(*) from features.z_code_need as z where z.point_key = p.point_key) as sdoh_coded_domain_count,
    any_value(t.prapare_answered_count) as prapare_answered_count, any_value(t.prapare_tally) as prapare_tally
from features.prediction_point as p
join state as s on s.point_key = p.point_key
left join screened on screened.point_key = p.point_key
left join features.prapare_tally as t on t.point_key = p.point_key
group by p.point_key
