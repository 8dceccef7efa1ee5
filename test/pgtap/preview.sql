-- rehydra_preview: the plan in numbers; no locks and no writes on the customer's rows.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(20);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1)), ('second', rehydra_export(2));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1', true) AS one, pg_temp.neighbours() AS others;

SELECT is_empty('SELECT * FROM pg_temp.previewed() WHERE inserted + updated + deleted + blocked > 0', 'the file just exported would change nothing');
SELECT results_eq('SELECT p.dataset, p.sheet FROM kept, rehydra_preview(file, customer_id => ''1'') AS p WHERE name = ''first'' ORDER BY 1',
  $$SELECT dataset, min(sheet) FILTER (WHERE NOT satellite) FROM rehydra.sheets GROUP BY dataset ORDER BY 1$$, 'a line a data set, two sheets of one table are one');
SELECT pg_temp.damage();
DELETE FROM kpi_time_series WHERE customer_id = 1;
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1', true) AS one;
CREATE TEMP TABLE preview AS SELECT p.* FROM kept, rehydra_preview(file, customer_id => '1') AS p WHERE name = 'first';
SELECT ok((SELECT bool_and(in_file = to_insert + to_update + unchanged + skipped + rejected) FROM preview), 'every row of the file is counted once');
SELECT ok((SELECT bool_and(in_tenant + to_insert - to_delete >= in_file - rejected) FROM preview), 'and what is there afterwards is at least what the file has');
SELECT row_eq($$SELECT in_tenant, in_file, to_insert, to_update, to_delete, unchanged FROM preview WHERE dataset = 'kpis'$$, ROW(27::bigint, 30::bigint, 3::bigint, 2::bigint, 0::bigint, 25::bigint), 'the numbers of a data set with every kind of change');
SELECT is((SELECT sum(to_delete) FROM kept, rehydra_preview(file, mode => 'merge', customer_id => '1') WHERE name = 'first'), 0::numeric, 'a merge would delete nothing');
SELECT set_eq('SELECT dataset FROM kept, rehydra_preview(file, customer_id => ''1'', datasets => ''{accounts,products}'') WHERE name = ''first''', '{accounts,products}'::text[], 'a preview of two data sets');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM damaged), 'no row has a new version');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nor has anybody else''s');
SELECT row_eq($$SELECT kind, outcome, dry_run, customer_id FROM rehydra.activity ORDER BY at DESC LIMIT 1$$, ROW('preview'::text, 'previewed'::text, true, '1'::text), 'the log has the preview');

-- What a session holds after a preview
SELECT is_empty($$SELECT relation::regclass FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'tuple'$$, 'it holds no row');
SELECT is_empty($$SELECT objid FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'$$, 'nor the customer''s turn to import');

-- The rules of the tables are checked, and rejected rows are counted
SAVEPOINT rules;
ALTER TABLE feature_toggles ADD CONSTRAINT modern CHECK (feature_name <> 'f1') NOT VALID;
SELECT row_eq($$SELECT to_insert, rejected FROM kept, rehydra_preview(file, customer_id => '1') WHERE name = 'first' AND dataset = 'feature_toggles'$$, ROW(0::bigint, 1::bigint), 'a row that breaks a CHECK is counted as rejected');
ROLLBACK TO rules;
ALTER TABLE health_trends ADD COLUMN must text;
UPDATE health_trends SET must = 'x';
ALTER TABLE health_trends ALTER must SET NOT NULL;
DELETE FROM health_trends WHERE trend_id = 1;
SELECT matches(pg_temp.import() #>> '{errors,0,message}', 'sheet "Health Trends": new rows need a value for column "must"', 'a column without a value for new rows is named');
ROLLBACK TO rules;

-- What would need a confirmation, or be too much, is a number in a preview, no refusal
DELETE FROM kpis WHERE kpi_id > 10 AND upload_id IN (1, 2);
INSERT INTO kept VALUES ('ten', rehydra_export(1));
SELECT pg_temp.import('confirm => ''DELETE''') ->> 'status' AS again \gset
SELECT is((SELECT to_delete FROM kept, rehydra_preview(file, customer_id => '1') WHERE name = 'ten' AND dataset = 'kpis'), 23::bigint, 'more deletes than are allowed are counted all the same');

-- Refusals raise
SET LOCAL rehydra.tenant = '';
SELECT throws_ok('SELECT rehydra_preview(file, customer_id => ''1'') FROM kept WHERE name = ''second''', '42501', 'the file was exported for another customer', 'another customer''s file raises');
SELECT throws_ok('SELECT rehydra_preview(substr(file, 1, 4000), customer_id => ''1'') FROM kept WHERE name = ''first''', NULL, NULL, 'a file cut off raises');
SELECT throws_ok('SELECT rehydra_preview(''x'', customer_id => ''1'')', NULL, NULL, 'what is no workbook raises');
SELECT throws_ok('SELECT rehydra_preview(file) FROM kept WHERE name = ''first''', '22023', NULL, 'an operator has to name a customer');
SELECT throws_ok('SELECT rehydra_preview(file, mode => ''all'', customer_id => ''1'') FROM kept WHERE name = ''first''', '22023', NULL, 'an unknown mode raises');

SELECT * FROM finish();
ROLLBACK;
