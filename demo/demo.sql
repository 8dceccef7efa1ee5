-- The product tour: one customer leaves shared tables as a workbook, comes to harm, and comes back exactly.
-- Caller: make demo, as a superuser in an empty database of a throwaway cluster. Variables: scale (S, M or L) or rows (about so many a
-- customer); out, a folder that the server may write to. Every claim is checked: a broken promise ends the tour with an error.
\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset footer off
\pset null '-'
\pset format wrapped
\pset columns 130
SET client_min_messages = warning;
\if :{?scale}
\else
  \set scale S
\endif
\if :{?rows}
\else
  SELECT CASE :'scale' WHEN 'L' THEN 1000000 WHEN 'M' THEN 100000 ELSE 10000 END AS rows \gset
\endif
\set file :out '/customer-1.xlsx'

CREATE FUNCTION pg_temp.expect(met boolean, promise text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF met IS NOT TRUE THEN
    RAISE EXCEPTION 'the tour ends here, a promise was not kept: %', promise;
  END IF;
  RETURN 'kept';
END
$$;

\echo
\echo '== 1. Shared tables, protected and registered in one call'
CREATE EXTENSION rehydra;
CREATE SCHEMA crm;
SET search_path = crm, public;
SELECT dataset, COALESCE(sheet, '') AS sheet, action, COALESCE(note, '') AS note FROM rehydra_install_preset('customer_success', 'crm');

\echo '   Three customers move in, with text, numbers, times and JSON that have broken other exports.'
\ir 10-data.sql
\set digest at_first
\ir 20-digest.sql
SELECT customer, sum(row_count) AS rows, count(*) AS tables FROM at_first GROUP BY customer ORDER BY customer;

-- What an application logs in as: three memberships, and its own privileges on its own tables.
CREATE ROLE crm_app NOLOGIN;
GRANT rehydra_exporter, rehydra_importer, rehydra_restorer TO crm_app;
GRANT USAGE ON SCHEMA crm TO crm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crm TO crm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA crm TO crm_app;

\echo '== 2. A session of customer 1 exports its workbook'
SET ROLE crm_app;
SET rehydra.tenant = '1';
SELECT count(*) AS "accounts this session sees", string_agg(DISTINCT customer_id::text, ', ') AS "of customers" FROM accounts;
CREATE TEMP TABLE exported AS SELECT rehydra_export('1') AS file;
RESET ROLE;
-- The superuser's part is only to put the bytes where somebody can open them; an application would send them to a browser.
SELECT lo_from_bytea(0, file) AS lo FROM exported \gset
SELECT lo_export(:lo, :'file') AS written, lo_unlink(:lo) AS gone \gset
SELECT pg_temp.expect((pg_stat_file(:'file')).size = length(file) AND substr(file, 1, 2) = 'PK', 'the file is there, and is a workbook') AS ok FROM exported \gset
SELECT pg_size_pretty(length(file)::bigint) AS "size of the workbook", :'file' AS written_to FROM exported;

\echo '== 3. An accident'
SET ROLE crm_app;
\ir 30-damage.sql
RESET ROLE;
\set digest damaged
\ir 20-digest.sql
\set before at_first
\set after damaged
\ir 21-compare.sql
SELECT pg_temp.expect(count(*) FILTER (WHERE customer = '1') > 5 AND count(*) FILTER (WHERE customer <> '1') = 0, 'the accident harms customer 1 alone') AS ok
FROM (TABLE at_first EXCEPT TABLE damaged) AS harmed \gset
CREATE TEMP TABLE upload AS SELECT pg_read_binary_file(:'file') AS file;
GRANT SELECT ON upload TO crm_app;

\echo '== 4. Preview: what would putting the file back do? (no locks, no writes)'
SET ROLE crm_app;
CREATE TEMP TABLE preview AS SELECT p.* FROM upload CROSS JOIN LATERAL rehydra_preview(upload.file) AS p;
SELECT dataset AS "data set", in_tenant, in_file, to_insert, to_update, to_delete, blocked, unchanged, rejected FROM preview;
SELECT pg_temp.expect(sum(to_insert) > 0 AND sum(to_update) > 0 AND sum(to_delete) = 1 AND sum(blocked) = 0 AND sum(rejected) = 0,
                      'the preview finds what is missing, what changed and the one stray row') AS ok FROM preview \gset

\echo '== 5. Import without a confirmation: rows would be deleted, so nothing happens'
SELECT rehydra_import(file) AS report FROM upload \gset
SELECT :'report'::jsonb ->> 'status' AS status, :'report'::jsonb #>> '{errors,0,message}' AS message;
SELECT pg_temp.expect(:'report'::jsonb ->> 'status' = 'confirmation_required', 'deleting needs a confirmation') AS ok \gset
RESET ROLE;
\set digest unconfirmed
\ir 20-digest.sql
SELECT pg_temp.expect(NOT EXISTS (TABLE damaged EXCEPT TABLE unconfirmed) AND NOT EXISTS (TABLE unconfirmed EXCEPT TABLE damaged),
                      'without a confirmation nothing changes') AS ok \gset

\echo '== 6. Customer 2 tries the same file'
SET ROLE crm_app;
SET rehydra.tenant = '2';
SELECT rehydra_import(file, confirm => 'DELETE') AS report FROM upload \gset
SELECT :'report'::jsonb ->> 'status' AS status, :'report'::jsonb #>> '{errors,0,message}' AS message;
SELECT pg_temp.expect(:'report'::jsonb ->> 'status' = 'denied', 'nobody imports another customer''s file') AS ok \gset

\echo '== 7. Import, confirmed'
SET rehydra.tenant = '1';
SELECT rehydra_import(file, confirm => 'DELETE') AS report FROM upload \gset
\ir 22-report.sql
SELECT pg_temp.expect(:'report'::jsonb ->> 'status' = 'applied', 'the import is applied') AS ok \gset
SELECT pg_temp.expect(bool_and((d.inserted, d.updated, d.deleted, d.unchanged) IS NOT DISTINCT FROM (p.to_insert, p.to_update, p.to_delete, p.unchanged)),
                      'the import did what the preview said') AS ok
FROM preview AS p
LEFT JOIN jsonb_to_recordset(:'report'::jsonb -> 'datasets') AS d (name text, inserted bigint, updated bigint, deleted bigint, unchanged bigint) ON d.name = p.dataset \gset
SELECT :'report'::jsonb ->> 'snapshot_id' AS snapshot_id \gset
RESET ROLE;
\set digest imported
\ir 20-digest.sql
\echo '   Plain SQL, without rehydra: every row of every table, secrets included, against the state before the accident.'
\set before at_first
\set after imported
\ir 21-compare.sql
SELECT pg_temp.expect(NOT EXISTS (TABLE at_first EXCEPT TABLE imported) AND NOT EXISTS (TABLE imported EXCEPT TABLE at_first),
                      'customer 1 is what it was, and nobody else ever changed') AS ok \gset

\echo '== 8. The same file again: nothing to do, nothing written'
SET ROLE crm_app;
SELECT rehydra_import(file) AS report FROM upload \gset
\ir 22-report.sql
SELECT pg_temp.expect(:'report'::jsonb ->> 'status' = 'unchanged', 'an unedited file changes nothing') AS ok \gset

\echo '== 9. The log, as customer 1 sees it, and the snapshot taken before the import'
SELECT kind, mode, outcome, effective_role, file_bytes, duration_ms AS ms FROM rehydra.activity_log ORDER BY at;
SELECT pg_temp.expect(array_agg(outcome ORDER BY at) FILTER (WHERE kind = 'import') = '{confirmation_required,applied,unchanged}'
                      AND bool_and(customer_id = '1'), 'every attempt of this customer is in the log, and nobody else''s') AS ok FROM rehydra.activity_log \gset
SELECT left(snapshot_id::text, 8) AS snapshot, customer_id AS customer, reason, rows, pg_size_pretty(bytes) AS size FROM rehydra.snapshots ORDER BY taken_at;

\echo '== 10. Undo: back to the state before the import, stray row and all'
SELECT rehydra_restore(:'snapshot_id', confirm => 'DELETE') AS report \gset
\ir 22-report.sql
SELECT pg_temp.expect(:'report'::jsonb ->> 'status' = 'applied', 'the snapshot is restored') AS ok \gset
RESET ROLE;
\set digest undone
\ir 20-digest.sql
\set before damaged
\set after undone
\ir 21-compare.sql
SELECT pg_temp.expect(NOT EXISTS (TABLE damaged EXCEPT TABLE undone) AND NOT EXISTS (TABLE undone EXCEPT TABLE damaged),
                      'a restore puts back exactly what was there before the import') AS ok \gset

\echo '== 11. And once more, so that the tour leaves customer 1 well'
SET ROLE crm_app;
SELECT rehydra_import(file, confirm => 'DELETE') AS report FROM upload \gset
RESET ROLE;
\set digest at_last
\ir 20-digest.sql
\set before at_first
\set after at_last
\ir 21-compare.sql
SELECT pg_temp.expect(NOT EXISTS (TABLE at_first EXCEPT TABLE at_last) AND NOT EXISTS (TABLE at_last EXCEPT TABLE at_first),
                      'the file still says everything') AS ok \gset
\echo 'Every promise was kept. The workbook:' :file
\echo
