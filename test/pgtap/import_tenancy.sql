-- rehydra_import: whose file goes to whom, and as whom its statements run.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(45);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1)), ('second', rehydra_export(2));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
SELECT pg_temp.damage();
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1', true) AS one;

-- Who may not
SELECT is(pg_temp.import('confirm => ''DELETE''', tenant => '2') ->> 'status', 'denied', 'customer 2''s session cannot import customer 1''s file');
SELECT is(pg_temp.import('confirm => ''DELETE''', tenant => '2') #>> '{errors,0,sqlstate}', '42501', 'by the SQLSTATE of a missing privilege');
SELECT isnt(pg_temp.import('confirm => ''DELETE''', tenant => '2') #>> '{errors,0,hint}', NULL, 'with a remedy');
SELECT row_eq($$SELECT customer_id, kind, outcome, sqlstate FROM rehydra.activity ORDER BY at DESC LIMIT 1$$, ROW('2'::text, 'import'::text, 'denied'::text, '42501'::text), 'and a line in the log of the customer who tried');
SELECT is(r ->> 'status', 'denied', 'nor name customer 1') FROM pg_temp.import('customer_id => ''1'', confirm => ''DELETE''', tenant => '2') AS r;
SELECT is(r ->> 'status', 'denied', 'a session without customer that is no operator may name none') FROM pg_temp.import('customer_id => ''1'', confirm => ''DELETE''', tenant => '') AS r;
SELECT is(r ->> 'error', '22023', 'an operator has to name one') FROM pg_temp.import('confirm => ''DELETE''', who => 'test_operator', tenant => '') AS r;
SELECT is(r ->> 'status', 'denied', 'and cannot put a file to another customer') FROM pg_temp.import('customer_id => ''2'', confirm => ''DELETE''', who => 'test_operator', tenant => '') AS r;
SELECT is(r ->> 'status', 'denied', 'nor can a superuser') FROM pg_temp.import('customer_id => ''2'', confirm => ''DELETE''', who => 'postgres', tenant => '') AS r;
SELECT is(r ->> 'error', '42501', 'who has no right to import has none') FROM pg_temp.import('confirm => ''DELETE''', who => 'test_nobody') AS r;
SELECT throws_ok($$SELECT set_config('rehydra.tenant', '2', true), rehydra_preview(file) FROM kept WHERE name = 'first'$$, '42501', NULL, 'a preview of another customer''s file is refused too');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM damaged), 'none of these changed customer 1');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'or anybody else');
SELECT is(pg_temp.import('confirm => ''DELETE'', customer_id => '' 01 ''', tenant => ' 1') ->> 'status', 'applied', 'a session may name its own customer, however it spells it');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and the file is back');

