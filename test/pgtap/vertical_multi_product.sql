-- The questions of customers with several products an account: products without their account, renamed ones, and the KPIs of deleted ones.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(16);
SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
CREATE FUNCTION pg_temp.without_product(policy text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_temp.keep_patched('less', 'products', 'product_id', '{"2": null}');
  RETURN pg_temp.import(format('confirm => ''DELETE'', options => %L', json_build_object('profile', 'multi_product',
    'policy', CASE WHEN policy IS NULL THEN '{}'::json ELSE json_build_object('product_kpis', policy) END)), name => 'less');
END
$$;
SAVEPOINT start;

-- How to handle orphaned products? Rejected with the cell, before anything else is looked at.
SELECT pg_temp.keep_patched('orphan', 'products', 'product_id', '{"1": {"account_id": 77}}');
UPDATE report SET r = pg_temp.import('mode => ''merge'', options => ''{"profile": "multi_product"}''', name => 'orphan');
SELECT is(r ->> 'status', 'rejected', 'a product whose account is missing') FROM report;
SELECT is(r #>> '{errors,0,message}', 'data set "products", row 1, column "account_id": no row of "Accounts Summary" has the key 77', 'is rejected with its cell') FROM report;
SELECT is((SELECT account_id FROM products WHERE product_id = 1), 1, 'and nothing is changed');
UPDATE report SET r = pg_temp.import('mode => ''merge'', options => ''{"profile": "multi_product", "policy": {"references": {"products.account": "skip"}}}''', name => 'orphan');
SELECT is(r ->> 'status', 'unchanged', 'or left out, where the call says so') FROM report;
ROLLBACK TO start;

-- How to handle product name changes? The same id with another name is an update, the same name with another id a match.
SELECT pg_temp.keep_patched('renamed', 'products', 'product_id', '{"1": {"product_name": "Alpha 2"}, "2": {"product_id": 802}}');
UPDATE report SET r = pg_temp.import('mode => ''merge'', datasets => ''{products}'', options => ''{"profile": "multi_product"}''', name => 'renamed');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'a renamed product') FROM report;
SELECT results_eq('SELECT product_id, product_name FROM products WHERE product_id IN (1, 2, 802) ORDER BY 1', $$VALUES (1, 'Alpha 2'::varchar), (2, 'Beta')$$, 'is the same one, and so is one whose id is new');
ROLLBACK TO start;

-- What becomes of the KPIs of a deleted product? rejected, kept as the account's, or deleted.
UPDATE report SET r = pg_temp.without_product(NULL);
SELECT is(r ->> 'status', 'rejected', 'KPIs of a product that is gone are refused') FROM report;
SELECT is((SELECT count(*) FROM kpis WHERE product_id = 2), (SELECT (r ->> 'error_count')::bigint FROM report), 'each with its cell');
UPDATE report SET r = pg_temp.without_product('null');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'or become the account''s') FROM report;
SELECT is((SELECT count(*) FROM kpis WHERE upload_id = 1 AND product_id IS NULL), 5::bigint, 'all of them');
SELECT is((SELECT count(*) FROM kpi_time_series WHERE customer_id = 1), 3::bigint, 'with their time series');
ROLLBACK TO start;
INSERT INTO kpi_time_series (id, kpi_id, account_id, customer_id, month, year, value) SELECT 20, kpi_id, 1, 1, 5, 2024, 1 FROM kpis WHERE product_id = 2 ORDER BY kpi_id LIMIT 1;
SAVEPOINT start;
UPDATE report SET r = pg_temp.without_product('delete');
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{errors,0,message}'), 'applied', 'or go too') FROM report;
SELECT is((SELECT count(*) FROM kpis WHERE upload_id IN (1, 2)), 25::bigint, 'all of them');
SELECT is((SELECT count(*) FROM kpi_time_series WHERE id = 20), 0::bigint, 'and what was measured by them');
SELECT ok((SELECT bool_or(w LIKE '%they go too') FROM report, jsonb_array_elements_text(r -> 'warnings') AS w), 'the report says so');
ROLLBACK TO start;

-- Should product-account relations be validated? A KPI of one account and of another's product is named.
INSERT INTO kept VALUES ('first', rehydra_export(1));
UPDATE kpis SET product_id = 4 WHERE kpi_id = 2;
INSERT INTO kept VALUES ('astray', rehydra_export(1));
UPDATE accounts SET revenue = 1000 WHERE customer_id = 1;
UPDATE report SET r = pg_temp.import('options => ''{"profile": "multi_product"}''', name => 'astray');
SELECT ok((SELECT bool_or(w = 'KPI 2 is of account 1 and of product 4 of account 2') FROM report, jsonb_array_elements_text(r -> 'warnings') AS w), 'a KPI whose product is another account''s is named');

ROLLBACK;
