-- The medications that occur, each once and numbered, so that text is compared once and not for every order.
-- Rule: a drug is its code, else its name.
-- Grain: one row per code system, code and name.
-- Source: core.medication.
with product as (select distinct code_system, code, name from core.medication)
select
    *, row_number() over (order by code_system, code, name)::integer as product_number,
    dense_rank() over (order by coalesce(code, lower(trim(name))))::integer as drug_number
from product
