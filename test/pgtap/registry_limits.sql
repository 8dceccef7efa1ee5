-- Registries that do not fit their tables, and several of them: said clearly, never a crash.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(5);
\ir import_shop.psql

-- A snapshot knows its model
SELECT rehydra_snapshot('1') AS one \gset
SELECT rehydra.add_model('another', 'integer');
SELECT is(rehydra_restore(:'one') ->> 'status', 'unchanged', 'a restore among several models is of its snapshot''s');
SELECT is(rehydra_restore(:'one', options => '{"model": "another"}') ->> 'status', 'denied', 'a model that is named is not passed over');
DELETE FROM rehydra.models WHERE model = 'another';

-- Shared rows where no column says the tenant
CREATE TABLE parts (id int PRIMARY KEY, item_id int NOT NULL REFERENCES items);
CREATE TABLE bits (id int PRIMARY KEY, part_id int NOT NULL REFERENCES parts, other_id int REFERENCES parts);
SELECT rehydra.add_dataset('shop', 'parts', tenant_reference => 'item');
SELECT rehydra.add_reference('shop', 'parts', 'item', '{item_id}', 'items');
SELECT rehydra.add_dataset('shop', 'bits', tenant_reference => 'part');
SELECT rehydra.add_foreign_keys('shop');
SELECT rehydra.add_sheet('shop', 'parts', 'Parts', '[{"header": "ID", "column": "id"}, {"header": "Item", "column": "item_id"}]');
SELECT rehydra.add_sheet('shop', 'bits', 'Bits', '[{"header": "ID", "column": "id"}, {"header": "Part", "column": "part_id"}, {"header": "Other", "column": "other_id"}]');
SELECT rehydra.protect('shop');
INSERT INTO parts VALUES (1, 1), (20, 20);
INSERT INTO bits VALUES (1, 1, 1);
ALTER TABLE rehydra.datasets DROP CONSTRAINT datasets_check;  -- what keeps others from writing it
UPDATE rehydra.datasets SET shared_rows = true WHERE dataset = 'parts';
SELECT pg_temp.keep('first');
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'shared rows of a table without a tenant column are none');
UPDATE bits SET other_id = 20;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'and are written as ever');

-- Customer ids of two kinds
UPDATE rehydra.models SET tenant_type = 'text';
SELECT throws_ok($$SELECT rehydra_export('1')$$, NULL, 'column "tenant" of table "shop"."shared_kinds" is of type integer, and the customer ids of model "shop" are of type text', 'a tenant column of another kind is named');

SELECT * FROM finish();
ROLLBACK;
