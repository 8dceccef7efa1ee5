-- Isolation all: the tenant policies of a preset's own tables bind everybody but superusers.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
\ir helpers.psql
SELECT plan(48);

CREATE ROLE test_app;
CREATE ROLE test_owner;
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'My Schema', '{"model": "all"}') \gset
SELECT pg_temp.fill('My Schema');
GRANT USAGE ON SCHEMA "My Schema" TO test_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "My Schema" TO test_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA "My Schema" TO test_app;

SELECT is_empty(
  $$SELECT relname FROM pg_class WHERE relnamespace = '"My Schema"'::regnamespace AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)$$,
  'every table, left-out ones too, has row level security enabled and forced');
SELECT is_empty(
  $$SELECT relname FROM pg_class c WHERE relnamespace = '"My Schema"'::regnamespace AND relkind = 'r'
      AND (NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polpermissive AND polroles = '{0}')
        OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND NOT polpermissive AND polroles = '{0}'))$$,
  'every table has a permissive and a restrictive policy for everybody');

SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM accounts'), '1', 'a session of customer 1 sees its account');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT count(*) FROM accounts'), '2', 'a session of customer 2 sees its accounts');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT count(*) FROM accounts WHERE customer_id = 1'), '0', 'customer 2 sees none of customer 1''s accounts');
SELECT is(pg_temp.as_role('test_app', '', 'SELECT count(*) FROM accounts'), '0', 'a session of nobody sees nothing');
SELECT is(pg_temp.as_role('test_app', '3', 'SELECT count(*) FROM accounts'), '0', 'a session of an unknown customer sees nothing');
SELECT is(pg_temp.as_role('test_app', '1 OR true', 'SELECT count(*) FROM accounts'), 'error 22P02', 'what is no customer id is an error');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM customers'), '1', 'a customer sees its own row only');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT string_agg(email, '','') FROM users'), 'u@one', 'a customer sees its own users only');

SELECT is(pg_temp.changed('test_app', '2', 'UPDATE accounts SET account_name = ''stolen'' WHERE account_id = 1'), '0', 'customer 2 cannot change customer 1''s account');
SELECT is(pg_temp.changed('test_app', '2', 'DELETE FROM kpis WHERE kpi_id = 1'), '0', 'customer 2 cannot delete customer 1''s KPI');
SELECT is(pg_temp.changed('test_app', '2', 'INSERT INTO accounts (customer_id, account_name) VALUES (1, ''planted'')'), 'error 42501', 'customer 2 cannot insert an account for customer 1');
SELECT is(pg_temp.changed('test_app', '2', 'INSERT INTO accounts (customer_id, account_name) VALUES (NULL, ''planted'')'), 'error 42501', 'nobody can insert an account of no customer');
SELECT is(pg_temp.changed('test_app', '2', 'UPDATE accounts SET customer_id = 1 WHERE account_id = 3'), 'error 42501', 'customer 2 cannot give an account away');
SELECT is(pg_temp.changed('test_app', '2', 'INSERT INTO accounts (customer_id, account_name) VALUES (2, ''own'')'), '1', 'customer 2 can insert an account of its own');
SELECT is(pg_temp.changed('test_app', '2', 'UPDATE accounts SET account_name = ''renamed'' WHERE account_id = 3'), '1', 'customer 2 can change its own account');

SELECT is(pg_temp.as_role('test_app', '1', 'SELECT string_agg(kpi_id::text, '','' ORDER BY kpi_id) FROM kpis'), '1', 'customer 1 sees the KPIs of its uploads');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT string_agg(kpi_id::text, '','' ORDER BY kpi_id) FROM kpis'), '2,3', 'customer 2 sees the KPIs of its uploads');
SELECT is(pg_temp.changed('test_app', '2', 'INSERT INTO kpis (upload_id, data) VALUES (1, ''planted'')'), 'error 42501', 'customer 2 cannot insert a KPI into customer 1''s upload');
SELECT is(pg_temp.changed('test_app', '2', 'INSERT INTO kpis (upload_id, data) VALUES (NULL, ''planted'')'), 'error 42501', 'nobody can insert a KPI of no upload');
SELECT is(pg_temp.changed('test_app', '2', 'UPDATE kpis SET upload_id = 1 WHERE kpi_id = 2'), 'error 42501', 'customer 2 cannot move a KPI to customer 1''s upload');
SELECT is(pg_temp.changed('test_app', '2', 'UPDATE kpis SET data = ''y'' WHERE kpi_id = 2'), '1', 'customer 2 can change its own KPI');

SELECT is(pg_temp.as_role('test_app', '1', 'SELECT string_agg(range_id::text, '','' ORDER BY range_id) FROM kpi_reference_ranges'), '1,3', 'a customer sees its own and the shared ranges');
SELECT is(pg_temp.changed('test_app', '1', 'UPDATE kpi_reference_ranges SET unit = ''x'''), '1', 'a customer changes its own ranges only, not the shared ones');
SELECT is(pg_temp.changed('test_app', '1', 'DELETE FROM kpi_reference_ranges WHERE range_id = 3'), '0', 'a customer cannot delete a shared range');
SELECT is(pg_temp.changed('test_app', '1', 'UPDATE kpi_reference_ranges SET customer_id = NULL WHERE range_id = 1'), 'error 42501', 'a customer cannot make its range a shared one');
SELECT is(pg_temp.changed('test_app', '1', $$INSERT INTO kpi_reference_ranges SELECT 9, NULL, 'z', unit, true, 0, 0, 0, 0, 0, 0 FROM kpi_reference_ranges WHERE range_id = 1$$),
  'error 42501', 'a customer cannot insert a shared range');

