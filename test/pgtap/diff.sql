-- rehydra_diff: the plan row by row; no locks and no writes on the customer's rows.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(14);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
\ir helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1)), ('json', rehydra_export(1, 'json'));
SELECT is_empty('SELECT d.* FROM kept, rehydra_diff(file, customer_id => ''1'') AS d WHERE name = ''first''', 'the file just exported would change nothing');
SELECT pg_temp.damage();
CREATE TEMP TABLE before_diff AS SELECT pg_temp.digest('1', true) AS one, pg_temp.neighbours() AS others;
CREATE TEMP TABLE diff AS SELECT d.* FROM kept, rehydra_diff(file, customer_id => '1') WITH ORDINALITY AS d (dataset, row_key, action, column_name, old_value, new_value, sheet, cell, n) WHERE name = 'first';
CREATE TEMP TABLE preview AS SELECT p.* FROM kept, rehydra_preview(file, customer_id => '1') AS p WHERE name = 'first';

SELECT set_eq($$SELECT dataset, count(*) FILTER (WHERE action = 'insert') AS i, count(DISTINCT row_key) FILTER (WHERE action = 'update') AS u, count(*) FILTER (WHERE action = 'delete') AS d FROM diff GROUP BY dataset$$,
  $$SELECT dataset, to_insert, to_update, to_delete FROM preview WHERE to_insert + to_update + to_delete > 0$$, 'it has the rows that the preview counts');
SELECT results_eq($$SELECT column_name, old_value, new_value, sheet, cell FROM diff WHERE dataset = 'accounts' AND row_key = '1' ORDER BY n$$,
  $$VALUES ('account_name', 'NORTH', 'North', 'Accounts Summary', 'B2'), ('revenue', '20.00', '10.00', 'Accounts Summary', 'C2'), ('industry', NULL, '', 'Accounts Summary', 'D2'), ('profile_metadata', '{"over": "written"}', '{"tier":  "gold"}', 'Customer Profile Data', (SELECT cell FROM diff WHERE dataset = 'accounts' AND row_key = '1' AND column_name = 'profile_metadata'))$$,
  'an update has a line a changed column, each with its own sheet and cell');
SELECT results_eq($$SELECT action, column_name, old_value IS NULL, new_value::jsonb ->> 'feature_name', sheet, cell FROM diff WHERE dataset = 'feature_toggles'$$, $$VALUES ('insert', NULL, true, 'f1', 'Feature Toggles', 'row 2')$$, 'an insert is one line with the row to come');
SELECT results_eq($$SELECT action, column_name, new_value IS NULL, old_value::jsonb ->> 'product_name', sheet, cell FROM diff WHERE dataset = 'products' AND action = 'delete'$$, $$VALUES ('delete', NULL, true, 'Stray', 'Products', NULL)$$, 'a delete is one line with the row that goes');
SELECT is_empty($$SELECT * FROM diff WHERE concat(column_name, old_value, new_value) ~ 'api_key|sealed'$$, 'no secret is in it');
SELECT is_empty($$SELECT dataset FROM diff GROUP BY dataset HAVING max(n) - min(n) + 1 <> count(*)$$, 'the lines of a data set stand together');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM before_diff), 'no row has a new version');
SELECT is(pg_temp.neighbours(), (SELECT others FROM before_diff), 'nor has anybody else''s');
SELECT is_empty($$SELECT objid FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('advisory', 'tuple')$$, 'nothing is locked');
SELECT row_eq($$SELECT kind, outcome, dry_run FROM rehydra.activity WHERE kind = 'diff' ORDER BY at DESC LIMIT 1$$, ROW('diff'::text, 'previewed'::text, true), 'the log has it');
SELECT is((SELECT string_agg(DISTINCT d.cell, ' ') FROM kept, rehydra_diff(file, customer_id => '1', datasets => '{accounts}') AS d WHERE name = 'json' AND row_key = '1'), 'row 1', 'in a document the place is a row of the list');
SELECT is((SELECT count(*) FROM kept, rehydra_diff(file, mode => 'merge', customer_id => '1') WHERE name = 'first' AND action = 'delete'), 0::bigint, 'a merge deletes nothing');
SELECT is(pg_temp.as_role('test_app', '2', format('SELECT count(*) FROM rehydra_diff(%L)', (SELECT file FROM kept WHERE name = 'first'))), 'error 42501', 'another customer''s file is refused');

SELECT * FROM finish();
ROLLBACK;
