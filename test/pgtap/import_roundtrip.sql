-- rehydra_import: what was exported comes back exactly, whoever imports it, and an unedited file writes nothing.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(44);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.digest('1', true) AS versions, pg_temp.neighbours() AS others;
CREATE TEMP TABLE report (r jsonb);
CREATE FUNCTION pg_temp.status() RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', r ->> 'status', r ->> 'error', r ->> 'message', r #>> '{errors,0,message}') FROM report $$;

-- The unedited file
SELECT pg_current_wal_insert_lsn() AS before \gset
INSERT INTO report SELECT pg_temp.import();
SELECT is(pg_temp.status(), 'unchanged', 'the file just exported changes nothing');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM at_first), 'no row has a new version');
SELECT cmp_ok(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), :'before'), '<', 100000::numeric, 'and there is no WAL to speak of');
SELECT is((SELECT r ->> 'snapshot_id' FROM report), NULL, 'nor a snapshot');
SELECT is_empty('SELECT * FROM report, pg_temp.counts(r) WHERE inserted + updated + deleted + blocked > 0', 'no data set has a change');
SELECT is((SELECT sum(unchanged) FROM report, pg_temp.counts(r)), (SELECT sum(in_file) FROM report, jsonb_to_recordset(r -> 'datasets') AS d (in_file bigint)), 'every row of the file is counted as unchanged');
SELECT is(pg_temp.import('mode => ''merge''') ->> 'status', 'unchanged', 'a merge of it changes nothing');
SELECT is(pg_temp.import('dry_run => true') ->> 'status', 'previewed', 'a dry run of it is a preview');
SELECT is(pg_temp.import(who => 'postgres', tenant => '', arguments => 'customer_id => ''1''') ->> 'status', 'unchanged', 'a superuser''s import changes nothing either');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM at_first), 'all of that wrote no row');

-- Damage: preview, dry run and import tell one story
SELECT pg_temp.damage();
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1') AS one, pg_temp.digest('1', true) AS versions;
CREATE TEMP TABLE kpi_places AS SELECT kpi_id, ctid AS place FROM kpis;
CREATE TEMP TABLE preview AS SELECT * FROM pg_temp.previewed();
SELECT set_eq('SELECT dataset, inserted, updated, deleted FROM preview WHERE inserted + updated + deleted > 0',
  $$VALUES ('accounts', 0::bigint, 5::bigint, 0::bigint), ('customer_configs', 0, 1, 0), ('customers', 0, 1, 0), ('kpi_time_series', 3, 0, 0), ('kpis', 3, 2, 0),
           ('playbook_triggers', 0, 1, 0), ('feature_toggles', 1, 0, 0), ('products', 0, 0, 1), ('health_trends', 0, 0, 1)$$, 'the preview finds every kind of damage');
UPDATE report SET r = pg_temp.import('dry_run => true');
SELECT is(pg_temp.status(), 'previewed', 'a dry run needs no confirmation');
SELECT set_eq('SELECT c.* FROM report, pg_temp.counts(r) AS c', 'TABLE preview', 'its numbers are the preview''s');
SELECT is((SELECT concat_ws(' ', r -> 'dry_run', r ->> 'checked', r ->> 'snapshot_id') FROM report), 'true executed', 'it was executed, and no snapshot stays');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM damaged), 'and nothing of it is left');
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT is(pg_temp.status(), 'applied', 'the import is applied');
SELECT set_eq('SELECT c.* FROM report, pg_temp.counts(r) AS c', 'TABLE preview', 'its numbers are the dry run''s');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'every row of every table is what it was, secrets included');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');
SELECT ok((SELECT bool_and(before + inserted - deleted = after) FROM report, jsonb_to_recordset(r -> 'datasets') AS d (before bigint, inserted bigint, deleted bigint, after bigint)), 'the counts reconcile');
SELECT is((SELECT concat_ws('|', outcome, mode, dry_run, effective_role, snapshot_id IS NOT NULL) FROM rehydra.activity a LEFT JOIN rehydra.snapshot s USING (operation_id)
           WHERE a.operation_id = (SELECT (r ->> 'operation_id')::uuid FROM report)), 'applied|replace|f|test_app|t', 'the log has it, with the snapshot it took, as the caller');
