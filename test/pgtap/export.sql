-- rehydra_export: who gets whose workbook, what the log says of it, and what is refused.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
\ir helpers.psql
SELECT plan(54);

CREATE ROLE test_tenant IN ROLE rehydra_exporter;
CREATE ROLE test_operator IN ROLE rehydra_operator;
CREATE ROLE test_nobody;
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My Schema', '{"model": "all"}') \gset
SELECT pg_temp.fill('My Schema');
INSERT INTO customer_configs (customer_id, openai_api_key_encrypted) VALUES (1, 'top-secret');
GRANT USAGE ON SCHEMA "My Schema" TO test_tenant, test_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA "My Schema" TO test_tenant, test_operator;

CREATE FUNCTION pg_temp.last_activity() RETURNS rehydra.activity LANGUAGE sql AS $$
  SELECT * FROM rehydra.activity ORDER BY at DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.rows_of(tenant int) RETURNS TABLE (dataset text, rows int) LANGUAGE sql AS $$
  SELECT key, (value ->> 'rows')::int FROM jsonb_each((SELECT datasets FROM rehydra.activity WHERE customer_id = tenant::text ORDER BY at DESC LIMIT 1))
$$;
CREATE TEMP TABLE file (tenant int, by_whom text, workbook bytea);

-- A superuser, who is switched to the acting role.
INSERT INTO file VALUES (1, 'superuser', rehydra_export(1));
SELECT is((SELECT substr(workbook, 1, 4) FROM file), '\x504b0304', 'an export is a zip container');
SELECT is((SELECT encode(substr(workbook, 31, 19), 'escape') FROM file), '[Content_Types].xml', 'its first part is the list of content types');
SELECT is((pg_temp.last_activity()).file_sha256, (SELECT encode(sha256(workbook), 'hex') FROM file), 'the log has the file''s SHA-256');
SELECT is((pg_temp.last_activity()).file_bytes, (SELECT length(workbook)::bigint FROM file), 'and its size');
SELECT is(
  (SELECT concat_ws('|', model, customer_id, kind, outcome, mode, dry_run, sqlstate, session_role, effective_role) FROM pg_temp.last_activity()),
  concat_ws('|', 'all', '1', 'export', 'applied', session_user, 'rehydra_worker'), 'and who did what to whom, as which role');
SELECT is((pg_temp.last_activity()).options, '{"format": "xlsx"}'::jsonb, 'and how it was called');
SELECT ok((pg_temp.last_activity()).duration_ms > 0, 'and how long it took');
SELECT set_eq('SELECT * FROM pg_temp.rows_of(1)',
  $$VALUES ('customers', 1), ('accounts', 1), ('products', 0), ('kpi_uploads', 1), ('kpis', 1), ('kpi_reference_ranges', 1), ('customer_configs', 1),
           ('health_trends', 0), ('kpi_time_series', 0), ('playbook_triggers', 0), ('playbook_executions', 0), ('playbook_reports', 0), ('feature_toggles', 0),
           ('product_usage', 0), ('support_tickets', 0), ('health_score_rules', 0)$$,
  'a superuser''s export has this customer''s rows only: none of the others, none that are shared');
SELECT is(current_setting('rehydra.tenant'), '', 'the session still acts for no customer');
SELECT is(current_user, session_user, 'as the role it was');
SELECT is(current_setting('TimeZone') || current_setting('cursor_tuple_fraction') || current_setting('jit'),
  (SELECT string_agg(reset_val, '' ORDER BY n) FROM (VALUES (1, 'TimeZone'), (2, 'cursor_tuple_fraction'), (3, 'jit')) AS w (n, s) JOIN pg_settings ON name = s),
  'with the settings it had');

