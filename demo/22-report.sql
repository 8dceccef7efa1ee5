-- An operation's report, short: one line, then a line a data set that something happened to.
-- Caller: demo.sql. Variable report: the jsonb that rehydra_import or rehydra_restore returned.
SELECT r ->> 'status' AS status, r ->> 'mode' AS mode, r ->> 'error_count' AS errors, jsonb_array_length(r -> 'warnings') AS warnings,
       left(r ->> 'snapshot_id', 8) AS snapshot, r ->> 'duration_ms' AS ms
FROM (SELECT :'report'::jsonb) AS given (r);
SELECT name AS "data set", before, in_file, inserted, updated, deleted, unchanged, after
FROM jsonb_to_recordset(:'report'::jsonb -> 'datasets')
  AS d (name text, before bigint, in_file bigint, inserted bigint, updated bigint, deleted bigint, unchanged bigint, after bigint)
WHERE inserted + updated + deleted > 0;
