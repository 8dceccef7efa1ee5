-- rehydra_register_schema: what is found, what is left out and why, and that the result exports and imports.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(43);

CREATE SCHEMA shop;
CREATE TABLE shop.tenants (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE shop.plans (code text PRIMARY KEY, label text);
CREATE TABLE shop.accounts (id serial PRIMARY KEY, tenant_id int NOT NULL REFERENCES shop.tenants, email text, plan text REFERENCES shop.plans,
                            password_hash text, shout text GENERATED ALWAYS AS (upper(email)) STORED, UNIQUE (tenant_id, email));
CREATE TABLE shop.orders (id bigserial PRIMARY KEY, account_id int NOT NULL REFERENCES shop.accounts, month int, total numeric(12,2));
CREATE TABLE shop.lines (order_id bigint REFERENCES shop.orders, no int, what text, PRIMARY KEY (order_id, no));
CREATE TABLE shop.transfers (id serial PRIMARY KEY, src int NOT NULL REFERENCES shop.accounts, dst int NOT NULL REFERENCES shop.accounts);
CREATE TABLE shop.transfer_notes (id serial PRIMARY KEY, transfer_id int NOT NULL REFERENCES shop.transfers);
-- One way is in every row, the other in some.
CREATE TABLE shop.visits (id serial PRIMARY KEY, account_id int NOT NULL REFERENCES shop.accounts, referred_by int REFERENCES shop.accounts);
-- The tenant under another name.
CREATE TABLE shop.invoices (id serial PRIMARY KEY, bill_to int NOT NULL REFERENCES shop.tenants, parent_id int REFERENCES shop.invoices);
CREATE TABLE shop."Weird ""Name""" (id uuid PRIMARY KEY, tenant_id int, "select" text, "SELECT" text, " a b " text);
CREATE TABLE shop.ranges (id serial PRIMARY KEY, tenant_id int, name text);
CREATE TABLE shop.loose (id int PRIMARY KEY);
CREATE TABLE shop.diary (id int PRIMARY KEY, tenant_id int);
CREATE TABLE shop.parted (id int, tenant_id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE VIEW shop.seen AS SELECT * FROM shop.accounts;
CREATE MATERIALIZED VIEW shop.kept AS SELECT 1 AS one;
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE shop.far (tenant_id int) SERVER elsewhere;

-- A dry run answers and leaves nothing.
CREATE TEMP TABLE dry AS SELECT * FROM rehydra_register_schema('shop', dry_run => true);
SELECT is((SELECT count(*) FROM rehydra.models)::int, 0, 'a dry run registers no model');
SELECT is((SELECT count(*) FROM pg_policy)::int, 0, 'and makes no policy');
SELECT ok((SELECT bool_or(note LIKE 'CREATE POLICY % ON shop.accounts %') FROM dry WHERE action = 'would run'), 'it shows the statements that would run');
SELECT is((SELECT action || ': ' || note FROM dry WHERE table_name = 'shop.transfers'),
  'ambiguous: several ways lead to a tenant: dst -> shop.accounts; src -> shop.accounts. Name one: paths => ''{"transfers": "column"}''', 'several ways are reported with the choices');
SELECT is((SELECT note FROM dry WHERE table_name = 'shop.transfer_notes'), 'hangs on shop.transfers, which is not registered', 'and what hangs on such a table with them');

CREATE TEMP TABLE answer AS
  SELECT * FROM rehydra_register_schema('shop', exclude => '{diary}', paths => '{"transfers": "src"}', shared => '{ranges}');
CREATE FUNCTION pg_temp.told(name text) RETURNS text LANGUAGE sql AS
  $$SELECT concat_ws(' | ', action, sheet, tenant, row_key, note) FROM answer WHERE table_name = name$$;
SELECT is((SELECT count(*) FROM answer)::int, (SELECT count(*) FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition)::int,
  'every table and view is answered for, partitions with their table');
SELECT is(pg_temp.told('shop.tenants'), 'registered | Tenants | id | id | the tenant''s own row: updated only; open to everybody else as before', 'the table that tenant columns refer to is the tenant''s own row');
SELECT is(pg_temp.told('shop.accounts'), 'registered | Accounts | tenant_id | id | secret: password_hash; generated: shout; open to everybody else as before', 'a table with the tenant column');
SELECT is(pg_temp.told('shop.orders'), 'registered | Orders | account_id -> accounts.tenant_id | id | open to everybody else as before', 'a table one step away');
SELECT is(pg_temp.told('shop.lines'), 'registered | Lines | order_id -> orders.account_id -> accounts.tenant_id | order_id, no | open to everybody else as before', 'a table two steps away');
SELECT is(pg_temp.told('shop.transfers'), 'registered | Transfers | src -> accounts.tenant_id | id | open to everybody else as before', 'the way that the call names');
SELECT is(pg_temp.told('shop.transfer_notes'), 'registered | Transfer Notes | transfer_id -> transfers.src -> accounts.tenant_id | id | open to everybody else as before', 'what hangs on it follows');
SELECT is(pg_temp.told('shop.visits'), 'registered | Visits | account_id -> accounts.tenant_id | id | open to everybody else as before', 'a way that every row has is taken before one that rows may lack');
SELECT is(pg_temp.told('shop.invoices'), 'registered | Invoices | bill_to | id | open to everybody else as before', 'a foreign key to the tenant''s own table is the tenant column under another name');
SELECT is(pg_temp.told('shop."Weird ""Name"""'), 'registered | Weird "Name" | tenant_id | id | rows without tenant_id belong to nobody; open to everybody else as before', 'a quoted name, and rows that may belong to nobody');
SELECT is(pg_temp.told('shop.ranges'), 'registered | Ranges | tenant_id | id | rows without tenant_id are shared; open to everybody else as before', 'shared rows');
SELECT is(pg_temp.told('shop.parted'), 'registered | Parted | tenant_id | id, day | rows without tenant_id belong to nobody; open to everybody else as before', 'a partitioned table is one data set');
SELECT is(pg_temp.told('shop.plans'), 'reference | code | referred to by shop.accounts, not exported', 'what is only referred to is a reference');
SELECT is(pg_temp.told('shop.diary'), 'excluded | left out by decision', 'a table left out by decision');
SELECT is(pg_temp.told('shop.loose'), 'left out | no tenant column, and no foreign key leads to one', 'a table of nobody');
SELECT is(pg_temp.told('shop.seen'), 'left out | a view: its rows are those of other tables', 'a view');
SELECT is(pg_temp.told('shop.kept'), 'left out | a materialized view: refresh it instead', 'a materialized view');
SELECT is(pg_temp.told('shop.far'), 'left out | a foreign table: its rows live elsewhere', 'a foreign table');
SELECT is((SELECT array_agg(header ORDER BY position) FROM rehydra.sheet_columns WHERE sheet = 'Weird "Name"'), '{ID,Select,"SELECT [column 4]","a b"}', 'headers are made from names, and told apart');
SELECT is((SELECT match_keys FROM rehydra.datasets WHERE dataset = 'accounts'), '[["email"]]', 'what is unique to the tenant is a match key');
SELECT is((SELECT secret_columns FROM rehydra.datasets WHERE dataset = 'accounts'), '{password_hash}', 'what is named like a secret is one');

-- Out and in.
INSERT INTO shop.tenants VALUES (1, 'one'), (2, 'two');
INSERT INTO shop.plans VALUES ('p', 'Pro');
INSERT INTO shop.accounts (tenant_id, email, plan, password_hash) SELECT 1 + n % 2, 'e' || n, 'p', 'h' || n FROM generate_series(1, 10) AS n;
INSERT INTO shop.orders (account_id, month, total) SELECT 1 + n % 10, 1 + n % 12, n FROM generate_series(1, 60) AS n;
INSERT INTO shop.lines SELECT o.id, n, 'w' || n FROM shop.orders o, generate_series(1, 2) AS n;
INSERT INTO shop.transfers (src, dst) VALUES (1, 3), (2, 4);
INSERT INTO shop.transfer_notes (transfer_id) VALUES (1), (2);
INSERT INTO shop.invoices (bill_to, parent_id) VALUES (1, NULL), (2, NULL), (1, 1);
INSERT INTO shop.ranges (tenant_id, name) VALUES (NULL, 'all'), (1, 'own'), (2, 'own');
INSERT INTO shop.parted VALUES (1, 1, '2024-05-05'), (1, 2, '2024-05-06');
CREATE FUNCTION pg_temp.all_rows() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT 'a' || t FROM shop.accounts t UNION ALL SELECT 'o' || t FROM shop.orders t UNION ALL SELECT 'l' || t FROM shop.lines t
  UNION ALL SELECT 't' || t FROM shop.transfers t UNION ALL SELECT 'n' || t FROM shop.transfer_notes t UNION ALL SELECT 'i' || t FROM shop.invoices t
  UNION ALL SELECT 'r' || t FROM shop.ranges t UNION ALL SELECT 'p' || t FROM shop.parted t UNION ALL SELECT 'x' || t FROM shop.tenants t $$;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.all_rows() AS r;
CREATE TEMP TABLE file AS SELECT rehydra_export(1) AS f;
SELECT is((SELECT rehydra_import(f, customer_id => '1') ->> 'status' FROM file), 'unchanged', 'an unedited file changes nothing');
DELETE FROM shop.transfer_notes WHERE transfer_id IN (SELECT id FROM shop.transfers WHERE src IN (SELECT id FROM shop.accounts WHERE tenant_id = 1));
DELETE FROM shop.transfers WHERE src IN (SELECT id FROM shop.accounts WHERE tenant_id = 1);
DELETE FROM shop.lines WHERE order_id IN (SELECT o.id FROM shop.orders o JOIN shop.accounts a ON a.id = account_id WHERE tenant_id = 1);
DELETE FROM shop.orders WHERE account_id IN (SELECT id FROM shop.accounts WHERE tenant_id = 1);
DELETE FROM shop.invoices WHERE bill_to = 1;
UPDATE shop.accounts SET email = 'lost' WHERE id = 2;
DELETE FROM shop.parted WHERE tenant_id = 1;
DELETE FROM shop.ranges WHERE tenant_id = 1;
SELECT is((SELECT rehydra_import(f, customer_id => '1') ->> 'status' FROM file), 'applied', 'what was lost comes back');
SELECT is_empty($$(SELECT r FROM before EXCEPT ALL SELECT * FROM pg_temp.all_rows()) UNION ALL (SELECT * FROM pg_temp.all_rows() EXCEPT ALL SELECT r FROM before)$$,
  'every row of every tenant is what it was');
SELECT lives_ok($$INSERT INTO shop.orders (account_id) VALUES (1)$$, 'the next ordinary insert works');

-- Again: what is registered stays.
CREATE TABLE shop.added (id int PRIMARY KEY, tenant_id int NOT NULL);
CREATE TEMP TABLE again AS SELECT * FROM rehydra_register_schema('shop');
SELECT is((SELECT array_agg(DISTINCT action ORDER BY action) FROM again), '{excluded,kept,"left out",registered}', 'a second run keeps what is registered');
SELECT is((SELECT array_agg(table_name) FROM again WHERE action = 'registered'), '{shop.added}', 'and registers what is new');
SELECT is((SELECT tenant_reference FROM rehydra.datasets WHERE dataset = 'transfers'), 'src', 'with the choices made before');

-- Refusals.
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('nowhere')$$, '3F000', NULL, 'a schema that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop', 'customer', model => 'x')$$, '42703', 'no table has a column "customer"', 'a tenant column that no table has');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop', exclude => '{typo}')$$, '42P01', NULL, 'an excluded table that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop', paths => '{"typo": "a"}')$$, '42P01', NULL, 'a way of a table that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop', shared => '{typo}')$$, '42P01', NULL, 'a shared table that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop', secret_columns => '{"accounts": ["typo"]}', model => 'other')$$, '42703', NULL, 'a secret column that does not exist');
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop', isolation => 'none', model => 'other')$$, '23514', NULL, 'an isolation that does not exist');
SELECT is((SELECT array_agg(model) FROM rehydra.models), '{default}', 'a refused call leaves nothing');
CREATE ROLE register_nobody;
GRANT USAGE ON SCHEMA rehydra TO register_nobody;
SET LOCAL ROLE register_nobody;
SELECT throws_ok($$SELECT * FROM rehydra_register_schema('shop')$$, '42501', NULL, 'nobody registers without the privilege');
RESET ROLE;
SELECT is((SELECT action FROM rehydra_register_schema('shop', paths => '{"transfers": ["dst"]}', model => 'other', isolation => 'existing', dry_run => true) WHERE table_name = 'shop.transfers' LIMIT 1),
  'registered', 'a way may be named by its list of columns');
SELECT * FROM finish();
ROLLBACK;