SELECT lives_ok($$SELECT rehydra_export('2')$$, 'customer ids come as text');
SELECT set_eq($$SELECT * FROM pg_temp.rows_of(2) WHERE rows > 1$$, $$VALUES ('accounts', 2), ('kpis', 2)$$, 'customer 2''s workbook has its own rows');
SELECT lives_ok($$SELECT rehydra_export(1::bigint)$$, 'or as numbers');
SELECT throws_ok($$SELECT rehydra_export('6b1b36cb-1a3c-4b4e-8b5e-0d5ff0f2a001'::uuid)$$, '22P02', NULL, 'an id of the wrong type is none');

-- A tenant's session.
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export()) > 1000'), 'true', 'a tenant''s session exports its own customer');
SELECT is((pg_temp.last_activity()).effective_role, 'test_tenant', 'as itself, where row level security binds it');
SELECT results_eq('SELECT * FROM pg_temp.rows_of(1) ORDER BY 1',
  $$SELECT key, (value ->> 'rows')::int FROM jsonb_each((SELECT datasets FROM rehydra.activity WHERE customer_id = '1' AND effective_role = 'rehydra_worker' ORDER BY at LIMIT 1)) ORDER BY 1$$,
  'with as many rows as the superuser''s');
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export(1)) > 1000'), 'true', 'it may name itself');
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export('' 01 '')) > 1000'), 'true', 'however it spells itself');
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export(2))'), 'error 42501', 'it may not name another');
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export(3))'), 'error 42501', 'nor one that does not exist');
SELECT is(pg_temp.as_role('test_tenant', '', 'SELECT length(rehydra_export(1))'), 'error 42501', 'a session without customer that is no operator may name none');
SELECT is(pg_temp.as_role('test_tenant', '', 'SELECT length(rehydra_export())'), 'error 42501', 'and has none of its own');
SELECT is(pg_temp.as_role('test_tenant', '3', 'SELECT length(rehydra_export())'), 'error 42704', 'a customer without a row is none');
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT length(rehydra_export())'), 'error 42501', 'without the right to export there is no export');
REVOKE SELECT ON kpis FROM test_tenant;
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export())'), 'error 42501', 'who may not read a table may not export it');
SELECT is(pg_temp.as_role('test_tenant', '1', 'SELECT length(rehydra_export(datasets => ''{accounts}'')) > 1000'), 'true', 'but the tables that it may read');

-- Operators.
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT length(rehydra_export(2)) > 1000'), 'true', 'an operator names a customer');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT length(rehydra_export())'), 'error 22023', 'and has to');
SELECT is(pg_temp.as_role('test_operator', '1', 'SELECT length(rehydra_export(2))'), 'error 42501', 'while a session acts for a customer, operators are bound to it too');
SELECT throws_ok($$SELECT rehydra_export(3)$$, '42704', 'there is no customer 3', 'a customer that does not exist is no empty workbook');

