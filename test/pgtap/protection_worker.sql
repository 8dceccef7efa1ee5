-- Isolation worker: the application goes on as before, and the acting role is bound to the tenant of its session.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
\ir helpers.psql
SELECT plan(30);

-- The application: all tables by their owner, one of them with row level security of its own.
CREATE ROLE test_owner;
CREATE ROLE test_app;
CREATE ROLE test_other;
CREATE SCHEMA "My App" AUTHORIZATION test_owner;
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM rehydra.customer_success_tables() LOOP
    EXECUTE format(t.definition, 'My App', 'integer');
    EXECUTE format('ALTER TABLE %I.%I OWNER TO test_owner', 'My App', t.dataset);
  END LOOP;
END
$$;
SELECT pg_temp.fill('My App');
GRANT USAGE ON SCHEMA "My App" TO test_app, test_other;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "My App" TO test_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA "My App" TO test_app;
ALTER TABLE products ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON products TO test_app USING (product_name = 'mine');
INSERT INTO products (account_id, customer_id, product_name) VALUES (1, 1, 'mine'), (1, 1, 'other'), (2, 2, 'mine');
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My App', '{"model": "worker"}') \gset

SELECT is((SELECT isolation FROM rehydra.models WHERE model = 'worker'), 'worker', 'tables that exist are registered with isolation worker');
SELECT is_empty(
  $$SELECT relation_oid::regclass FROM rehydra.datasets d JOIN pg_class c ON c.oid = d.relation_oid
    WHERE d.model = 'worker' AND relrowsecurity IS DISTINCT FROM (role <> 'left_out')$$,
  'row level security is enabled on what is exported and referred to, not on what is left out');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = '"My App"'::regnamespace AND relforcerowsecurity$$, 'row level security is never forced');
SELECT is_empty($$SELECT polrelid::regclass FROM pg_policy WHERE polname = 'rehydra_pass' AND polrelid = '"My App".products'::regclass$$,
  'a table with policies of its own gets no policy for everybody');

SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM accounts'), '3', 'the application sees all customers as before, whatever the setting says');
SELECT is(pg_temp.as_role('test_app', '', 'SELECT count(*) FROM kpis'), '4', 'the application sees rows of no customer as before');
SELECT is(pg_temp.changed('test_app', '1', 'INSERT INTO accounts (customer_id, account_name) VALUES (2, ''by the application'')'), '1', 'the application inserts for any customer as before');
SELECT is(pg_temp.changed('test_app', '1', 'UPDATE accounts SET region = ''x'''), '4', 'the application updates rows of all customers as before');
SELECT is(pg_temp.changed('test_app', '1', 'UPDATE kpi_reference_ranges SET unit = ''x'' WHERE range_id = 3'), '1', 'the application changes shared rows as before');
SELECT is(pg_temp.changed('test_app', '1', 'DELETE FROM kpis WHERE kpi_id = 4'), '1', 'the application deletes as before');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT count(*) FROM products'), '2', 'the application''s own policy decides as before');
SELECT is(pg_temp.as_role('test_owner', '2', 'SELECT count(*) FROM products'), '3', 'the owner sees everything as before');
SELECT is(pg_temp.as_role('test_other', '1', 'SELECT count(*) FROM accounts'), 'error 42501', 'who had no privilege has none now');

SELECT is(pg_temp.as_role('rehydra_worker', '1', 'SELECT count(*) FROM accounts'), '1', 'the acting role sees the tenant''s rows only');
SELECT is(pg_temp.as_role('rehydra_worker', '', 'SELECT count(*) FROM accounts'), '0', 'without a tenant the acting role sees nothing');
SELECT is(pg_temp.as_role('rehydra_worker', '1', 'SELECT count(*) FROM products'), '2', 'the acting role sees the tenant''s rows whatever the application''s policy says');
SELECT is(pg_temp.as_role('rehydra_worker', '2', 'SELECT string_agg(kpi_id::text, '','' ORDER BY kpi_id) FROM kpis'), '2,3', 'the acting role reaches KPIs through uploads');
SELECT is(pg_temp.as_role('rehydra_worker', '1', 'SELECT string_agg(range_id::text, '','' ORDER BY range_id) FROM kpi_reference_ranges'), '1,3', 'the acting role sees the shared rows');
SELECT is(pg_temp.changed('rehydra_worker', '1', 'UPDATE kpi_reference_ranges SET unit = ''y'''), '1', 'the acting role does not change shared rows');
SELECT is(pg_temp.changed('rehydra_worker', '1', 'DELETE FROM kpi_reference_ranges WHERE customer_id IS NULL'), '0', 'the acting role does not delete shared rows');
SELECT is(pg_temp.changed('rehydra_worker', '2', 'DELETE FROM kpis WHERE kpi_id = 1'), '0', 'the acting role does not delete another tenant''s KPI');
SELECT is(pg_temp.changed('rehydra_worker', '2', 'UPDATE kpis SET upload_id = 1'), 'error 42501', 'the acting role does not move a KPI to another tenant''s upload');
SELECT is(pg_temp.changed('rehydra_worker', '2', 'INSERT INTO accounts (customer_id, account_name) VALUES (1, ''planted'')'), 'error 42501', 'the acting role does not insert for another tenant');
SELECT is(pg_temp.changed('rehydra_worker', '2', 'INSERT INTO accounts (customer_id, account_name) VALUES (2, ''own'')'), '1', 'the acting role inserts for its tenant');
SELECT is(pg_temp.as_role('rehydra_worker', '1', 'SELECT count(*) FROM account_notes'), 'error 42501', 'the acting role may not read what is left out');

CREATE TEMP TABLE policies AS SELECT polrelid, polname, polcmd FROM pg_policy;
SELECT rehydra.protect('worker');
SELECT results_eq('SELECT polrelid, polname, polcmd FROM pg_policy ORDER BY 1, 2', 'SELECT * FROM policies ORDER BY 1, 2', 'protecting again leaves the same policies');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM customers'), '2', 'and the application still goes on as before');

-- Acting roles that policies would not bind.
UPDATE rehydra.models SET acting_role = 'test_owner' WHERE model = 'worker';
SELECT throws_ok($$SELECT rehydra.protect('worker')$$, '42501', NULL, 'an acting role that owns a table is refused');
ALTER ROLE test_other BYPASSRLS;
UPDATE rehydra.models SET acting_role = 'test_other' WHERE model = 'worker';
SELECT throws_ok($$SELECT rehydra.protect('worker')$$, '42501', NULL, 'an acting role that bypasses row level security is refused');
UPDATE rehydra.models SET acting_role = 'nobody of this name' WHERE model = 'worker';
SELECT throws_ok($$SELECT rehydra.protect('worker')$$, '42704', NULL, 'an acting role that does not exist is refused');

SELECT * FROM finish();
ROLLBACK;
