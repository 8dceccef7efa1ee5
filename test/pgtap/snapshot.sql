-- rehydra_snapshot: what is kept of a customer, who may keep it and who sees it.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
\ir helpers.psql
SELECT plan(28);

CREATE ROLE test_tenant IN ROLE rehydra_restorer;
CREATE ROLE test_exporter IN ROLE rehydra_exporter;
CREATE ROLE test_operator IN ROLE rehydra_operator;
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My Schema', '{"model": "all"}') \gset
SELECT pg_temp.fill('My Schema');
INSERT INTO customer_configs (customer_id, openai_api_key_encrypted) VALUES (1, 'top-secret');
GRANT USAGE ON SCHEMA "My Schema" TO test_tenant, test_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA "My Schema" TO test_tenant, test_operator;

SELECT rehydra_snapshot('1', 'before the test') AS first \gset
SELECT is((SELECT concat_ws('|', model, customer_id, reason, rows) FROM rehydra.snapshots WHERE snapshot_id = :'first'), 'all|1|before the test|6',
  'a snapshot has the customer''s rows');
SELECT is((SELECT bytes FROM rehydra.snapshot WHERE snapshot_id = :'first'), (SELECT sum(length(data)) FROM rehydra.snapshot_chunk WHERE snapshot_id = :'first')::bigint,
  'and says what they take');
SELECT ok((SELECT taken_at BETWEEN now() AND clock_timestamp() FROM rehydra.snapshot WHERE snapshot_id = :'first'), 'and when they were kept');
SELECT set_eq(format($$SELECT dataset, rows FROM rehydra.snapshot_chunk WHERE snapshot_id = %L$$, :'first'),
  $$VALUES ('customers', 1::bigint), ('customer_configs', 1), ('accounts', 1), ('kpi_uploads', 1), ('kpis', 1), ('kpi_reference_ranges', 1)$$,
  'every data set that has rows has a block');
CREATE TEMP VIEW kept AS
  SELECT s.snapshot_id, d ->> 'dataset' AS dataset, c ->> 'name' AS column_name, c ->> 'type' AS type
  FROM rehydra.snapshot s, jsonb_array_elements(s.scope) d, jsonb_array_elements(d -> 'columns') c;
SELECT set_eq(format($$SELECT column_name FROM kept WHERE dataset = 'customer_configs' AND snapshot_id = %L$$, :'first'),
  $$SELECT attname::text FROM pg_attribute WHERE attrelid = 'customer_configs'::regclass AND attnum > 0 AND attname <> 'customer_id'$$,
  'all columns are kept, secrets too, but the tenant column');
SELECT is((SELECT type FROM kept WHERE dataset = 'accounts' AND column_name = 'revenue' AND snapshot_id = :'first'), 'numeric(15,2)', 'with their types');
SELECT set_eq(format($$SELECT DISTINCT dataset FROM kept WHERE snapshot_id = %L$$, :'first'),
  $$SELECT dataset FROM rehydra.datasets WHERE model = 'all' AND role IN ('data', 'own')$$, 'of every data set, empty ones too');
SELECT is(
  (SELECT concat_ws('|', kind, outcome, customer_id, effective_role) FROM rehydra.activity a JOIN rehydra.snapshot s USING (operation_id, customer_id) WHERE snapshot_id = :'first'),
  'snapshot|applied|1|rehydra_worker', 'the log has the operation that took it');

-- Nothing is kept where the transaction went back, and what it did before is seen.
SAVEPOINT undone;
INSERT INTO accounts (customer_id, account_name) VALUES (1, 'new');
SELECT rehydra_snapshot('1') AS second \gset
SELECT is((SELECT rows FROM rehydra.snapshot WHERE snapshot_id = :'second'), 7::bigint, 'a snapshot sees what its transaction did before');
ROLLBACK TO undone;
SELECT is_empty(format('SELECT FROM rehydra.snapshot WHERE snapshot_id = %L', :'second'), 'and goes with its transaction');

SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT count(rehydra_snapshot())'), '1', 'a tenant''s session keeps its own customer');
SELECT is((SELECT concat_ws('|', customer_id, rows) FROM rehydra.snapshot ORDER BY taken_at DESC LIMIT 1), '2|7', 'and nobody else''s rows');
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT rehydra_snapshot(''1'')'), 'error 42501', 'it may not name another');
SELECT is(pg_temp.as_role('test_tenant', '', 'SELECT rehydra_snapshot(''1'')'), 'error 42501', 'a session without customer that is no operator may name none');
SELECT is(pg_temp.as_role('test_exporter', '1', 'SELECT rehydra_snapshot()'), 'error 42501', 'the right to export is no right to keep');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT count(rehydra_snapshot(''1''))'), '1', 'an operator names a customer');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT rehydra_snapshot()'), 'error 22023', 'and has to');
SELECT throws_ok($$SELECT rehydra_snapshot('1', 'x', '{"reason": "x"}')$$, '22023', 'unknown option "reason"', 'an unknown option is named');

SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT string_agg(DISTINCT customer_id, '','') FROM rehydra.snapshots'), '2', 'a customer sees its own snapshots only');
-- The same customer id in another application's model is another customer.
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'theirs', '{"model": "second"}') \gset
INSERT INTO theirs.customers (customer_id, customer_name) VALUES (2, 'Another Two');
SELECT rehydra_snapshot('2', 'theirs', '{"model": "second"}') AS theirs \gset
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT string_agg(DISTINCT model, '','') FROM rehydra.snapshots'), 'all', 'nor those of the same id in a model whose tables the role cannot read');
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT string_agg(DISTINCT model, '','') FROM rehydra.activity_log'), 'all', 'or their operations');
GRANT SELECT (customer_id) ON theirs.customers TO test_tenant;
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT string_agg(DISTINCT model, '','') FROM rehydra.snapshots'), 'all', 'a privilege in a schema that is closed to the role is none');
GRANT USAGE ON SCHEMA theirs TO test_tenant;
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT string_agg(DISTINCT model, '','' ORDER BY model) FROM rehydra.snapshots'), 'all,second', 'a role that can read both models sees both');
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT string_agg(DISTINCT model, '','' ORDER BY model) FROM rehydra.activity_log'), 'all,second', 'and the operations of both');
SELECT is(pg_temp.as_role('test_tenant', '', 'SELECT count(*) FROM rehydra.snapshots'), '0', 'nobody sees none');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT string_agg(DISTINCT customer_id, '','' ORDER BY customer_id) FROM rehydra.snapshots'), '1,2', 'an operator sees all');
SELECT is(pg_temp.as_role('test_tenant', '2', 'SELECT count(*) FROM rehydra.snapshot_chunk'), 'error 42501', 'nobody reads the rows kept');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT count(*) FROM rehydra.snapshot_chunk'), 'error 42501', 'not even operators');

SELECT * FROM finish();
ROLLBACK;
