-- rehydra_submit in a server that does not preload the library: refused with the remedy. With it: test/lifecycle/background*.sh.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(8);
\ir helpers.psql

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'steps') \gset
SELECT pg_temp.fill('steps');
CREATE ROLE test_app IN ROLE rehydra_exporter, rehydra_importer;
CREATE ROLE test_nobody;

SELECT throws_ok($$SELECT rehydra_submit('export', '1')$$, '55000', 'rehydra does not run jobs in the background in this server', 'no jobs without shared_preload_libraries');
CREATE FUNCTION hint() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  hint text;
BEGIN
  PERFORM rehydra_submit('export', '1');
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  RETURN hint;
END $$;
SELECT is(hint(), 'Add rehydra to shared_preload_libraries in postgresql.conf, and restart the server.', 'it says what to do');
SELECT is((SELECT count(*) FROM rehydra.job), 0::bigint, 'nothing is queued');
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT rehydra_submit(''export'')'), 'error 42501', 'nobody submits without a role of rehydra''s');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM rehydra.jobs'), '0', 'the view is there');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT rehydra_job(gen_random_uuid())'), 'error 42501', 'a job that is not');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT rehydra_cancel(gen_random_uuid())'), 'false', 'rehydra_cancel goes on');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT rehydra_forget_jobs()'), '0', 'as does forgetting');
SELECT * FROM finish();
ROLLBACK;
