-- rehydra_import into an application's own tables (isolation worker): triggers of the application, what they change besides, and who acts.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(35);

-- The tables are there before the preset; they are taken as they are.
SELECT count(*) AS made FROM rehydra_install_preset('customer_success', 'crm') \gset
DELETE FROM rehydra.models WHERE model = 'customer_success';
SELECT rehydra.drop_policies_ddl(c.oid) FROM pg_class c WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' \gexec
SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', c.oid::regclass) FROM pg_class c WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' \gexec
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
-- An application that adds columns, and has rows of its own kind in them.
ALTER TABLE accounts ADD COLUMN "Odd ""Name""" int[], ADD COLUMN doubled numeric GENERATED ALWAYS AS (revenue * 2) STORED;
UPDATE accounts SET "Odd ""Name""" = ARRAY[account_id, NULL];
SELECT count(*) AS taken FROM rehydra_install_preset('customer_success', 'crm') \gset
SELECT is((SELECT isolation FROM rehydra.models), 'worker', 'tables that were there are kept apart for the worker alone');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relforcerowsecurity), 0::bigint, 'row level security is not forced');

INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.digest('1', true) AS versions, pg_temp.neighbours() AS others;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report SELECT pg_temp.import();
SELECT is((SELECT r ->> 'status' FROM report), 'unchanged', 'the file just exported changes nothing');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM at_first), 'and writes nothing');
SELECT pg_temp.damage();
UPDATE accounts SET "Odd ""Name""" = '{}' WHERE account_id = 1;
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'applied', 'a damaged customer comes back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'exactly, with the application''s own columns');
SELECT is((SELECT effective_role::text FROM rehydra.activity ORDER BY at DESC LIMIT 1), 'rehydra_worker', 'by the worker');
SELECT pg_temp.wipe();
SELECT is(pg_temp.import(who => 'postgres', tenant => '', arguments => 'customer_id => ''1''') ->> 'status', 'applied', 'a wiped one too');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'exactly');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');

-- A trigger that touches updated_at
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := '2030-01-01'; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
UPDATE accounts SET account_name = 'x' WHERE account_id IN (1, 2);
UPDATE report SET r = pg_temp.import();
SELECT is((SELECT r ->> 'status' FROM report), 'applied', 'an import into a table whose trigger touches a column');
SELECT is((SELECT r -> 'side_effects' FROM report), '[{"table": "accounts", "column": "updated_at", "updated": 2}]'::jsonb, 'reports the column and how many rows, and nothing else');
SELECT is((SELECT string_agg(account_name, ' ' ORDER BY account_id) FROM accounts WHERE account_id IN (1, 2)), 'North South', 'what the file says is there');
DROP TRIGGER touch ON accounts;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'without the trigger the same file puts the column back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'so that all is what it was');
UPDATE report SET r = pg_temp.import();
SELECT is((SELECT concat(r ->> 'status', r -> 'side_effects') FROM report), 'unchanged[]', 'no change, no side effect');

-- A trigger that writes to another table
CREATE TABLE history (id int GENERATED ALWAYS AS IDENTITY, product int, act text);
CREATE TABLE "Totals ""x""" (n int);
INSERT INTO "Totals ""x""" VALUES (0);
GRANT ALL ON history, "Totals ""x""" TO rehydra_worker;
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO crm.history (product, act) VALUES (COALESCE(NEW.product_id, OLD.product_id), TG_OP);
  UPDATE crm."Totals ""x""" SET n = n + 1;
  RETURN NULL;
