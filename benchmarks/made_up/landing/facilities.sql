-- Landing table facilities, from the made-up core. Grain: one row per facility.
select * from core.facility
