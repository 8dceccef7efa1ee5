-- rehydra_submit: what is refused at once, who sees and ends a job, and what goes along. Rolled back, so nothing runs.
-- Caller: test/lifecycle/background.sh, in a server that preloads the library, with the roles and rows of test/pgtap/import_data.psql.
BEGIN;
SET LOCAL client_min_messages = error;
SELECT plan(48);
\ir ../pgtap/helpers.psql
CREATE ROLE test_exporter IN ROLE rehydra_exporter;
CREATE ROLE test_auditor IN ROLE rehydra_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO test_exporter;
CREATE FUNCTION pg_temp.submit(arguments text, who name DEFAULT 'test_app', tenant text DEFAULT '1') RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.as_role(who, tenant, 'SELECT rehydra_submit(' || arguments || ')')
$$;

-- Refused at once
SELECT is(pg_temp.submit($$'export'$$, 'test_nobody'), 'error 42501', 'nobody submits without a role of rehydra''s');
SELECT is(pg_temp.submit($$'export'$$, 'test_auditor'), 'error 42501', 'an auditor does not');
SELECT is(pg_temp.submit($$'import', file => 'x'$$, 'test_exporter'), 'error 42501', 'who may only export does not import this way');
SELECT isnt(left(pg_temp.submit($$'export'$$, 'test_exporter'), 5), 'error', 'but exports');
SELECT is(pg_temp.submit($$'export', '2'$$), 'error 42501', 'a session names no other customer');
SELECT is(pg_temp.submit($$'export', '1'$$, tenant => ''), 'error 42501', 'and none without being an operator''s');
SELECT is(pg_temp.submit($$'export'$$, 'test_operator', ''), 'error 22023', 'an operator names one');
SELECT is(pg_temp.submit($$'destroy'$$), 'error 22023', 'an unknown action');
SELECT is(pg_temp.submit($$NULL$$), 'error 22023', 'none');
SELECT is(pg_temp.submit($$'export', format => 'pdf'$$), 'error 22023', 'an unknown format');
SELECT is(pg_temp.submit($$'export', datasets => '{nothing}'$$), 'error 22023', 'an unknown data set');
SELECT is(pg_temp.submit($$'export', selection => '{"nothing": [1]}'$$), 'error 22023', 'one in a selection');
SELECT is(pg_temp.submit($$'export', options => '{"speed": 9}'$$), 'error 22023', 'an unknown option');
SELECT is(pg_temp.submit($$'export', options => '{"model": "other"}'$$), 'error 42704', 'an unknown model');
SELECT is(pg_temp.submit($$'export', file => 'x'$$), 'error 22023', 'a file that goes out');
SELECT is(pg_temp.submit($$'export', mode => 'merge'$$), 'error 22023', 'an argument of the other action');
SELECT is(pg_temp.submit($$'import', file => 'x', format => 'csv'$$), 'error 22023', 'and the other way');
SELECT is(pg_temp.submit($$'import'$$), 'error 22023', 'no file');
SELECT is(pg_temp.submit($$'import', file => 'x', mode => 'guess'$$), 'error 22023', 'an unknown mode');
SELECT is(pg_temp.submit($$'import', file => 'x', on_error => 'ignore'$$), 'error 22023', 'an unknown on_error');
SELECT is(pg_temp.submit($$'import', file => 'x', datasets => '{nothing}'$$), 'error 22023', 'an unknown data set to import');
SELECT is(pg_temp.submit($$'import', file => 'x', match => '{"nothing": ["a"]}'$$), 'error 22023', 'one to match');
SELECT is(pg_temp.submit($$'import', file => 'x', options => '{"policy": {"luck": 1}}'$$), 'error 22023', 'an unknown policy');
SELECT throws_ok($$SELECT rehydra_submit('export', '1', format => 'csv', confirm => 'DELETE')$$, '22023', 'argument "confirm" does not belong to action "export"', 'it says which');
SELECT is((SELECT count(*) FROM rehydra.job), 1::bigint, 'of these one is queued');

-- Nobody becomes somebody else by it
CREATE FUNCTION as_operator() RETURNS uuid LANGUAGE sql SECURITY DEFINER AS $$ SELECT rehydra_submit('export', '1') $$;
ALTER FUNCTION as_operator() OWNER TO test_operator;
CREATE FUNCTION pg_temp.refused(login name, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
  EXECUTE command;
  RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.refused('test_web', 'SELECT as_operator()'), '42501 this code runs as another user than the session''s: no job may be submitted here', 'not by a function of another role''s');