END
$$;
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON products FOR EACH ROW EXECUTE FUNCTION remember();
ALTER TABLE products DISABLE TRIGGER remember;
UPDATE products SET revenue = 0 WHERE product_id IN (4, 5);
DELETE FROM products WHERE product_id = 6;
INSERT INTO products (account_id, customer_id, product_name) VALUES (2, 1, 'Stray');
ALTER TABLE products ENABLE TRIGGER remember;
UPDATE report SET r = pg_temp.import('confirm => ''DELETE'', dry_run => true');
SELECT set_eq('SELECT e ->> ''table'' AS t, (e ->> ''inserted'')::int AS i, (e ->> ''updated'')::int AS u FROM report, jsonb_array_elements(r -> ''side_effects'') AS e',
  $$VALUES ('"crm"."history"', 4, NULL), ('"crm"."Totals ""x"""', NULL, 4)$$, 'a dry run reports the rows that triggers change in other tables');
SELECT is((SELECT count(*) FROM history), 0::bigint, 'and leaves none of them');
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT set_eq('SELECT e ->> ''table'' AS t, (e ->> ''inserted'')::int AS i, (e ->> ''updated'')::int AS u FROM report, jsonb_array_elements(r -> ''side_effects'') AS e',
  $$VALUES ('"crm"."history"', 4, NULL), ('"crm"."Totals ""x"""', NULL, 4)$$, 'an import as well');
SELECT set_eq('SELECT act FROM history', '{INSERT,UPDATE,DELETE}'::text[], 'each physical step is seen by the trigger');
SELECT is((SELECT count(*) FROM history), 4::bigint, 'once');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and the customer is what the file says');

-- Counters off: they are switched on for the import
SET LOCAL track_counts = off;
UPDATE products SET revenue = 0 WHERE product_id = 4;
UPDATE report SET r = pg_temp.import();
SELECT is((SELECT jsonb_array_length(r -> 'side_effects') FROM report), 2, 'side effects are found with track_counts off');
SELECT is(current_setting('track_counts'), 'off', 'which is off again afterwards');
SET LOCAL track_counts = on;
DROP TRIGGER remember ON products;

-- Triggers that undo or refuse what is written
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER swallow BEFORE UPDATE ON feature_toggles FOR EACH ROW EXECUTE FUNCTION swallow();
ALTER TABLE feature_toggles DISABLE TRIGGER swallow;
UPDATE feature_toggles SET description = 'x' WHERE id = 1;
ALTER TABLE feature_toggles ENABLE TRIGGER swallow;
CREATE TEMP TABLE swallowed AS SELECT pg_temp.digest('1', true) AS one;
UPDATE report SET r = pg_temp.import();
SELECT isnt((SELECT r ->> 'status' FROM report), 'applied', 'a trigger that swallows an update does not pass as an import');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM swallowed), 'and nothing changed');
DROP TRIGGER swallow ON feature_toggles;
CREATE TRIGGER swallow BEFORE DELETE ON feature_toggles FOR EACH ROW EXECUTE FUNCTION swallow();
INSERT INTO feature_toggles (customer_id, feature_name, enabled) VALUES (1, 'too many', true);
UPDATE swallowed SET one = pg_temp.digest('1', true);
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT isnt((SELECT r ->> 'status' FROM report), 'applied', 'nor does one that swallows a delete');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM swallowed), 'nothing changed');
DROP TRIGGER swallow ON feature_toggles;
CREATE TRIGGER swallow BEFORE INSERT ON feature_toggles FOR EACH ROW EXECUTE FUNCTION swallow();
DELETE FROM feature_toggles WHERE customer_id = 1;
UPDATE swallowed SET one = pg_temp.digest('1', true);
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT isnt((SELECT r ->> 'status' FROM report), 'applied', 'nor one that swallows an insert');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM swallowed), 'nothing changed');
DROP TRIGGER swallow ON feature_toggles;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'without it the rows are back');
SELECT is(pg_temp.digest('1') - 'customers', (SELECT one - 'customers' FROM at_first), 'and all is what it was');

-- A role that the tenant's session cannot be: the worker's privileges decide, not the caller's
REVOKE ALL ON ALL TABLES IN SCHEMA crm FROM test_app;
UPDATE products SET revenue = 0 WHERE product_id = 4;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'the session needs no privileges on the tables, the worker has them');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and the customer is what it was');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');

SELECT * FROM finish();
ROLLBACK;
