-- rehydra_import of a version-1 workbook: unedited, it changes nothing, and says what it took for granted.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(24);
\ir version1.psql
\set sample `base64 -w0 test/data/version1/customer3.xlsx`
CREATE TEMP TABLE before AS SELECT pg_temp.digest('3', true) AS one, pg_temp.digest('1', true) AS others, pg_temp.digest('shared', true) AS shared;

SELECT is(pg_temp.bring(:'sample', 'merge'), 'unchanged', 'merged');
SELECT is(pg_temp.changes(), NULL, 'no row is inserted, updated, deleted or rejected');
SELECT is(pg_temp.last() #>> '{file,version}', '1', 'the report names the version');
SELECT is(pg_temp.last() #>> '{file,format}', 'xlsx', 'and the format');
SELECT is((SELECT sum((d ->> 'unchanged')::int) FROM jsonb_array_elements(pg_temp.last() -> 'datasets') AS d), 583::bigint, 'every row is found');
SELECT is((SELECT d ->> 'skipped' FROM jsonb_array_elements(pg_temp.last() -> 'datasets') AS d WHERE d ->> 'name' = 'kpi_reference_ranges'), '20', 'the system defaults are counted as skipped');
SELECT is_empty($$SELECT d ->> 'name' FROM jsonb_array_elements(pg_temp.last() -> 'datasets') AS d
  WHERE (d ->> 'in_file')::int <> (SELECT sum((d ->> c)::int) FROM unnest('{inserted,updated,unchanged,skipped,rejected,marked_deleted}'::text[]) AS c)$$, 'all rows of the file are accounted for');
SELECT alike(pg_temp.warnings(), '%sheet "KPI Reference Ranges": rows that belong to every customer (system defaults) are left out: 20%', 'and said so');
SELECT alike(pg_temp.warnings(), '%sheet "Products": empty or zero cells%kept: 5%', 'empty cells are said');
SELECT alike(pg_temp.warnings(), '%sheet "Playbook Reports": times%kept: 4%', 'times without fractions are said');
SELECT alike(pg_temp.warnings(), '%sheet "Feature Toggles": JSON%kept: 3%', 'JSON in another notation is said');
SELECT alike(pg_temp.warnings(), '%sheet "All KPIs": texts that fill a cell%kept: 1%', 'a cut text is said');
SELECT alike(pg_temp.warnings(), '%sheet "All KPIs": columns that the file''s version does not have%"Upload ID"%', 'columns that version 1 lacks are said');
SELECT is((SELECT max(n) FROM (SELECT count(*) AS n FROM jsonb_array_elements_text(pg_temp.last() -> 'warnings') AS w GROUP BY regexp_replace(w, '\d+', '')) AS counted), 1::bigint, 'each once');

SELECT is(pg_temp.bring(:'sample', 'replace'), 'unchanged', 'replaced');
SELECT is(pg_temp.changes(), NULL, 'no row either');
SELECT is_empty($$SELECT * FROM rehydra_preview((SELECT decode(current_setting('test.sample'), 'base64')), 'replace', '3') WHERE to_insert + to_update + to_delete + blocked + rejected <> 0$$, 'nor in a preview')
FROM set_config('test.sample', :'sample', true);
SELECT results_eq($$SELECT pg_temp.digest('3', true), pg_temp.digest('1', true), pg_temp.digest('shared', true)$$, $$SELECT one, others, shared FROM before$$, 'not a single row was written');

SELECT is(pg_temp.bring(:'sample', 'merge', '1'), 'denied', 'it is customer 3''s alone');
SELECT is(pg_temp.errors(), ': the file was exported for another customer', 'and says whose it is not');
SET LOCAL rehydra.tenant = '2';
SELECT is(pg_temp.bring(:'sample', 'replace', NULL), 'denied', 'also for a session that acts for another customer');
RESET rehydra.tenant;
SELECT results_eq($$SELECT pg_temp.digest('3', true), pg_temp.digest('1', true)$$, $$SELECT one, others FROM before$$, 'which changes nothing');

-- A customer's own session, as a role that may import and has no rights on the registry.
CREATE ROLE version1_clerk;
GRANT rehydra_importer TO version1_clerk;
SELECT set_config('rehydra.tenant', '3', true) \g /dev/null
SET LOCAL ROLE version1_clerk;
SELECT rehydra_import(decode(:'sample', 'base64'), mode => 'replace') ->> 'status' AS own_session \gset
SELECT rehydra_import(decode(:'sample', 'base64'), datasets => '{products}') #>> '{datasets,0,unchanged}' AS products_alone \gset
RESET ROLE;
SELECT is(:'own_session'::text, 'unchanged', 'a customer''s own session imports it');
SELECT is(:'products_alone'::text, '22', 'or one data set of it');
SELECT * FROM finish();
ROLLBACK;