SELECT is(pg_temp.import() ->> 'status', 'unchanged', 'a second import has nothing to do');

-- Only what changed was written
SELECT is((SELECT string_agg(k.kpi_id::text, ',' ORDER BY kpi_id) FROM kpis k LEFT JOIN kpi_places p USING (kpi_id) WHERE k.ctid IS DISTINCT FROM p.place AND k.upload_id IN (1, 2)),
  '1,2,4,5,6', 'rows that were equal keep their version');

-- A wipe
SELECT pg_temp.wipe();
SELECT is(pg_temp.import() ->> 'status', 'applied', 'a wiped customer needs no confirmation to come back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and is what it was');
SELECT pg_temp.wipe();
SELECT is(pg_temp.import(who => 'postgres', tenant => '', arguments => 'customer_id => ''1''') ->> 'status', 'applied', 'a superuser brings it back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and it is what it was');
SELECT is((SELECT effective_role::text FROM rehydra.activity WHERE kind = 'import' ORDER BY at DESC LIMIT 1), 'rehydra_worker', 'as the acting role');
SELECT pg_temp.wipe();
SELECT is(pg_temp.import(who => 'test_operator', tenant => '', arguments => 'customer_id => ''1''') ->> 'status', 'applied', 'an operator brings it back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and it is what it was');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'the others never changed');

-- Merge
SELECT pg_temp.damage();
UPDATE report SET r = pg_temp.import('mode => ''merge''');
SELECT is(pg_temp.status(), 'applied', 'a merge asks for no confirmation');
SELECT is((SELECT sum(deleted) FROM report, pg_temp.counts(r)), 0::numeric, 'since it deletes nothing');
SELECT is((SELECT count(*) FROM products WHERE product_name = 'Stray') + (SELECT count(*) FROM health_trends WHERE account_id = 2), 2::bigint, 'rows that the file lacks stay');
DELETE FROM products WHERE product_name = 'Stray';
DELETE FROM health_trends WHERE account_id = 2;
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'all others are what they were');

-- A part
SELECT pg_temp.damage();
DELETE FROM products WHERE product_name = 'Stray';
SELECT is(pg_temp.import('datasets => ''{accounts}''') ->> 'status', 'applied', 'an import of one data set');
SELECT is(pg_temp.digest('1') - '{customer_configs,customers,kpis,kpi_time_series,playbook_triggers,feature_toggles,health_trends}'::text[],
  (SELECT one - '{customer_configs,customers,kpis,kpi_time_series,playbook_triggers,feature_toggles,health_trends}'::text[] FROM at_first), 'puts that one back');
SELECT isnt(pg_temp.digest('1') -> 'kpis', (SELECT one -> 'kpis' FROM at_first), 'and no other');
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'the whole file puts back the rest');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and all is what it was');

-- Secrets
SELECT pg_temp.wipe();
DELETE FROM customer_configs WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import();
SELECT is((SELECT openai_api_key_encrypted FROM customer_configs WHERE customer_id = 1), 'sealed-one', 'a row that is put back takes its secrets from the newest snapshot');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'so that all is what it was');
DELETE FROM rehydra.snapshot;
DELETE FROM customer_configs WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import();
SELECT row_eq($$SELECT openai_api_key_encrypted, openai_api_key_updated_at FROM customer_configs WHERE customer_id = 1$$, ROW(NULL::text, NULL::timestamp), 'where there is no snapshot they are NULL');
SELECT matches((SELECT r #>> '{warnings,0}' FROM report), 'Customer Config.*row 1.*secret', 'and a warning names the row');

SELECT * FROM finish();
ROLLBACK;
