-- What one tenant's export and import read does not grow with the tenants beside it: tables two steps from the tenant column are found
-- by their indexes, never read as a whole.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(9);

CREATE SCHEMA crm;
CREATE TABLE crm.accounts (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TABLE crm.orders (id int PRIMARY KEY, account_id int NOT NULL REFERENCES crm.accounts);
CREATE TABLE crm.lines (order_id int NOT NULL REFERENCES crm.orders, no int, what text, PRIMARY KEY (order_id, no));
INSERT INTO crm.accounts SELECT n, 1 + n % 200 FROM generate_series(1, 4000) AS n;
INSERT INTO crm.orders SELECT n, 1 + n % 4000 FROM generate_series(1, 40000) AS n;
INSERT INTO crm.lines SELECT o, n, 'x' FROM generate_series(1, 40000) AS o, generate_series(1, 5) AS n;
CREATE INDEX ON crm.accounts (tenant_id);
CREATE INDEX ON crm.orders (account_id);
ANALYZE crm.accounts, crm.orders, crm.lines;
SELECT count(*) AS registered FROM rehydra_register_schema('crm') \gset
CREATE FUNCTION pg_temp.whole_reads() RETURNS bigint LANGUAGE sql AS
  $$SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class WHERE oid = 'crm.lines'::regclass$$;
SELECT pg_temp.whole_reads() AS before \gset
SELECT rehydra_export('1') AS f \gset
SELECT is(pg_temp.whole_reads() - :before, 0::bigint, 'an export reads the table by an index');
SELECT is(rehydra_import(:'f', customer_id => '1') ->> 'status', 'unchanged', 'so does an import');
SELECT is(pg_temp.whole_reads() - :before, 0::bigint, 'that changes nothing');
UPDATE crm.lines SET what = 'y' WHERE order_id = 199 AND no = 1;
DELETE FROM crm.lines WHERE order_id = 199 AND no = 2;
SELECT pg_temp.whole_reads() AS before \gset
SELECT is(rehydra_import(:'f', customer_id => '1', confirm => 'DELETE') ->> 'status', 'applied', 'or that changes rows');
SELECT is(pg_temp.whole_reads() - :before, 0::bigint, 'by an index too');

-- A tenant of many parents: they are read once, not looked up for each of its rows, where a list of keys is looked up by hash (14).
SELECT current_setting('server_version_num')::int >= 140000 AS hashes \gset
CREATE FUNCTION pg_temp.look_ups() RETURNS bigint LANGUAGE sql AS $$SELECT pg_stat_get_xact_numscans('crm.accounts_pkey'::regclass)$$;
INSERT INTO crm.accounts SELECT 5000 + n, 201 FROM generate_series(1, 2000) AS n;
INSERT INTO crm.orders SELECT 50000 + n, 5001 + n % 2000 FROM generate_series(1, 10000) AS n;
ANALYZE crm.accounts, crm.orders;
SELECT pg_temp.look_ups() AS before \gset
SELECT rehydra_export('201', format => 'json') AS f \gset
\if :hashes
SELECT cmp_ok(pg_temp.look_ups() - :before, '<', 2000::bigint, 'an export of 10,000 rows does not look up the parent of each');
\else
SELECT skip('PostgreSQL 13 joins the parents', 1);
\endif
SELECT is(jsonb_array_length(convert_from(:'f', 'UTF8')::jsonb -> 'datasets' -> 'orders'), 10000, 'and has them all');
SELECT pg_temp.look_ups() AS before \gset
SELECT rehydra_snapshot('201', 'test') AS snapshot \gset
\if :hashes
SELECT cmp_ok(pg_temp.look_ups() - :before, '<', 2000::bigint, 'nor does a snapshot');
\else
SELECT skip('PostgreSQL 13 joins the parents', 1);
\endif

-- More parents than are kept (20,000) are joined.
INSERT INTO crm.accounts SELECT 10000 + n, 201 FROM generate_series(1, 20000) AS n;
INSERT INTO crm.orders SELECT 60000 + n, 10000 + n FROM generate_series(1, 20000) AS n;
SELECT is(jsonb_array_length(convert_from(rehydra_export('201', format => 'json'), 'UTF8')::jsonb -> 'datasets' -> 'orders'), 30000, 'a tenant of 22,000 parents');
SELECT * FROM finish();
ROLLBACK;
