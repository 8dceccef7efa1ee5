-- rehydra_restore: back to what a snapshot holds, with the plan, the proof and the report of an import.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(45);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.digest('1', true) AS versions, pg_temp.neighbours() AS others;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

CREATE FUNCTION pg_temp.restore(snapshot text, arguments text DEFAULT '', who name DEFAULT 'test_app', tenant text DEFAULT '1') RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
  problem text;
BEGIN
  PERFORM set_config('rehydra.tenant', tenant, true);
  EXECUTE format('SET LOCAL ROLE %I', who);
  EXECUTE format('SELECT rehydra_restore(%L%s)', snapshot, CASE WHEN arguments <> '' THEN ', ' || arguments ELSE '' END) INTO report;
  RESET ROLE;
  RETURN report;
EXCEPTION WHEN query_canceled OR OTHERS THEN
  GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
  RETURN jsonb_build_object('error', SQLSTATE, 'message', problem);
END
$$;

SELECT rehydra_snapshot('1', 'before') AS one, rehydra_snapshot('2', 'theirs') AS two \gset

-- Nothing to do
UPDATE report SET r = pg_temp.restore(:'one');
SELECT is((SELECT r ->> 'status' FROM report), 'unchanged', 'restoring what is there changes nothing');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM at_first), 'no row has a new version');
SELECT row_eq($$SELECT kind, outcome, customer_id FROM rehydra.activity ORDER BY at DESC LIMIT 1$$, ROW('restore'::text, 'unchanged'::text, '1'::text), 'the log has it as a restore');

