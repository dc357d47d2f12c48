-- High-risk classes of medications.
-- Rule: a drug is of a class by its ATC code (any below the class's), its RxNorm code, or a word of its name that begins with
--   one of the class's names: morphine is not found in apomorphine. Words are parted by blanks and - / ( , +.
-- Grain: one row per medication and class.
-- Source: reference.high_risk_medication.
with product as (select *, ' ' || translate(lower(name), '-/(,+', '     ') as words from features.product)
select distinct d.product_number, h.medication_class, h.medication_group
from product as d
join reference.high_risk_medication as h
    on (h.code_system = 'ATC' and d.code_system = 'ATC' and starts_with(d.code, h.code))
    or (h.code_system = 'RxNorm' and d.code_system = 'RxNorm' and d.code = h.code)
    or (h.code_system = 'name' and contains(d.words, ' ' || h.code))
