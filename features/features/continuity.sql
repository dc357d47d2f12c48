-- Continuity of care: payers, how few people share the outpatient contacts, primary care, what was cancelled.
-- Rule: over the contacts of the 365 calendar days before the admission, n of them, n_i with provider i: the usual provider's
--   share is max n_i / n, Bice and Boxerman's index (sum n_i^2 - n) / (n (n - 1)); both need two contacts whose provider is
--   named. When no contact tells whether it was primary care, how many were is unknown, not 0. Payers, facilities and providers
--   are counted over encounters of every class in those 365 days and the stay so far. The payer has changed when the last
--   inpatient encounter before the admission that names one names another.
-- Grain: one row per prediction point.
-- Source: features.year_encounter; Bice and Boxerman 1977; review with both formulas: BMC Health Serv Res 2022, doi
--   10.1186/s12913-022-07953-z.
with counted as (
    select
        point_key,
        -- arg_max passes over those without a payer.
        arg_max(payer_class, {'started_at': started_at, 'encounter_key': encounter_key}) filter (where is_earlier_stay) as earlier_payer,
        nullif(count(distinct payer_class) filter (where not is_cancelled), 0) as payer_count_365d,
        nullif(count(distinct facility_id) filter (where not is_cancelled), 0) as facility_count_365d,
        nullif(count(distinct attending_provider_id) filter (where not is_cancelled), 0) as provider_count_365d,
        map_values(histogram(attending_provider_id) filter (where is_contact and not is_cancelled))::bigint[] as shares,
        count(*) filter (where is_contact and not is_cancelled) as contact_count,
        count(is_primary_care) filter (where is_contact and not is_cancelled) as told_count,
        count(*) filter (where is_primary_care and is_contact and not is_cancelled) as primary_care_count,
        min(admission_date - started_date) filter (where is_primary_care and is_contact and not is_cancelled) as primary_care_days,
        count(*) filter (where is_contact and is_cancelled) as cancelled_count
    from features.year_encounter
    group by point_key
),
continued as (
    select
        point_key, list_sum(shares) as n, list_max(shares) as usual, list_sum(list_transform(shares, lambda own: own * own)) as squares
    from counted
)
select
    p.point_key, (counted.earlier_payer <> z.payer_class)::tinyint as has_payer_changed,
    counted.payer_count_365d::smallint as payer_count_365d,
    if(n >= 2, round(usual / n, 3), null)::double as usual_provider_share_365d,
    if(n >= 2, round((squares - n) / (n * (n - 1)), 3), null)::double as continuity_index_365d,
    if(source.has_primary_care_providers, (patient.primary_care_provider_id is not null)::tinyint, null) as has_primary_care_provider,
    if(told_count > 0 or contact_count = 0, primary_care_count, null)::smallint as primary_care_contact_count_365d,
    primary_care_days::smallint as days_since_primary_care_contact,
    counted.facility_count_365d::smallint as facility_count_365d, counted.provider_count_365d::smallint as provider_count_365d,
    if(source.has_cancelled_visits, cancelled_count, null)::smallint as cancelled_visit_count_365d
from features.prediction_point as p
join features.point_stay as o on o.point_key = p.point_key
join core.encounter as z on z.encounter_key = o.last_encounter_key
join core.patient as patient on patient.patient_key = p.patient_key
join counted on counted.point_key = p.point_key
join continued on continued.point_key = p.point_key
cross join features.continuity_source as source
