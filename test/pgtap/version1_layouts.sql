-- Legacy layouts: any model can say what the sheets of workbooks without a manifest mean (rehydra_add_legacy_sheet).
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(26);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE TABLE tenant (id int PRIMARY KEY);
CREATE TABLE batch (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, kind text, made timestamptz);
CREATE TABLE switch (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, batch_id int NOT NULL REFERENCES batch, kind text DEFAULT 'plain',
                     label varchar(40) NOT NULL, is_on boolean NOT NULL, settings jsonb, note text);
INSERT INTO tenant VALUES (3), (4);
INSERT INTO batch VALUES (1, 3, 'feature_1', '2024-01-01'), (2, 3, 'feature_1', '2024-02-01'), (3, 4, 'feature_1', '2024-03-01');
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'tenant_id', model => 'shop') \g /dev/null
CREATE FUNCTION pg_temp.bring(workbook text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT rehydra_import(decode(workbook, 'base64'), mode => 'merge', customer_id => '3')
$$;
\set version7 `python3 test/data/version1/edit.py 'Feature Toggles>Switches' 'Export Metadata!A4=Export Version: 7' 'Feature Toggles!-3' 'Feature Toggles!-4' 'Feature Toggles!-5' 'Feature Toggles!-6' 'Feature Toggles!-7'`
SELECT is(pg_temp.bring(:'version7') #>> '{errors,0,message}', 'the file is a workbook of version 7 without a manifest, and model "shop" does not know that version', 'without a layout a workbook means nothing');

\set columns '[{"header": "ID", "column": "id"}, {"header": "Feature Name", "column": "label"}, {"header": "Enabled", "column": "is_on"}, {"header": "Config (JSON)", "column": "settings", "read_as": "json"}, {"header": "Description", "column": "note"}]'
SELECT lives_ok(format('SELECT rehydra_add_legacy_sheet(''switch'', 7, ''Switches'', %L, attach => ''{"reference": "batch", "same": {"kind": "kind"}, "newest": "made"}'')', :'columns'), 'a layout');
SELECT results_eq($$SELECT dataset, version, sheet, attach_by FROM rehydra.legacy_sheets WHERE model = 'shop'$$, $$VALUES ('switch', 7, 'Switches', 'batch')$$, 'is rows of the registry');
UPDATE rehydra.legacy_sheets SET attach_same = '{label}' WHERE model = 'shop';
CREATE TEMP TABLE done AS SELECT pg_temp.bring(:'version7') AS r;
SELECT is((SELECT r ->> 'status' FROM done), 'applied', 'it imports');
SELECT results_eq($$SELECT id, tenant_id, batch_id, kind, label::text, is_on, settings, note FROM switch$$,
  $$VALUES (13, 3, 2, 'plain', 'feature_1', true, '{"limit": 10, "mode": "strict", "nested": {"on": true}}'::jsonb, 'Plain description')$$,
  'under the newest parent of the same customer that agrees, with defaults');
SELECT is((SELECT pg_temp.bring(:'version7') ->> 'status'), 'unchanged', 'once');
ALTER TABLE switch RENAME COLUMN label TO name;
ALTER TABLE batch RENAME COLUMN made TO made_at;
SELECT is((SELECT pg_temp.bring(:'version7') ->> 'status'), 'unchanged', 'renamed columns are followed');
SELECT results_eq($$SELECT c.column_name, s.attach_same, s.attach_newest FROM rehydra.legacy_sheets s JOIN rehydra.legacy_columns c USING (model, version, sheet) WHERE c.header = 'Feature Name' AND s.model = 'shop'$$,
  $$VALUES ('name', '{name}'::text[], 'made_at')$$, 'in the registry');
ALTER TABLE switch DROP COLUMN note;
DELETE FROM rehydra.sheet_columns WHERE model = 'shop' AND column_name = 'note';
SELECT is((SELECT pg_temp.bring(:'version7') ->> 'status'), 'unchanged', 'a column that is gone is for the reader only');
SELECT lives_ok(format('SELECT rehydra_add_legacy_sheet(''switch'', 7, ''Switches'', %L)', '[{"header": "ID", "column": "id"}, {"header": "Feature Name"}]'), 'a sheet is declared anew');
SELECT results_eq($$SELECT header, read_as FROM rehydra.legacy_columns WHERE model = 'shop' ORDER BY position$$, $$VALUES ('ID', 'value'), ('Feature Name', 'display')$$, 'in place of what was');

SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('switch', 7, 'S', '[{"header": "A", "column": "nmae"}]')$$, '42703', NULL, 'a column that is not there');
SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('switch', 7, 'S', '[{"header": "A", "column": "tenant_id"}]')$$, '22023', NULL, 'the tenant column is never a file''s');
SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('switch', 7, 'S', '[{"header": "A", "column": "id", "read_as": "python"}]')$$, '23514', NULL, 'a way of reading that is not there');
SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('switch', 0, 'S', '[]')$$, '23514', NULL, 'a version that is none');
SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('switch', 7, 'S', '[{"header": "A", "column": "id"}, {"header": "a"}]')$$, '23505', NULL, 'a header twice');
SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('switch', 7, 'S', '[]', attach => '{"reference": "bath", "same": {"kind": "kind"}, "newest": "made_at"}')$$, '42704', NULL, 'a reference that is not there');
SELECT throws_ok($$SELECT rehydra_add_legacy_sheet('swich', 7, 'S', '[]')$$, NULL, NULL, 'a data set that is not there');
SELECT ok(NOT has_table_privilege('public', 'rehydra.legacy_sheets', 'SELECT'), 'the registry is nobody''s');
DELETE FROM rehydra.datasets WHERE model = 'shop' AND dataset = 'switch';
SELECT is_empty($$SELECT * FROM rehydra.legacy_sheets WHERE model = 'shop'$$, 'layouts go with their data set');
SELECT is_empty($$SELECT * FROM rehydra.legacy_columns WHERE model = 'shop'$$, 'and their columns');