SELECT is(pg_temp.refused('postgres', 'SELECT as_operator()'), '42501 this code runs as another user than the session''s: no job may be submitted here', 'not where a superuser calls it either, who may become anybody');
CREATE TABLE measured AS SELECT 1 AS n;
CREATE FUNCTION submitting(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('test.armed', true) = 'on' THEN
    PERFORM set_config('rehydra.tenant', '1', true), public.rehydra_submit('export');
  END IF;
  RETURN $1;
END $$;
ALTER TABLE measured OWNER TO test_app;
CREATE INDEX ON measured (submitting(n));
SET LOCAL test.armed = on;
SELECT is(pg_temp.refused('postgres', 'ANALYZE measured'), '42501 this code runs as another user than the session''s: no job may be submitted here', 'nor by an index that somebody else''s ANALYZE reads');
RESET test.armed;
SELECT is(pg_temp.refused('test_operator', $$SELECT rehydra_submit('export', '1')$$), '42501 the session''s user is not permitted to log in, as the job will', 'nor in a session that no login has made');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM rehydra.job'), 'error 42501', 'jobs are not read past the view');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT count(*) FROM rehydra.job_chunk'), 'error 42501', 'nor files');
SELECT is(pg_temp.as_role('test_operator', '', 'UPDATE rehydra.job SET role = 10 RETURNING 1'), 'error 42501', 'nor changed');

-- Who sees it, and ends it
SELECT pg_temp.submit($$'export'$$) AS job \gset
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM rehydra.jobs'), '2', 'a customer''s session sees its jobs');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT count(*) FROM rehydra.jobs'), '0', 'another''s none');
SELECT is(pg_temp.as_role('test_auditor', '', 'SELECT count(*) FROM rehydra.jobs'), '2', 'an auditor all');
SELECT is(pg_temp.as_role('test_auditor', '', format('SELECT rehydra_job(%L) ->> ''status''', :'job')), 'queued', 'by id too');
SELECT is(pg_temp.as_role('test_auditor', '', format('SELECT rehydra_job_file(%L)', :'job')), 'error 42501', 'but takes no file');
SELECT is(pg_temp.as_role('test_app', '2', format('SELECT rehydra_job(%L)', :'job')), 'error 42501', 'another customer is told nothing by id');
SELECT is(pg_temp.as_role('test_app', '1', format('SELECT rehydra_job_file(%L)', :'job')), 'error 22023', 'a file that is not there yet');
SELECT is(pg_temp.as_role('test_app', '2', format('SELECT rehydra_cancel(%L)', :'job')), 'false', 'another customer ends nothing');
SELECT is(pg_temp.as_role('test_app', '1', format('SELECT rehydra_cancel(%L)', :'job')), 'true', 'its own session does');
SELECT is(pg_temp.as_role('test_app', '1', format('SELECT rehydra_job(%L) ->> ''status''', :'job')), 'cancelled', 'it is cancelled');
SELECT row_eq(format('SELECT kind, outcome, sqlstate, session_role FROM rehydra.activity WHERE operation_id = %L', :'job'), ROW('export'::text, 'cancelled'::text, '57014'::text, session_user), 'in the log too');

-- What goes along
SET LOCAL statement_timeout = '1h';
SET LOCAL datestyle = 'German';
SET LOCAL search_path = public, pg_temp;
SET LOCAL app.anything = 'kept';
SELECT rehydra_submit('export', '1') AS job \gset
SELECT results_eq(format($$SELECT settings ->> 'DateStyle', settings ->> 'search_path', settings ->> 'app.anything', settings ? 'statement_timeout', settings ? 'role' FROM rehydra.job WHERE operation_id = %L$$, :'job'),
  $$VALUES ('German, DMY', 'public, pg_temp', 'kept', false, false)$$, 'the session''s settings go along, its time limits and role do not');

-- Forgotten
UPDATE rehydra.job SET ended_at = now() - interval '8 days' WHERE status = 'cancelled';
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT rehydra_forget_jobs()'), '0', 'a customer forgets none of another''s');
SELECT is(pg_temp.as_role('test_app', '', 'SELECT rehydra_forget_jobs()'), 'error 42501', 'nor a session of none');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT rehydra_forget_jobs(''9 days'')'), '0', 'what is not old enough stays');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT rehydra_forget_jobs()'), '1', 'its own are forgotten when they have ended');
SELECT * FROM finish();
ROLLBACK;
