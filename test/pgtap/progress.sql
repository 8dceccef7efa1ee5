-- rehydra.progress and rehydra_cancel inside of one session: an operation that runs another one, and one that is asked to end from within.
-- Sessions beside each other: test/isolation/specs/progress.spec, test/hostile/progress.sh.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(23);
\ir helpers.psql

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'steps') \gset
SELECT pg_temp.fill('steps');
CREATE ROLE test_app IN ROLE rehydra_importer;
CREATE ROLE test_nobody;
CREATE TABLE saved AS SELECT rehydra_export(1) AS file;
CREATE TABLE seen (n int GENERATED ALWAYS AS IDENTITY, operations text);
CREATE FUNCTION operations() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws('|', kind, phase, dataset, customer_id), ', ' ORDER BY started_at) FROM rehydra.progress WHERE pid = pg_backend_pid()
$$;
CREATE FUNCTION cancel(kind text) RETURNS boolean LANGUAGE sql AS $$ SELECT rehydra_cancel(operation_id) FROM rehydra.progress p WHERE p.kind = cancel.kind $$;
-- What a statement gives, or that it was cancelled and what it said.
CREATE FUNCTION outcome(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
BEGIN
  EXECUTE command INTO answer;
  RETURN answer;
EXCEPTION WHEN query_canceled THEN RETURN 'cancelled: ' || SQLERRM;
END $$;
-- What this session's operations hold: the lock that leads to a segment.
CREATE FUNCTION pg_temp.held() RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND objsubid = 21072
$$;

-- Who may look and ask
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT count(*) FROM rehydra.progress'), 'error 42501', 'nobody sees operations without a role of rehydra''s');
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT count(*) FROM rehydra.running_operations()'), 'error 42501', 'not past the view either');
SELECT is(pg_temp.as_role('test_nobody', '1', 'SELECT rehydra_cancel(gen_random_uuid())'), 'error 42501', 'nor asks for their end');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM rehydra.progress'), '0', 'an importer may look');
SELECT is(pg_temp.as_role('test_app', '', 'SELECT count(*) FROM rehydra.progress'), '0', 'also where it acts for no customer');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT rehydra_cancel(gen_random_uuid())'), 'false', 'what does not run is not cancelled');
SELECT throws_ok('SELECT rehydra_cancel(NULL)', '22023', 'operation_id is NULL', 'NULL is no operation');

-- An import whose trigger exports: each is seen from within, and gone afterwards.
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = steps, public AS $$
BEGIN
  INSERT INTO seen (operations) VALUES (operations());
  PERFORM rehydra_export(1, 'csv');
  INSERT INTO seen (operations) VALUES (operations());
  RETURN NEW;
END $$;
CREATE FUNCTION look_at_row() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = steps, public AS $$
BEGIN
  INSERT INTO seen (operations) VALUES (operations());
  IF current_setting('test.cancel', true) <> '' THEN PERFORM cancel(current_setting('test.cancel')); END IF;
  RETURN 'looked';
END $$;
CREATE TRIGGER look BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION look();
INSERT INTO rehydra.sheet_columns (model, sheet, position, header, kind, expression)
  VALUES ('customer_success', 'Accounts Summary', 99, 'Looked', 'display', 'steps.look_at_row()');
ALTER TABLE accounts DISABLE TRIGGER look;
UPDATE accounts SET account_name = 'Wrong' WHERE account_id = 1;
ALTER TABLE accounts ENABLE TRIGGER look;
SAVEPOINT wrong;
SELECT is(rehydra_import(file, customer_id => '1') ->> 'status', 'applied', 'an import whose trigger exports') FROM saved;
SELECT results_eq('SELECT DISTINCT ON (operations) operations FROM seen ORDER BY operations, n',
  $$VALUES ('import|updating|accounts|1'), ('import|updating|accounts|1, export|opening|1'), ('import|updating|accounts|1, export|writing|accounts|1')$$,
  'is seen, and the export inside of it too');
SELECT is((SELECT operations FROM seen ORDER BY n DESC LIMIT 1), 'import|updating|accounts|1', 'the export is gone when it has ended');
SELECT ok(operations() IS NULL, 'and so is the import');
SELECT is(pg_temp.held(), 0::bigint, 'no lock is left');
ROLLBACK TO wrong;

-- The inner one is cancelled: the trigger may catch that, and the import goes on.
CREATE SEQUENCE went_on;
CREATE OR REPLACE FUNCTION look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = steps, public AS $$
BEGIN
  INSERT INTO seen (operations) VALUES (outcome('SELECT length(rehydra_export(1, ''csv''))'));
  PERFORM nextval('went_on');
  RETURN NEW;
END $$;
SAVEPOINT catching;
SET LOCAL test.cancel = 'export';
SELECT is(rehydra_import(file, customer_id => '1') ->> 'status', 'applied', 'an import goes on where its trigger catches the end of an export') FROM saved;
SELECT is((SELECT operations FROM seen ORDER BY n DESC LIMIT 1), 'cancelled: canceled by rehydra_cancel', 'which rehydra_cancel has ended');
SELECT is(pg_temp.held(), 0::bigint, 'no lock is left');
ROLLBACK TO catching;
SELECT setval('went_on', 1, false) AS reset \gset

-- The outer one is cancelled while the inner one runs: catching does not help, both end.
SET LOCAL test.cancel = 'import';
SELECT is(outcome($$SELECT rehydra_import(file, customer_id => '1') ->> 'status' FROM saved$$), 'cancelled: canceled by rehydra_cancel',
  'an import that is cancelled ends, whatever its trigger catches');
SELECT ok(NOT is_called, 'at once, also in what the trigger does then') FROM went_on;
SELECT is((SELECT account_name FROM accounts WHERE account_id = 1), 'Wrong', 'nothing of it is left');
SELECT ok(operations() IS NULL, 'it is not seen any more');
SELECT is(pg_temp.held(), 0::bigint, 'no lock is left');
SELECT is((SELECT count(*) FROM generate_series(1, 100000)), 100000::bigint, 'statements after it are not hit');
SET LOCAL test.cancel = '';
SELECT is(rehydra_import(file, customer_id => '1') ->> 'status', 'applied', 'and neither is the next import') FROM saved;

-- An operation that is refused leaves nothing either.
SELECT is(rehydra_import('no workbook', customer_id => '1') ->> 'status' || pg_temp.held(), 'rejected0', 'a refused one is gone as well');
SELECT * FROM finish();
ROLLBACK;
