-- References that the registry does not know: foreign keys that came after the registration, and those to tables that are no data sets.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(11);
\ir import_shop.psql

-- A foreign key between two registered tables, added later
SAVEPOINT plain;
ALTER TABLE things ADD COLUMN node_ref int;
UPDATE rehydra.sheet_columns SET position = position + 1 WHERE false;
INSERT INTO rehydra.sheet_columns (model, sheet, position, header, kind, column_name)
  SELECT 'shop', 'Things', max(position) + 1, 'Node', 'data', 'node_ref' FROM rehydra.sheet_columns WHERE sheet = 'Things';
UPDATE things SET node_ref = 20 WHERE id = 1;
SELECT pg_temp.keep('first');
UPDATE things SET node_ref = 1 WHERE id = 1;
ALTER TABLE things ADD FOREIGN KEY (node_ref) REFERENCES nodes;
SELECT matches(pg_temp.outcome(pg_temp.import()), '^rejected', 'a row does not come to refer to another customer''s by a foreign key that is newer than the registration');
SELECT is((SELECT node_ref FROM things WHERE id = 1), 1, 'and stays as it was');
SELECT pg_temp.keep('first');
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'what refers to its own is imported');
ROLLBACK TO plain;

-- A table with tenants' rows that is no data set
CREATE TABLE boxes (id int PRIMARY KEY, tenant int NOT NULL);
INSERT INTO boxes VALUES (1, 1), (2, 2);
ALTER TABLE items ADD FOREIGN KEY (qty) REFERENCES boxes NOT VALID;
SELECT pg_temp.keep('first');
SELECT is(pg_temp.outcome(pg_temp.import()), 'denied table shop.items refers to table shop.boxes, which holds customers'' rows and is not registered', 'no import where a parent with tenants'' rows is not registered');
SELECT rehydra_snapshot('1') AS one \gset
SELECT is(rehydra_restore(:'one') ->> 'status', 'denied', 'nor a restore');
SELECT throws_ok($$SELECT * FROM rehydra_preview((SELECT file FROM kept), customer_id => '1')$$, '42501', NULL, 'a preview says so too');
SAVEPOINT boxes;
ALTER TABLE boxes RENAME COLUMN tenant TO colour;
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'a table of nobody is no matter');
ALTER TABLE boxes ADD COLUMN node int REFERENCES nodes;
SELECT matches(pg_temp.outcome(pg_temp.import()), '^denied', 'one that refers to a customer''s rows is');
ROLLBACK TO boxes;
SELECT rehydra.add_dataset('shop', 'boxes', role => 'reference', tenant_column => 'tenant');
SELECT rehydra.add_foreign_keys('shop');
SELECT rehydra.protect('shop');
SELECT is(pg_temp.outcome(pg_temp.import()) LIKE 'denied%', false, 'registered, it is checked');
ROLLBACK TO plain;

-- Partitions: what a partition refers to, its root refers to
CREATE TABLE parts (id int, tenant int NOT NULL, node_ref int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
SELECT rehydra.add_dataset('shop', 'parts', tenant_column => 'tenant');
SELECT rehydra.add_sheet('shop', 'parts', 'Parts', '[{"header": "ID", "column": "id"}, {"header": "Node", "column": "node_ref"}]');
SELECT rehydra.protect('shop');
INSERT INTO parts VALUES (1, 1, 20);
SELECT pg_temp.keep('first');
UPDATE parts SET node_ref = 1;
ALTER TABLE parts_1 ADD FOREIGN KEY (node_ref) REFERENCES nodes;
SELECT matches(pg_temp.outcome(pg_temp.import()), '^rejected', 'a partition''s foreign key is checked too');
CREATE TABLE bins (id int PRIMARY KEY, tenant int NOT NULL);
ALTER TABLE parts_1 DROP CONSTRAINT parts_1_node_ref_fkey, ADD FOREIGN KEY (node_ref) REFERENCES bins NOT VALID;
SELECT matches(pg_temp.outcome(pg_temp.import()), '^denied table shop.parts refers to table shop.bins', 'as is a table that it refers to');

SELECT * FROM finish();
ROLLBACK;
