-- rehydra_import: what is asked before rows go away, what is too much, what is blocked, and what raises.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(51);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
SELECT pg_temp.damage();
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1', true) AS one;
CREATE TEMP TABLE report (r jsonb);

-- Confirmation
INSERT INTO report SELECT pg_temp.import();
SELECT is((SELECT r ->> 'status' FROM report), 'confirmation_required', 'rows that would go away need a confirmation');
SELECT is((SELECT r #>> '{errors,0,message}' FROM report), 'rows that are not in the file would be deleted: 1 of sheet "Products", 1 of sheet "Health Trends"', 'the report says what would go');
SELECT matches((SELECT r #>> '{errors,0,hint}' FROM report), 'confirm => ''DELETE''', 'and how to say yes');
SELECT matches((SELECT r ->> 'token' FROM report), '^[0-9a-f]{64}$', 'it has a token');
SELECT is((SELECT concat_ws(' ', r ->> 'checked', r ->> 'snapshot_id') FROM report), 'plan', 'nothing was executed');
SELECT row_eq($$SELECT outcome, datasets #> '{products}' FROM rehydra.activity ORDER BY at DESC LIMIT 1$$, ROW('confirmation_required'::text, '{"before": 7, "after": 7}'::jsonb), 'the log has the attempt, with the rows as they still are');
SELECT is(pg_temp.import('confirm => ''delete''') ->> 'status', 'confirmation_required', 'another word is no confirmation');
SELECT is(pg_temp.import('confirm => ''''') ->> 'status', 'confirmation_required', 'nor is an empty one');
SELECT is(pg_temp.import() ->> 'token', (SELECT r ->> 'token' FROM report), 'asked again, the token is the same');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM damaged), 'all that changed nothing');
SAVEPOINT before_token;
SELECT is(pg_temp.import(format('confirm => %L', r ->> 'token')) ->> 'status', 'applied', 'the token confirms') FROM report;
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and the file is in');
ROLLBACK TO before_token;
INSERT INTO products (account_id, customer_id, product_name) VALUES (2, 1, 'Stray too');
SELECT is(pg_temp.import(format('confirm => %L', r ->> 'token')) ->> 'status', 'confirmation_required', 'it does not where another row would go too') FROM report;
SELECT matches(pg_temp.import(format('confirm => %L', r ->> 'token')) #>> '{errors,0,message}', 'not for this file and this state.*2 of sheet "Products"', 'which is said') FROM report;
DELETE FROM products WHERE product_name = 'Stray too';
UPDATE products SET product_name = 'Another stray' WHERE product_name = 'Stray';
SELECT is(pg_temp.import(format('confirm => %L', r ->> 'token')) ->> 'status', 'confirmation_required', 'nor where the row that goes is no longer the same') FROM report;
SELECT is(pg_temp.import(format('mode => ''merge'', confirm => %L', r ->> 'token')) ->> 'status', 'applied', 'a merge needs none') FROM report;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'the word confirms whatever goes');
SELECT is(pg_temp.import() ->> 'status', 'unchanged', 'where nothing goes, nothing is asked');

-- More than half of more than twenty
DELETE FROM kpi_time_series WHERE customer_id = 1;
DELETE FROM kpis WHERE kpi_id BETWEEN 15 AND 30;
INSERT INTO kept VALUES ('fourteen', rehydra_export(1));
SELECT is(pg_temp.import() ->> 'status', 'applied', 'thirty KPIs are back');
CREATE TEMP TABLE thirty AS SELECT pg_temp.digest('1', true) AS one;
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''', name => 'fourteen');
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'a file that would delete more than half of them is rejected, confirmed or not');
SELECT matches((SELECT r #>> '{errors,0,message}' FROM report), 'sheet "All KPIs": the import would delete 16 of 30 rows, more than 50 %', 'saying how many of how many');
SELECT matches((SELECT r #>> '{errors,0,hint}' FROM report), 'max_delete', 'and how to allow it');
SELECT is(pg_temp.import('options => ''{"max_delete": 0.5}'', confirm => ''DELETE''', name => 'fourteen') ->> 'status', 'rejected', 'a half is the default');
SELECT is(pg_temp.import('dry_run => true', name => 'fourteen') ->> 'status', 'rejected', 'a dry run of it is rejected as well');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM thirty), 'nothing was deleted');
SELECT is(pg_temp.import('options => ''{"max_delete": 0.55}''', name => 'fourteen') ->> 'status', 'confirmation_required', 'raised, the deletes need a confirmation still');
SELECT is(pg_temp.import('options => ''{"max_delete": 0.55}'', confirm => ''DELETE''', name => 'fourteen') ->> 'status', 'applied', 'with one, they happen');
SELECT is(pg_temp.import() ->> 'status', 'applied', 'and are undone by the older file');
SELECT is(pg_temp.import('mode => ''merge''', name => 'fourteen') ->> 'status', 'unchanged', 'a merge knows no limit');
SELECT is(pg_temp.import('options => ''{"max_delete": 0}'', confirm => ''DELETE''', name => 'fourteen') ->> 'status', 'rejected', 'nought allows none');
SELECT is(pg_temp.import('options => ''{"max_delete": 2}''') ->> 'error', '22023', 'a share is at most one');
SELECT is(pg_temp.import('options => ''{"max_delete": "half"}''') ->> 'error', '22023', 'and a number');
INSERT INTO feature_toggles (customer_id, feature_name, enabled) SELECT 1, 'x' || n, true FROM generate_series(1, 18) AS n;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'of twenty rows or less any share may go');

-- Deletes that other tables' rows forbid
INSERT INTO accounts (account_id, customer_id, account_name) VALUES (700, 1, 'With a note');
INSERT INTO account_notes (account_id, customer_id, note_type, note_content, created_by) VALUES (700, 1, 'call', 'x', 1);
CREATE TEMP TABLE noted AS SELECT pg_temp.digest('1', true) AS one;
SELECT row_eq($$SELECT deleted, blocked FROM pg_temp.previewed() WHERE dataset = 'accounts'$$, ROW(0::bigint, 1::bigint), 'the preview counts the delete as blocked');
UPDATE report SET r = pg_temp.import('confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'the import is rejected');
SELECT matches((SELECT r #>> '{errors,0,message}' FROM report), 'sheet "Accounts Summary": row 700 .*account_notes', 'naming the row and the table');
SELECT row_eq($$SELECT inserted, updated, deleted, blocked FROM report, pg_temp.counts(r) WHERE dataset = 'accounts'$$, ROW(0::bigint, 0::bigint, 0::bigint, 1::bigint), 'with the same numbers');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM noted), 'before anything changed');
REVOKE ALL ON account_notes FROM test_app, test_operator, rehydra_worker;
SELECT is(pg_temp.import('confirm => ''DELETE''') #>> '{errors,0,message}', (SELECT r #>> '{errors,0,message}' FROM report), 'also where the session may not read that table');
SELECT is(pg_temp.import('mode => ''merge''') ->> 'status', 'unchanged', 'a merge leaves the account where it is');
DELETE FROM account_notes WHERE account_id = 700;
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'without the note it goes');

-- Raising
SELECT pg_temp.damage();
CREATE TEMP TABLE again AS SELECT pg_temp.digest('1', true) AS one;
SELECT is(r ->> 'error', '21000', 'with the option raise a refusal raises') FROM pg_temp.import('options => ''{"raise": true}''') AS r;
SELECT matches(r ->> 'message', 'would be deleted', 'the first error') FROM pg_temp.import('options => ''{"raise": true}''') AS r;
SELECT is(r ->> 'error', '42501', 'denied, by its SQLSTATE') FROM pg_temp.import('options => ''{"raise": true}''', tenant => '2') AS r;
SELECT is(r ->> 'error', '22023', 'wrong arguments always raise: an unknown mode') FROM pg_temp.import('mode => ''replce''') AS r;
SELECT is(r ->> 'error', '22023', 'an unknown option') FROM pg_temp.import('options => ''{"x": 1}''') AS r;
SELECT is(r ->> 'error', '22023', 'an unknown data set') FROM pg_temp.import('datasets => ''{account}''') AS r;
SELECT throws_ok('SELECT rehydra_import(NULL, customer_id => ''1'')', '22023', NULL, 'no file');
SELECT is(pg_temp.digest('1', true), (SELECT one FROM again), 'none of these changed a row');
SET LOCAL transaction_read_only = on;
SELECT throws_ok('SELECT rehydra_import(file, customer_id => ''1'') FROM kept', '25006', NULL, 'a read-only transaction has no import');
SELECT throws_ok('SELECT rehydra_preview(file, customer_id => ''1'') FROM kept', '25006', NULL, 'and no preview');

SELECT * FROM finish();
ROLLBACK;