-- Times without a zone in a column that has one, a number under a rule of its domain.
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE seen (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, at timestamptz, times positive NOT NULL);
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'tenant_id', model => 'shop') \g /dev/null
SELECT rehydra_add_legacy_sheet('seen', 8, 'Playbook Triggers', '[{"header": "Trigger ID", "column": "id"}, {"header": "Last Evaluated", "column": "at"}, {"header": "Trigger Count", "column": "times", "read_as": "count"}]') \g /dev/null
\set version8 `python3 test/data/version1/edit.py 'Export Metadata!A4=Export Version: 8'`
SET LOCAL timezone = 'Asia/Tokyo';
CREATE TEMP TABLE eighth AS SELECT pg_temp.bring(:'version8') AS r;
SELECT is((SELECT r ->> 'status' FROM eighth), 'applied', 'another version, another layout');
SELECT is((SELECT at FROM seen WHERE id = 11), '2023-01-17 09:40:24Z'::timestamptz, 'times are UTC');
SELECT ok((SELECT r -> 'warnings' ? 'sheet "Playbook Triggers": times have no zone in the file and are taken for UTC' FROM eighth), 'which is said');
\set version8 `python3 test/data/version1/edit.py 'Export Metadata!A4=Export Version: 8' 'Playbook Triggers!G2='`
SELECT is((SELECT pg_temp.bring(:'version8') #>> '{errors,0,cell}'), 'G2', 'an empty cell is no zero where a domain may forbid it');

-- The preset ships version 1, as far as a schema has its columns; installed again, it is the same.
CREATE SCHEMA crm;
CREATE TABLE crm.accounts (account_id serial PRIMARY KEY, customer_id int, account_name text NOT NULL, external_account_id text);
SELECT count(*) FROM rehydra_install_preset('customer_success', 'crm'), generate_series(1, 1) \g /dev/null
SELECT count(*) FROM rehydra_install_preset('customer_success', 'crm') \g /dev/null
SELECT results_eq($$SELECT count(DISTINCT sheet), count(*), count(*) FILTER (WHERE sheet = 'Accounts Summary' AND read_as = 'display') FROM rehydra.legacy_columns WHERE model = 'customer_success' AND version = 1$$,
  $$VALUES (12::bigint, 108::bigint, 6::bigint)$$, 'columns that its tables lack are for the reader only');
SELECT * FROM finish();
ROLLBACK;
