-- rehydra: charts of the overview are registered, follow their columns, and never stand in an export's way.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(15);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE TABLE customer (id int PRIMARY KEY, name text);
CREATE TABLE sale (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, year int, month int, amount numeric(10, 2), place text, note json, token text);
INSERT INTO customer VALUES (1, 'One'), (2, 'Two');
INSERT INTO sale SELECT n, 1 + n % 2, 2024, 1 + n % 12, n, 'Place ' || n % 40, '{}', 'hidden' FROM generate_series(1, 400) n;
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'customer_id') \g /dev/null
SELECT lives_ok($$SELECT rehydra_add_chart('sale', 'Amount by month', '{year,month}', 'amount', 'line')$$, 'a chart of averages over time');
SELECT lives_ok($$SELECT rehydra_add_chart('sale', 'Sales by place', '{place}')$$, 'a chart of counts');
SELECT lives_ok($$SELECT rehydra_add_chart('sale', 'Sales by place', '{place}', kind => 'pie')$$, 'is replaced by one of its title');
SELECT results_eq($$SELECT title, kind FROM rehydra.overview_charts ORDER BY position$$, $$VALUES ('Amount by month', 'line'), ('Sales by place', 'pie')$$, 'both stand in the registry once');
SELECT throws_ok($$SELECT rehydra_add_chart('sale', 'x', '{place}', kind => 'radar')$$, '22023', 'unknown kind of chart "radar"', 'an unknown kind');
SELECT throws_ok($$SELECT rehydra_add_chart('sale', 'x', '{}')$$, '22023', NULL, 'no label');
SELECT throws_ok($$SELECT rehydra_add_chart('sale', 'x', '{plcae}')$$, '42703', NULL, 'a column that is not there');
SELECT throws_ok($$SELECT rehydra_add_chart('sale', 'x', '{place}', 'note')$$, '42804', NULL, 'a value that is no number');
SELECT ok(length(rehydra_export('1')) > 0, 'the export draws them');
SELECT is(rehydra_import(rehydra_export('1'), customer_id => '1') ->> 'status', 'unchanged', 'and comes back');
ALTER TABLE sale RENAME COLUMN amount TO total;
ALTER TABLE sale RENAME COLUMN place TO region;
SELECT count(*) FROM rehydra_follow_renames() \g /dev/null
SELECT results_eq($$SELECT label_columns, value_column FROM rehydra.overview_charts ORDER BY position$$, $$VALUES ('{year,month}'::text[], 'total'), ('{region}', NULL)$$, 'renamed columns are followed');
ALTER TABLE sale ALTER COLUMN total TYPE text;
SELECT ok(length(rehydra_export('1')) > 0, 'a value that is no number any more does not stand in the way');
SELECT ok(length(rehydra_export('1', datasets => '{customer}')) > 0, 'nor does a data set that is not exported');
UPDATE sale SET month = NULL, year = NULL;
SELECT ok(length(rehydra_export('2')) > 0, 'nor labels of nothing');
SELECT rehydra_unregister('sale') \g /dev/null
SELECT is_empty($$SELECT * FROM rehydra.overview_charts$$, 'they go with their data set');
SELECT * FROM finish();
ROLLBACK;
