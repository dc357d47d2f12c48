-- Individual social needs: one state per domain, with its evidence, source and date.
-- Rule: per domain the latest screening day before the prediction time speaks: a need if any answer of that day is one, else
--   declined if any was, else no need. A Z code is a need unless a later screening answered no need. Declined and not asked
--   never become no need; an area index is never a need.
-- Grain: one row per prediction point and need domain.
-- Source: features.sdoh_item, features.z_code_need, reference.sdoh_domain; clinical-definitions.md, section 3.
with latest as (
    select *
    from features.sdoh_item
    qualify screened_at::date = max(screened_at::date) over (partition by point_key, domain)
),
screening as (
    select
        point_key, domain, max(screened_at) as screened_at,
        max({'rank': list_position(['no_need', 'declined', 'need'], state), 'state': state, 'instrument': instrument}) as worst
    from latest
    group by point_key, domain
),
joined as (
    select
        p.point_key, p.stay_key, p.prediction_point, p.patient_key, d.domain, d.position, d.suggested_z_code, s.worst.state as screening_state, s.screened_at,
        s.worst.instrument as instrument, z.z_code, z.known_at,
        z.z_code is not null and s.worst.state is distinct from 'need'
            and not coalesce(s.worst.state = 'no_need' and s.screened_at > z.known_at, false) as is_coded_need
    from features.prediction_point as p
    cross join reference.sdoh_domain as d
    left join screening as s on s.point_key = p.point_key and s.domain = d.domain
    left join features.z_code_need as z on z.point_key = p.point_key and z.domain = d.domain
)
select
    point_key, position, stay_key, prediction_point, patient_key, domain,
    if(is_coded_need, 'need', coalesce(screening_state, 'not_asked')) as state,
    case
        when is_coded_need then 'ICD-10-CM ' || left(z_code, 3) || '.' || substr(z_code, 4)
        when screening_state is null then null
        when instrument = 'other' then 'Screening'
        else replace(instrument, '-', ' ') || ' screening'
    end as evidence,
    case when is_coded_need then 'diagnosis' when screening_state is not null then 'screening' end as evidence_kind,
    if(is_coded_need, known_at, screened_at)::date as evidence_date,
    case when is_coded_need then z_code when screening_state = 'need' then coalesce(z_code, suggested_z_code) end as z_code
from joined