-- Another model, another database's customer
SELECT lives_ok($$SELECT count(*) FROM rehydra_install_preset('customer_success', 'other', '{"model": "second"}')$$, 'with a second model');
SELECT is(r ->> 'error', '22023', 'a call has to say which is meant') FROM pg_temp.import() AS r;
SELECT is(r ->> 'status', 'denied', 'a file of one is not taken by the other') FROM pg_temp.import('options => ''{"model": "second"}''', who => 'postgres') AS r;
SELECT matches(r #>> '{errors,0,message}', 'customer_success.*second', 'which is said') FROM pg_temp.import('options => ''{"model": "second"}''', who => 'postgres') AS r;
SELECT is(pg_temp.import('options => ''{"model": "customer_success"}''') ->> 'status', 'unchanged', 'its own takes it');
DELETE FROM rehydra.models WHERE model = 'second';

-- As whom: every table's statements, and what triggers see
CREATE TABLE seen (who text, act text, tenant text);
GRANT INSERT ON seen TO PUBLIC;
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SET search_path = crm AS $$
BEGIN
  INSERT INTO seen VALUES (current_user || CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ' superuser' ELSE '' END, TG_OP, current_setting('rehydra.tenant', true));
  RETURN COALESCE(NEW, OLD);
END
$$;
SELECT format('CREATE TRIGGER watch BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION watch()', relation_oid::regclass)
FROM rehydra.datasets WHERE role IN ('data', 'own') \gexec
SELECT pg_temp.damage();
TRUNCATE seen;
SELECT is(pg_temp.import('customer_id => ''1'', confirm => ''DELETE''', who => 'postgres', tenant => '') ->> 'status', 'applied', 'a superuser imports');
SELECT set_eq('SELECT DISTINCT who, act, tenant FROM seen', $$VALUES ('rehydra_worker', 'INSERT', '1'), ('rehydra_worker', 'UPDATE', '1'), ('rehydra_worker', 'DELETE', '1')$$,
  'every trigger runs as the acting role, which is no superuser, and for the customer');
SELECT is(current_setting('rehydra.tenant', true), '', 'the session acts for nobody afterwards');
SELECT is(current_user, session_user, 'as the role it was');
SELECT pg_temp.damage();
TRUNCATE seen;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'a tenant''s session imports');
SELECT set_eq('SELECT DISTINCT who, tenant FROM seen', $$VALUES ('test_app', '1')$$, 'as itself');
CREATE FUNCTION become() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SET ROLE postgres; RETURN NEW; END $$;
CREATE TRIGGER become BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION become();
SELECT pg_temp.damage();
SELECT is(r ->> 'status' || ' ' || (r #>> '{errors,0,sqlstate}'), 'failed 42501', 'a trigger cannot become a superuser again through a superuser''s import')
FROM pg_temp.import('customer_id => ''1'', confirm => ''DELETE''', who => 'postgres', tenant => '') AS r;
SELECT is(current_user, session_user, 'and the session is who it was');
DROP TRIGGER become ON customers;
SELECT pg_temp.import('confirm => ''DELETE''') ->> 'status' AS again \gset

-- A caller whom policies bind works with its own privileges
REVOKE DELETE ON products FROM test_app;
SELECT pg_temp.damage();
SELECT pg_temp.import('confirm => ''DELETE''') AS refused \gset
SELECT isnt(:'refused'::jsonb ->> 'status', 'applied', 'without the privilege to delete, a session''s import is refused');
SELECT is(COALESCE(:'refused'::jsonb ->> 'error', :'refused'::jsonb #>> '{errors,0,sqlstate}'), '42501', 'for the privilege');
SELECT is((SELECT count(*) FROM products WHERE product_name = 'Stray'), 1::bigint, 'and nothing was deleted');
GRANT DELETE ON products TO test_app;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'with it, it goes through');

-- Tables that are not protected any more are not written to
ALTER TABLE kpis DISABLE ROW LEVEL SECURITY;
SELECT is(r ->> 'status', 'denied', 'a table whose row level security was switched off refuses the import') FROM pg_temp.import() AS r;
SELECT matches(r #>> '{errors,0,message}', 'kpis', 'by name') FROM pg_temp.import() AS r;
ALTER TABLE kpis ENABLE ROW LEVEL SECURITY;
SELECT is(pg_temp.import() ->> 'status', 'unchanged', 'and takes it when it is on again');

-- The own row: only an operator puts it back
CREATE TEMP TABLE own AS SELECT pg_temp.digest('1') AS one;
ALTER TABLE customers DISABLE TRIGGER ALL;
DELETE FROM customers WHERE customer_id = 1;
ALTER TABLE customers ENABLE TRIGGER ALL;
SELECT is(r ->> 'status', 'rejected', 'a session cannot put its customer''s own row back') FROM pg_temp.import() AS r;
SELECT matches(r #>> '{errors,0,hint}', 'rehydra_operator', 'and is told who can') FROM pg_temp.import() AS r;
SELECT is(r ->> 'status', 'applied', 'an operator can') FROM pg_temp.import('customer_id => ''1''', who => 'test_operator', tenant => '') AS r;
SELECT is(pg_temp.digest('1'), (SELECT one FROM own), 'and it is what it was');

-- The log
SELECT is((SELECT count(*) FROM rehydra.activity WHERE kind = 'import' AND outcome <> 'denied' AND customer_id IS DISTINCT FROM '1'), 0::bigint, 'every import but the denied ones has its customer''s line');
SELECT throws_ok('UPDATE rehydra.activity SET outcome = ''applied''', '42501', NULL, 'the log cannot be updated');
SELECT throws_ok('DELETE FROM rehydra.activity', '42501', NULL, 'nor deleted from');
SELECT throws_ok('TRUNCATE rehydra.activity', '42501', NULL, 'nor emptied');
SET LOCAL ROLE test_app;
SET LOCAL rehydra.tenant = '2';
SELECT set_eq('SELECT DISTINCT customer_id FROM rehydra.activity_log', '{2}'::text[], 'a customer reads its own lines');
RESET ROLE;
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');

SELECT * FROM finish();
ROLLBACK;
