-- The questions of corporate customers: playbooks in progress, some of the accounts, and accounts that are held against their products.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(13);
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
INSERT INTO playbook_executions (id, execution_id, customer_id, account_id, playbook_id, status, current_step, execution_data, started_at, completed_at)
  VALUES (5, 'run-5', 1, 1, 'sprint', 'in-progress', 'step 3', '{"owner": "ada", "steps": [1, 2], "currentStep": 3}', '2024-03-01', NULL),
         (6, 'run-6', 1, 2, 'sprint', 'in-progress', 'step 1', '{"owner":  "bob"}', '2024-03-02', NULL),
         (7, 'run-7', 1, 2, 'sprint', 'completed', 'step 9', '{"steps": [1]}', '2024-03-03', '2024-03-04'),
         (8, 'run-8', 1, 2, 'sprint', 'in-progress', NULL, '{"owner": "eve"}', '2024-03-05', NULL);
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE FUNCTION pg_temp.runs() RETURNS TABLE (execution_id varchar, status varchar, current_step varchar, execution_data text, started_at timestamp) LANGUAGE sql AS $$
  SELECT execution_id, status, current_step, execution_data::text, started_at FROM playbook_executions WHERE id BETWEEN 5 AND 8 ORDER BY id
$$;
SAVEPOINT start;

-- Should playbook executions be resumed or reset? Resumed where nothing else is said.
DELETE FROM playbook_executions WHERE id IN (5, 6);
UPDATE report SET r = pg_temp.import();
SELECT is(r ->> 'status', 'applied', 'an import') FROM report;
SELECT results_eq('SELECT current_step FROM pg_temp.runs()', $$VALUES ('step 3'::varchar), ('step 1'), ('step 9'), (NULL)$$, 'executions go on where they were');

-- How to handle in-progress playbooks? The profile puts them back to their start, and says so.
UPDATE report SET r = pg_temp.import('options => ''{"profile": "corporate"}''');
SELECT is(r ->> 'status', 'applied', 'with the profile') FROM report;
SELECT results_eq('SELECT * FROM pg_temp.runs()',
  $$VALUES ('run-5'::varchar, 'in-progress'::varchar, NULL::varchar, '{ "owner" : "ada" }', '2024-03-01'::timestamp), ('run-6', 'in-progress', NULL, '{"owner":  "bob"}', '2024-03-02'),
           ('run-7', 'completed', 'step 9', '{"steps": [1]}', '2024-03-03'), ('run-8', 'in-progress', NULL, '{"owner": "eve"}', '2024-03-05')$$,
  'those in progress have no step and no results; when they began stays; others are as they were');
SELECT is(r -> 'warnings' ->> 0, '2 rows of sheet "Playbook Executions" were put back to their start: 5, 6', 'the report names them') FROM report;
SELECT is(pg_temp.import('options => ''{"profile": "corporate"}''') ->> 'status', 'unchanged', 'once more has nothing to do');
ROLLBACK TO start;

-- Should we support selective playbook import? One by one, by execution id.
UPDATE report SET r = pg_temp.import('options => ''{"policy": {"playbook_executions": {"reset": ["run-5"]}}}''');
SELECT results_eq('SELECT current_step FROM pg_temp.runs()', $$VALUES (NULL::varchar), ('step 1'), ('step 9'), (NULL)$$, 'one of them is reset');
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('options => ''{"profile": "corporate", "policy": {"playbook_executions": {"resume": ["run-5"]}}}''');
SELECT results_eq('SELECT current_step FROM pg_temp.runs()', $$VALUES ('step 3'::varchar), (NULL), ('step 9'), (NULL)$$, 'or one of them resumed, the rest as the profile says');
ROLLBACK TO start;
SELECT is(pg_temp.import('options => ''{"policy": {"playbook_executions": {"reset": ["run-11"]}}}''') ->> 'error', '22023', 'another customer''s execution is not in the file');

-- Rollups are checked
UPDATE report SET r = pg_temp.import('options => ''{"profile": "corporate"}''', who => 'test_app');
SELECT set_eq($$SELECT w FROM report, jsonb_array_elements_text(r -> 'warnings') AS w WHERE w LIKE 'account%'$$,
  $$VALUES ('account West (3) has a revenue of 0.10, and its products 5.00 together'), ('account 00123 (5) has a revenue of 5.00, and its products 6.00 together')$$,
  'accounts whose products bring more than they do are named');
ROLLBACK TO start;

-- Should we support importing only selected accounts? With all that is below them.
UPDATE accounts SET revenue = 99 WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import('selection => ''{"accounts": ["E-2"]}'', mode => ''merge'', options => ''{"profile": "corporate"}''');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'one account') FROM report;
SELECT results_eq('SELECT account_id, revenue FROM accounts WHERE account_id IN (1, 2) ORDER BY 1', 'VALUES (1, 99.00), (2, NULL)', 'is put back alone');
SELECT results_eq('SELECT current_step FROM pg_temp.runs()', $$VALUES ('step 3'::varchar), (NULL), ('step 9'), (NULL)$$, 'with its executions');

ROLLBACK;
