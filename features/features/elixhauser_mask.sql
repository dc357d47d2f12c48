-- Elixhauser parts of a stay, packed one bit each, before hierarchies.
-- Rule: of the stay itself secondary diagnoses only; measures that need it, only when present on admission (Y, W, or no
--   indicator: exempt, or the source has none). A stroke that arose in the stay sets a part of its own. Of earlier stays every
--   diagnosis, acquired there or not. Only what was known at the prediction time. ICD-9 codes by their GEM target.
-- Grain: one row per prediction point with a measure.
-- Source: AHRQ Elixhauser Comorbidity Software Refined v2026.1 (reference.elixhauser_code, elixhauser_measure).
with code_mask as (
    select
        code.code_key, bit_or(1::bigint << m.position) as mask,
        bit_or(case
            when not m.needs_present_on_admission then 1::bigint << m.position
            when other.part is not null then 1::bigint << other.position
            else 0
        end) as mask_not_on_admission
    from core.diagnosis_code as code
    join reference.elixhauser_code as c on c.icd10cm_code = code.icd10_code
    join reference.elixhauser_measure as m on m.part = c.measure
    left join reference.elixhauser_measure as other on other.part = m.part_not_on_admission
    group by code.code_key
)
select
    e.point_key,
    bit_or(case
        when e.is_own and d.present_on_admission in ('N', 'U') then m.mask_not_on_admission else m.mask
    end) as mask
from features.look_back_encounter as e
join core.diagnosis as d on d.encounter_key = e.encounter_key and not (e.is_own and d.sequence = 1)
join code_mask as m on m.code_key = d.code_key
where coalesce(d.recorded_at, e.known_from) <= e.known_at
group by e.point_key