-- Arguments.
SELECT lives_ok($$SELECT rehydra_export(1, datasets => '{kpis,accounts,kpis}')$$, 'data sets can be named');
SELECT set_eq('SELECT dataset FROM pg_temp.rows_of(1)', $$VALUES ('accounts'), ('kpis')$$, 'then no others are exported');
SELECT is((pg_temp.last_activity()).options -> 'datasets', '["kpis", "accounts", "kpis"]'::jsonb, 'and the log says so');
SELECT throws_ok($$SELECT rehydra_export(1, datasets => '{accounts,nonsense}')$$, '22023', 'model "all" has no data set "nonsense" to export', 'an unknown data set is named');
SELECT throws_ok($$SELECT rehydra_export(1, datasets => '{users}')$$, '22023', 'model "all" has no data set "users" to export', 'tables that are only referred to are not exported');
SELECT throws_ok($$SELECT rehydra_export(1, datasets => '{account_notes}')$$, '22023', 'model "all" has no data set "account_notes" to export', 'nor those left out');
SELECT throws_ok($$SELECT rehydra_export(1, datasets => '{}')$$, '22023', 'no data set is named', 'an empty list is refused');
SELECT throws_ok($$SELECT rehydra_export(1, datasets => '{accounts,NULL}')$$, '22023', NULL, 'and so is NULL in it');
SELECT throws_ok($$SELECT rehydra_export(1, 'pdf')$$, '22023', 'unknown format "pdf"', 'a wrong format is named');
SELECT throws_ok($$SELECT rehydra_export(1, options => '{"modle": "all"}')$$, '22023', 'unknown option "modle"', 'an unknown option is named');
SELECT throws_ok($$SELECT rehydra_export(1, options => '{"model": 1}')$$, '22023', 'option "model" must be a string', 'an option''s kind is checked');
SELECT throws_ok($$SELECT rehydra_export(1, options => '[]')$$, '22023', 'options must be a JSON object', 'options are an object');
SELECT throws_ok($$SELECT rehydra_export(1, options => '{"model": "other"}')$$, '42704', 'model "other" is not registered', 'an unknown model is named');
SELECT throws_ok($$DO $do$ BEGIN SET LOCAL transaction_read_only = on; PERFORM rehydra_export(1); END $do$ $$, '25006', NULL,
  'what cannot be recorded is not done');

-- Guards.
ALTER TABLE products DISABLE ROW LEVEL SECURITY;
SELECT throws_ok($$SELECT rehydra_export(1)$$, '42501', 'row level security does not guard table "My Schema"."products" for role "rehydra_worker"',
  'a table that nothing guards is not read');
ALTER TABLE products ENABLE ROW LEVEL SECURITY;
SAVEPOINT there;
DROP TABLE products CASCADE;
SELECT throws_ok($$SELECT rehydra_export(1)$$, '42704', 'table "My Schema"."products" of data set "products" does not exist any more',
  'nor one that is not there any more');
ROLLBACK TO there;

-- Secrets are not even read.
REVOKE SELECT ON customer_configs FROM rehydra_worker;
GRANT SELECT (config_id, customer_id, kpi_upload_mode, category_weights, master_file_name, created_at, updated_at) ON customer_configs TO rehydra_worker;
SELECT lives_ok($$SELECT rehydra_export(1)$$, 'an export needs no right to read secrets');

-- Whoever calls, data statements run as the acting role; isolation worker.
CREATE SCHEMA "My App";
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM rehydra.customer_success_tables() LOOP
    EXECUTE format(t.definition, 'My App', 'integer');
  END LOOP;
END
$$;
SELECT pg_temp.fill('My App');
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My App', '{"model": "worker"}') \gset
CREATE FUNCTION public.acting_role() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> 'rehydra_worker' THEN
    RAISE EXCEPTION 'rows are read as %', current_user;
  END IF;
  RETURN current_user;
END
$$;
INSERT INTO rehydra.sheet_columns (model, sheet, position, header, kind, expression) VALUES ('worker', 'Accounts Summary', 99, 'Read As', 'display', 'public.acting_role()');
SELECT throws_ok($$SELECT rehydra_export(2)$$, '22023', 'several models are registered: all, worker', 'where there are several models, one is named');
SELECT lives_ok($$SELECT rehydra_export(2, options => '{"model": "worker"}')$$, 'a superuser''s export reads as the acting role');
SELECT set_eq($$SELECT * FROM pg_temp.rows_of(2) WHERE rows > 1$$, $$VALUES ('accounts', 2), ('kpis', 2)$$, 'and finds the customer''s rows');
SELECT is(pg_temp.as_role('test_tenant', '2', $$SELECT length(rehydra_export(options => '{"model": "worker"}')) > 1000$$), 'true',
  'a tenant''s session needs no privilege on the tables');
SELECT is((SELECT concat_ws('|', model, customer_id, effective_role) FROM pg_temp.last_activity()), 'worker|2|rehydra_worker', 'the log says for whom and as whom');

SELECT * FROM finish();
ROLLBACK;