-- Damage
SELECT pg_temp.damage();
UPDATE customer_configs SET openai_api_key_encrypted = 'another' WHERE customer_id = 1;
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1') AS one, pg_temp.digest('1', true) AS versions;
UPDATE report SET r = pg_temp.restore(:'one');
SELECT is((SELECT r ->> 'status' FROM report), 'confirmation_required', 'rows that would go need a confirmation');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM damaged), 'and nothing changed');
SELECT is(pg_temp.restore(:'one', 'dry_run => true') ->> 'status', 'previewed', 'a dry run needs none');
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM damaged), 'and changes nothing');
CREATE TEMP TABLE dry AS SELECT c.* FROM pg_temp.counts(pg_temp.restore(:'one', 'dry_run => true')) AS c;
SELECT is(pg_temp.restore(:'one', 'confirm => ''delete''') ->> 'status', 'confirmation_required', 'another word is no confirmation');
UPDATE report SET r = pg_temp.restore(:'one', 'confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'applied', 'confirmed, it is restored');
SELECT set_eq('SELECT c.* FROM report, pg_temp.counts(r) AS c', 'TABLE dry', 'with the dry run''s numbers');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'every row of every table is what it was, secrets included');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');
SELECT is((SELECT file FROM report, LATERAL (SELECT concat_ws(' ', r #>> '{file,format}', r #>> '{file,sha256}')) AS f (file)), 'snapshot ', 'the report says that its source is a snapshot');

-- And back again
UPDATE report SET r = pg_temp.restore(r ->> 'snapshot_id', 'confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'applied', 'the snapshot that a restore took undoes it');
SELECT is(pg_temp.digest('1'), (SELECT one FROM damaged), 'stray rows, another secret and all');
SELECT is(pg_temp.restore(:'one', 'confirm => ''DELETE''') ->> 'status', 'applied', 'the first one again');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'brings the first state again');

-- A wipe, and more than half
SELECT pg_temp.wipe();
CREATE TEMP TABLE wiped AS SELECT pg_temp.digest('1') AS one;
SELECT rehydra_snapshot('1', 'wiped') AS wiped \gset
SELECT is(pg_temp.restore(:'one') ->> 'status', 'applied', 'a wiped customer comes back without a confirmation');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and is what it was');
SELECT is(pg_temp.restore(:'wiped', 'confirm => ''DELETE''') ->> 'status', 'applied', 'no share of deletes is too much for a restore');
SELECT is(pg_temp.digest('1'), (SELECT one FROM wiped), 'the customer is as empty as it was');
SELECT is(pg_temp.restore(:'one') ->> 'status', 'applied', 'and is filled again');

-- Blocked
INSERT INTO accounts (account_id, customer_id, account_name) VALUES (700, 1, 'With a note');
INSERT INTO account_notes (account_id, customer_id, note_type, note_content, created_by) VALUES (700, 1, 'call', 'x', 1);
UPDATE report SET r = pg_temp.restore(:'one', 'confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'a delete that a note forbids rejects the restore');
SELECT matches((SELECT r #>> '{errors,0,message}' FROM report), '700.*account_notes', 'naming row and table');
DELETE FROM account_notes WHERE account_id = 700;
DELETE FROM accounts WHERE account_id = 700;

-- Whose
SELECT is(pg_temp.restore(:'one', tenant => '2') ->> 'status', 'denied', 'customer 2''s session cannot restore customer 1''s snapshot');
SELECT is(pg_temp.restore('00000000-0000-0000-0000-000000000000', tenant => '2') ->> 'status', 'denied', 'as with a snapshot that never was');
SELECT is(replace(pg_temp.restore(:'one', tenant => '2') #>> '{errors,0,message}', :'one', 'X'),
  replace(pg_temp.restore('00000000-0000-0000-0000-000000000000', tenant => '2') #>> '{errors,0,message}', '00000000-0000-0000-0000-000000000000', 'X'), 'in the same words');
SELECT is(COALESCE(r ->> 'error', r ->> 'status'), 'denied', 'a session without customer that is no operator restores none') FROM pg_temp.restore(:'one', tenant => '') AS r;
SELECT is(pg_temp.restore(:'one', who => 'test_nobody') ->> 'error', '42501', 'who has no right to restore has none');
SELECT pg_temp.damage();
SELECT is(pg_temp.restore(:'one', 'confirm => ''DELETE''', who => 'test_operator', tenant => '') ->> 'status', 'applied', 'an operator names the snapshot alone: it names the customer');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'which is what it was');
SELECT pg_temp.damage();
SELECT is(pg_temp.restore(:'one', 'confirm => ''DELETE''', who => 'postgres', tenant => '') ->> 'status', 'applied', 'a superuser as well');
SELECT is((SELECT effective_role::text FROM rehydra.activity ORDER BY at DESC LIMIT 1), 'rehydra_worker', 'as the acting role');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'with the same result');
SELECT is(pg_temp.restore('no uuid') ->> 'error', '22P02', 'an id of the wrong type is none');
SELECT is(pg_temp.restore(NULL) ->> 'error', '22023', 'nor is NULL');

-- The table has changed since
SAVEPOINT changed;
ALTER TABLE feature_toggles DROP COLUMN description, ADD COLUMN colour text DEFAULT 'red';
SELECT is(pg_temp.restore(:'one') ->> 'status', 'rejected', 'a table that lost a column has to be registered again');
SELECT count(*) AS again FROM rehydra_install_preset('customer_success', 'crm') \gset
UPDATE feature_toggles SET enabled = NOT enabled WHERE id = 1;
UPDATE report SET r = pg_temp.restore(:'one');
SELECT is((SELECT r ->> 'status' FROM report), 'applied', 'a snapshot can be restored where the table lost a column and got another');
SELECT row_eq($$SELECT enabled, colour FROM feature_toggles WHERE id = 1$$, ROW(true, 'red'::text), 'the new one is left alone');
SELECT matches((SELECT r ->> 'warnings' FROM report), 'description', 'the lost one is named in a warning');
ROLLBACK TO changed;

-- Faults
SELECT pg_temp.damage();
UPDATE damaged SET versions = pg_temp.digest('1', true);
SET LOCAL rehydra.fault_point = 'proved';
SELECT is(pg_temp.restore(:'one', 'confirm => ''DELETE''') ->> 'status', 'failed', 'a restore that breaks off at the end');
SET LOCAL rehydra.fault_point = '';
SELECT is(pg_temp.digest('1', true), (SELECT versions FROM damaged), 'leaves the customer as before');
SELECT is(pg_temp.restore(:'one', 'confirm => ''DELETE''') ->> 'status', 'applied', 'and can be run again');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'to the same end');
SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');

SELECT * FROM finish();
ROLLBACK;