ALTER TABLE accounts OWNER TO test_owner;
GRANT USAGE ON SCHEMA "My Schema" TO test_owner;
SELECT is(pg_temp.as_role('test_owner', '1', 'SELECT count(*) FROM accounts'), '1', 'even the owner of a table sees one customer only');
ALTER TABLE accounts OWNER TO CURRENT_USER;

SELECT is(pg_temp.as_role('rehydra_worker', '1', 'SELECT count(*) FROM kpis'), '1', 'the acting role sees the tenant''s rows');
SELECT is(pg_temp.changed('rehydra_worker', '1', 'INSERT INTO accounts (customer_id, account_name) VALUES (1, ''new'')'), '1', 'the acting role writes data and takes ids from its sequence');
SELECT is(pg_temp.changed('rehydra_worker', '1', 'UPDATE customers SET phone = ''1'''), '1', 'the acting role updates the tenant''s own row');
SELECT is(pg_temp.changed('rehydra_worker', '1', 'DELETE FROM customers'), 'error 42501', 'the acting role may not delete the tenant''s own row');
SELECT is(pg_temp.changed('rehydra_worker', '1', 'UPDATE users SET active = true'), 'error 42501', 'the acting role may not write users');
SELECT is(pg_temp.as_role('rehydra_worker', '1', 'SELECT count(*) FROM account_notes'), 'error 42501', 'the acting role may not read what is left out');

CREATE TEMP TABLE policies AS SELECT polrelid, polname, polcmd FROM pg_policy;
SELECT rehydra.protect('all');
SELECT results_eq('SELECT polrelid, polname, polcmd FROM pg_policy ORDER BY 1, 2', 'SELECT * FROM policies ORDER BY 1, 2', 'protecting again leaves the same policies');

-- An application's own permissive policy must not be undone by one of ours.
CREATE POLICY mine ON accounts TO test_app USING (account_name = 'A');
SELECT rehydra.protect('all');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT count(*) FROM accounts'), '1', 'an application''s narrower policy stays in force');
SELECT is(pg_temp.as_role('rehydra_worker', '2', 'SELECT count(*) FROM accounts'), '3', 'the acting role still sees all of the tenant''s rows');

UPDATE rehydra.models SET isolation = 'worker' WHERE model = 'all';
SELECT throws_ok($$SELECT rehydra.protect('all')$$, '55000', NULL, 'a table protected for everybody is not opened by changing the isolation');

-- The setting that holds the tenant can be the application's own.
UPDATE rehydra.models SET isolation = 'all' WHERE model = 'all';
SET LOCAL rehydra.tenant_setting = 'app.current_customer';
SELECT rehydra.protect('all');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM kpis'), '0', 'under another tenant setting the default one means nothing');
SET LOCAL app.current_customer = '2';
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM kpis'), '2', 'and the other one decides');

SELECT is((SELECT count(*)::int FROM kpis), 4, 'a superuser sees everything, homeless rows too');

-- Two steps from the tenant, by keys of two columns, under a parent with shared rows.
CREATE TABLE lists (region text, no int, customer_id int, PRIMARY KEY (region, no));
CREATE TABLE entries (entry int PRIMARY KEY, region text, no int, FOREIGN KEY (region, no) REFERENCES lists);
CREATE TABLE remarks (remark int PRIMARY KEY, entry int REFERENCES entries);
GRANT SELECT, INSERT, UPDATE, DELETE ON lists, entries, remarks TO test_app;
INSERT INTO lists VALUES ('x', 1, 1), ('x', 2, 2), ('x', 3, NULL);
INSERT INTO entries VALUES (1, 'x', 1), (2, 'x', 2), (3, 'x', 3);
INSERT INTO remarks VALUES (1, 1), (2, 2), (3, 3);
RESET rehydra.tenant_setting;
SELECT rehydra.add_model('steps', 'integer', 'all');
SELECT rehydra.add_dataset('steps', 'lists', tenant_column => 'customer_id', shared_rows => true);
SELECT rehydra.add_dataset('steps', 'entries', tenant_reference => 'lists');
SELECT rehydra.add_dataset('steps', 'remarks', tenant_reference => 'entry');
SELECT rehydra.add_foreign_keys('steps');
SELECT rehydra.protect('steps');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT string_agg(entry::text, '','' ORDER BY entry) FROM entries'), '1,3', 'rows under a shared parent are seen by all');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT string_agg(remark::text, '','' ORDER BY remark) FROM remarks'), '2,3', 'also two steps away');
SELECT is(pg_temp.changed('test_app', '1', 'UPDATE entries SET no = no'), '1', 'rows under a shared parent are nobody''s to change');
SELECT is(pg_temp.changed('test_app', '1', 'DELETE FROM remarks'), '1', 'nor to delete, two steps away');
SELECT is(pg_temp.changed('test_app', '1', 'INSERT INTO entries VALUES (9, ''x'', 3)'), 'error 42501', 'and nobody hangs rows on a shared parent');
SELECT is(pg_temp.changed('test_app', '1', 'INSERT INTO entries VALUES (9, ''x'', 1)'), '1', 'but on its own');

SELECT * FROM finish();
ROLLBACK;
