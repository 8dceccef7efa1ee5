-- One operation of one customer, rolled back. Caller: tenants.sh. Variables: action (export, again: one that is not the session's first, preview, unchanged,
-- edited: one row in 100, emptied), customer; plans, where they are to be told (plans.psql). Prints: seconds and buffers. Ends with an error where the
-- operation's outcome is another one.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT rehydra_version() \g /dev/null
\ir cost_of.sql
SELECT :'action' = 'again' AS is_again, :'action' = 'edited' AS is_edited, :'action' = 'emptied' AS is_emptied \gset
SELECT format(statement, 'file FROM bench.files WHERE customer = ' || :'customer', :'customer') AS statement, wanted
FROM (VALUES ('export', 'SELECT (length(rehydra_export(%2$L)) > 1000)::text AS outcome', 'true'),
             ('preview', 'SELECT sum(to_insert + to_update + to_delete)::text AS outcome FROM rehydra_preview((SELECT %s), customer_id => %L)', '0'),
             ('unchanged', 'SELECT rehydra_import((SELECT %s), customer_id => %L) ->> ''status'' AS outcome', 'unchanged'),
             ('applied', 'SELECT rehydra_import((SELECT %s), customer_id => %L) ->> ''status'' AS outcome', 'applied')) AS v (kind, statement, wanted)
WHERE kind = CASE :'action' WHEN 'again' THEN 'export' WHEN 'edited' THEN 'applied' WHEN 'emptied' THEN 'applied' ELSE :'action' END \gset
SELECT *, CASE name WHEN 'kpis' THEN 'upload_id IN (SELECT upload_id FROM crm.kpi_uploads WHERE customer_id = ' || :'customer' || ')' ELSE 'customer_id = ' || :'customer' END AS own
INTO TEMP own_rows FROM bench.tables;

BEGIN;
\if :is_again
  SELECT length(rehydra_export(:'customer')) \g /dev/null
\elif :is_edited
  SELECT format('UPDATE crm.%I SET %s WHERE %s AND (abs(hashint4(%I)) %% 100 = 7 OR %4$I = (SELECT min(%4$I) FROM crm.%1$I WHERE %3$s))', name, change, own, key) FROM own_rows ORDER BY place \gexec
\elif :is_emptied
  SET LOCAL session_replication_role = replica;
  SELECT format('DELETE FROM crm.%I WHERE %s', name, own) FROM own_rows WHERE emptied ORDER BY place DESC \gexec
  SET LOCAL session_replication_role = origin;
\endif
\if :{?plans}
  \ir plans.psql
\endif
-- EXPLAIN gives no rows, so the operation leaves its own in a table.
SELECT * FROM pg_temp.cost_of('CREATE TEMP TABLE answer AS ' || :'statement') \gset
SELECT 1 / (outcome = :'wanted')::int FROM answer \g /dev/null
ROLLBACK;
\echo :seconds|:buffers
