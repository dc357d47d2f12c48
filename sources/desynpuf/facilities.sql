-- Rule: every provider number of a claim is a facility of unknown kind. The third and fourth characters look like the
--       type of a CMS Certification Number (40 psychiatric, 30 rehabilitation, S and T units), but the last two are
--       scrambled letters and claims of each such type have the same case mix, so the type is not believed
--       (docs/how-to/claims-desynpuf.md has the figures).
-- Grain: one row per PRVDR_NUM.
-- Source: CMS DE-SynPUF codebook; our own examination of samples 1 to 6.
SELECT DISTINCT prvdr_num AS facility_id
FROM source.claim
WHERE prvdr_num IS NOT NULL
ORDER BY facility_id
