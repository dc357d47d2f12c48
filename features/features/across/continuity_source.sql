-- What the source can say about continuity at all: where it never names a primary care provider, or sends no cancelled
--   visit, these features are null and not a lying zero.
-- Grain: one row.
-- Source: core.patient, core.encounter.
select
    coalesce((select count(primary_care_provider_id) from core.patient), 0) > 0 as has_primary_care_providers,
    exists (
        from core.encounter where status = 'cancelled' and encounter_class in ('outpatient', 'telehealth')
    ) as has_cancelled_visits
