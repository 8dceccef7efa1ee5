-- rehydra_import of parts: a file of some data sets, a call for some, and what is outside; deferred constraints; what comes in between.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(26);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
INSERT INTO kept VALUES ('first', rehydra_export(1)), ('accounts', rehydra_export(1, datasets => '{accounts}')), ('products', rehydra_export(1, datasets => '{products}'));
CREATE TEMP TABLE at_first AS SELECT pg_temp.digest('1') AS one, pg_temp.neighbours() AS others;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

-- A file of one data set says nothing of the others
SELECT pg_temp.damage();
DELETE FROM products WHERE product_name = 'Stray';
CREATE TEMP TABLE damaged AS SELECT pg_temp.digest('1', true) AS one;
UPDATE report SET r = pg_temp.import(name => 'accounts');
SELECT is((SELECT r ->> 'status' FROM report), 'applied', 'a file of one data set is imported');
SELECT is((SELECT r #> '{file,scope}' FROM report), '["accounts"]'::jsonb, 'the report says what it holds');
SELECT is((SELECT jsonb_array_length(r -> 'datasets') FROM report), 1, 'and counts that alone');
SELECT is(pg_temp.digest('1') -> 'accounts', (SELECT one -> 'accounts' FROM at_first), 'its rows are back');
SELECT is(pg_temp.digest('1', true) - 'accounts', (SELECT one - 'accounts' FROM damaged), 'no other row has a new version');
SELECT is(pg_temp.import(name => 'accounts', arguments => 'datasets => ''{products}''') ->> 'status', 'rejected', 'a call for what it does not hold is refused');
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'the whole file brings back the rest');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'so that all is what it was');

-- Rows outside of the scope hold on to those within
INSERT INTO accounts (account_id, customer_id, account_name) VALUES (800, 1, 'With a product'), (801, 1, 'With nothing');
INSERT INTO products (account_id, customer_id, product_name) VALUES (800, 1, 'Outside');
UPDATE report SET r = pg_temp.import(name => 'accounts', arguments => 'confirm => ''DELETE''');
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'an account cannot go while a product outside of the file points at it');
SELECT matches((SELECT r #>> '{errors,0,message}' FROM report), '800.*products', 'which is named');
SELECT row_eq($$SELECT deleted, blocked FROM report, pg_temp.counts(r)$$, ROW(1::bigint, 1::bigint), 'the other one could');
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'with the products in the file both go');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and all is what it was');
DELETE FROM kpis WHERE product_id = 4;
DELETE FROM products WHERE account_id = 2;
DELETE FROM accounts WHERE account_id = 2;
UPDATE report SET r = pg_temp.import(name => 'products');
SELECT is((SELECT r ->> 'status' FROM report), 'rejected', 'products whose account is not there are refused');
SELECT matches((SELECT r #>> '{errors,0,message}' FROM report), 'sheet "Products", cell B\d, column "Account ID": no row of "Accounts Summary" has the key 2', 'by cell');
SELECT is(pg_temp.import() ->> 'status', 'applied', 'with the accounts in the file they come back');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'and all is what it was');

-- Constraints that are deferred to the end of the transaction
ALTER TABLE products ALTER CONSTRAINT products_account_id_fkey DEFERRABLE INITIALLY DEFERRED;
SELECT pg_temp.damage();
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'an import into a table with a deferred foreign key');
SELECT is(pg_temp.digest('1'), (SELECT one FROM at_first), 'brings all back');
SELECT lives_ok($$INSERT INTO products (product_id, account_id, customer_id, product_name) VALUES (990, 99999, 1, 'too early')$$, 'the key is deferred again afterwards');
SELECT throws_ok('SET CONSTRAINTS ALL IMMEDIATE', '23503', NULL, 'and still checked');
DELETE FROM products WHERE product_id = 990;
SET CONSTRAINTS ALL IMMEDIATE;

SELECT is(pg_temp.neighbours(), (SELECT others FROM at_first), 'nobody else''s row has a new version');

-- A column that the application adds, with a foreign key that closes a circle
ALTER TABLE accounts ADD COLUMN main_product int;
ALTER TABLE accounts ADD CONSTRAINT main FOREIGN KEY (main_product) REFERENCES products (product_id);
UPDATE accounts SET main_product = 1 WHERE account_id = 1;
SELECT pg_temp.damage();
SELECT is(pg_temp.import('confirm => ''DELETE''') ->> 'status', 'applied', 'a column that the application added, and that the file does not know, is left alone');
SELECT is((SELECT main_product FROM accounts WHERE account_id = 1), 1, 'with its value');

-- An import inside a function, twice in one statement
SELECT pg_temp.damage();
SELECT results_eq($$SELECT pg_temp.import('confirm => ''DELETE''') ->> 'status' FROM generate_series(1, 3)$$, $$VALUES ('applied'), ('unchanged'), ('unchanged')$$, 'three imports in one statement see each other''s rows');
SELECT is((SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'), 1::bigint, 'the customer''s turn is held to the end of the transaction');

SELECT * FROM finish();
ROLLBACK;
