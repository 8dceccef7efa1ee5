-- rehydra_errors: what an operation found wrong stays in the ledger, for those who see the operation.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(22);

SELECT count(*) AS installed FROM rehydra_install_preset('customer_success', 'crm') \gset
SET LOCAL search_path = crm, public;
\ir import_data.psql
\ir import_helpers.psql
\ir helpers.psql
-- Values that the tables will no longer take, so that the exported files are wrong: one cell bad by its type, one row by a rule.
UPDATE products SET product_sku = 'long' WHERE product_id = 2;
INSERT INTO kept SELECT format, rehydra_export(1, format) FROM unnest('{xlsx,json,csv}'::text[]) AS format;
UPDATE feature_toggles SET feature_name = 'f3' WHERE id = 1;
ALTER TABLE feature_toggles ADD CONSTRAINT modern CHECK (feature_name <> 'f1') NOT VALID;
ALTER TABLE products ALTER product_sku TYPE varchar(2) USING left(product_sku, 2);
CREATE TEMP TABLE report (format text, r jsonb);
INSERT INTO report SELECT name, pg_temp.import('options => ''{"model": "customer_success"}''', name => name) FROM kept;

SELECT set_eq($$SELECT r ->> 'status' FROM report$$, '{rejected}'::text[], 'the files are rejected');
CREATE FUNCTION pg_temp.errors_of(of text, who name DEFAULT 'test_app', tenant text DEFAULT '1') RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.as_role(who, tenant, format('SELECT jsonb_agg(to_jsonb(e)) FROM rehydra_errors(%L) WITH ORDINALITY AS e (sheet, cell, dataset, row_key, column_name, value, sqlstate, message, hint, n)',
                                (SELECT r ->> 'operation_id' FROM report WHERE format = of)))
$$;
SELECT is((SELECT jsonb_agg(e - 'n' ORDER BY (e ->> 'n')::int) FROM jsonb_array_elements(pg_temp.errors_of('xlsx')::jsonb) AS e), (SELECT r -> 'errors' FROM report WHERE format = 'xlsx'), 'a workbook''s errors are those of its report, in its order');
SELECT ok((SELECT count(*) > 1 FROM jsonb_array_elements(pg_temp.errors_of('xlsx')::jsonb)), 'which are several');
SELECT is((SELECT concat_ws('|', e ->> 'sheet', e ->> 'cell', e ->> 'dataset', e ->> 'row_key', e ->> 'column_name', e ->> 'sqlstate') FROM jsonb_array_elements(pg_temp.errors_of('xlsx')::jsonb) AS e WHERE e ->> 'dataset' = 'feature_toggles'),
  'Feature Toggles|B2|feature_toggles|1|feature_name|23514', 'a cell is named as a spreadsheet names it');
SELECT is((SELECT concat_ws('|', e ->> 'sheet', e ->> 'cell', e ->> 'column_name') FROM jsonb_array_elements(pg_temp.errors_of('csv')::jsonb) AS e WHERE e ->> 'dataset' = 'feature_toggles'),
  'feature_toggles.csv|row 2|feature_name', 'a record of a csv file by its number, the header being 1');
SELECT is((SELECT concat_ws('|', e ->> 'sheet', e ->> 'cell', e ->> 'column_name') FROM jsonb_array_elements(pg_temp.errors_of('json')::jsonb) AS e WHERE e ->> 'dataset' = 'feature_toggles'),
  'feature_toggles|row 1|feature_name', 'an object of a json document by its place in the list');
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.errors_of('xlsx')::jsonb) AS e WHERE e ->> 'hint' IS NULL), 0::bigint, 'every one says what to do');

-- Who sees them
SELECT is(pg_temp.errors_of('xlsx', 'test_operator', ''), pg_temp.errors_of('xlsx'), 'an operator sees them');
SELECT is(pg_temp.errors_of('xlsx', 'test_app', '2'), 'error 42501', 'another customer''s session does not');
SELECT is(pg_temp.errors_of('xlsx', 'test_app', ''), 'error 42501', 'nor one without a customer');
SELECT is(pg_temp.errors_of('xlsx', 'test_nobody', '1'), 'error 42501', 'nor whom nobody has made a member');
SELECT is(pg_temp.as_role('test_app', '2', 'SELECT count(*) FROM rehydra.error_log'), '0', 'the view shows another customer nothing');
SELECT is(pg_temp.as_role('test_app', '1', 'SELECT count(*) FROM rehydra.operation_errors'), 'error 42501', 'the table is nobody''s to read');
SELECT is(pg_temp.as_role('test_operator', '', 'SELECT count(*) FROM rehydra_errors(''00000000-0000-4000-8000-000000000000'')'), 'error 42501', 'an operation that never was is said to be none');

-- The file, marked
CREATE FUNCTION pg_temp.marked(of text, file_of text DEFAULT NULL, who name DEFAULT 'test_app', tenant text DEFAULT '1') RETURNS text LANGUAGE sql AS $$
  SELECT pg_temp.as_role(who, tenant, format('SELECT length(rehydra_error_workbook(%L, %L))', (SELECT r ->> 'operation_id' FROM report WHERE format = of), (SELECT file FROM kept WHERE name = COALESCE(file_of, of))))
$$;
SELECT set_eq($$SELECT format, pg_temp.marked(format) ~ '^[0-9]+$' FROM report$$, $$VALUES ('xlsx', true), ('json', true), ('csv', true)$$, 'a file of every format is given back');
SELECT is(pg_temp.marked('xlsx', 'csv'), 'error 22023', 'not another file than the operation read');
SELECT is(pg_temp.marked('xlsx', NULL, 'test_app', '2'), 'error 42501', 'nor to another customer''s session');
SELECT is(pg_temp.marked('xlsx', NULL, 'test_operator', ''), pg_temp.marked('xlsx'), 'but to an operator');
SET LOCAL rehydra.tenant = '1';
INSERT INTO report SELECT 'clean', pg_temp.import('datasets => ''{accounts}''', name => 'json');
SELECT is(pg_temp.marked('clean', 'json'), 'error 22023', 'where nothing was wrong, nothing is marked');

-- Many, and long ones
SET LOCAL rehydra.tenant = '1';
UPDATE kpis SET data = repeat('ä', 300) WHERE kpi_id <= 20 AND upload_id < 10;
INSERT INTO kept VALUES ('long', rehydra_export(1, 'json'));
UPDATE kpis SET data = 'short' WHERE kpi_id <= 20 AND upload_id < 10;
ALTER TABLE kpis ALTER data TYPE varchar(200) USING left(data, 200);
SET LOCAL rehydra.max_errors = 3;
INSERT INTO report SELECT 'long', pg_temp.import(name => 'long');
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.errors_of('long')::jsonb)), 3::bigint, 'rehydra.max_errors of them are kept');
SELECT is((SELECT error_count FROM rehydra.activity WHERE operation_id = (SELECT (r ->> 'operation_id')::uuid FROM report WHERE format = 'long')), (SELECT (r ->> 'error_count')::bigint FROM report WHERE format = 'long'), 'and the log knows how many there were');
SELECT is((SELECT count(*) FROM rehydra.operation_errors WHERE value LIKE '%' || U&'\FFFD' || '%' OR octet_length(value) > 210), 0::bigint, 'values are cut, and not inside of a character');

SELECT * FROM finish();
ROLLBACK;
