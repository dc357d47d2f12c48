-- Which optional sources exist, so that what an absent source would have fed is null and never a lying zero.
-- Rule: a source without a row in core.table_presence is taken as present.
-- Grain: one row.
-- Source: source-contract.md (optional tables).
select
    coalesce(bool_and(is_present) filter (where table_name = 'procedure'), true) as has_procedures,
    coalesce(bool_and(is_present) filter (where table_name = 'medication'), true) as has_medications,
    coalesce(bool_and(is_present) filter (where table_name = 'lab_result'), true) as has_labs,
    coalesce(bool_and(is_present) filter (where table_name = 'sdoh_screening'), true) as has_screenings,
    coalesce(bool_and(is_present) filter (where table_name = 'area_sdoh'), true) as has_areas,
    coalesce(bool_and(is_present) filter (where table_name = 'encounter:emergency'), true) as has_emergency,
    coalesce(
        bool_and(is_present) filter (where table_name = 'encounter:observation'), true
    ) as has_observation
from core.table_presence
