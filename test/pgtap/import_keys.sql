-- rehydra_import: rows without a key get one that nobody has, also where the sequence lags behind the keys that come with the file.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(15);
\ir import_shop.psql
-- A file with blank keys beside others: the table has none while it is exported.
SELECT pg_temp.keep('first');
INSERT INTO nodes VALUES (6, 1, 'new', NULL, 'n', 1), (7, 1, 'new too', NULL, 'n', 2), (8, 1, 'and this', 2, 'n', 3);
UPDATE items SET node_id = NULL WHERE tenant = 1;
ALTER TABLE items DROP CONSTRAINT items_node_id_fkey;
ALTER TABLE nodes DROP CONSTRAINT nodes_parent_id_fkey, DROP CONSTRAINT nodes_pkey, ALTER COLUMN id DROP NOT NULL;
UPDATE nodes SET id = NULL WHERE id IN (6, 7, 8);
SELECT pg_temp.keep('blank');
DELETE FROM nodes WHERE id IS NULL;
ALTER TABLE nodes ADD PRIMARY KEY (id);
ALTER TABLE nodes ADD CONSTRAINT nodes_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES nodes;
ALTER TABLE items ADD CONSTRAINT items_node_id_fkey FOREIGN KEY (node_id) REFERENCES nodes;
CREATE TEMP TABLE at_first AS SELECT pg_temp.rows(1) AS one, pg_temp.rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

DELETE FROM nodes WHERE tenant = 1;
UPDATE items SET node_id = NULL;
DELETE FROM nodes WHERE tenant = 2;
SELECT setval('nodes_id_seq', 1, false) AS fresh \gset
SAVEPOINT fresh;
UPDATE report SET r = pg_temp.import('blank', 'dry_run => true');
SELECT is(pg_temp.outcome(r), 'previewed', 'a dry run of blank keys beside others, with a fresh sequence') FROM report;
SELECT is(pg_temp.counts(r, 'nodes'), '8 0 0 0 0', 'inserts all of them') FROM report;
SELECT is_empty('SELECT FROM nodes WHERE tenant = 1', 'and leaves none');
SELECT row_eq('SELECT last_value, is_called FROM nodes_id_seq', ROW(1::bigint, false), 'nor a number taken');
UPDATE report SET r = pg_temp.import('blank');
SELECT is(pg_temp.outcome(r), 'applied', 'the import of it') FROM report;
SELECT is((SELECT string_agg(id || ' ' || name, ', ' ORDER BY id) FROM nodes WHERE id <= 5), '1 root, 2 left, 3 right, 4 leaf, 5 alone', 'rows with a key have it');
SELECT is((SELECT count(*) FROM nodes WHERE id > 5 AND name IN ('new', 'new too', 'and this')), 3::bigint, 'rows without one got others');
SELECT is((SELECT p.name FROM nodes n JOIN nodes p ON p.id = n.parent_id WHERE n.name = 'and this'), 'left', 'with their references');
SELECT lives_ok($$INSERT INTO nodes (tenant, name, category, position) VALUES (1, 'next', 'n', 9)$$, 'the next ordinary INSERT works');
SELECT lives_ok($$INSERT INTO items (tenant, code) VALUES (1, 'next')$$, 'in the other table too');
ROLLBACK TO fresh;
INSERT INTO nodes VALUES (2, 2, 'took the id', NULL, 'z', 1);
CREATE TEMP TABLE drawn AS SELECT last_value, is_called FROM nodes_id_seq;
UPDATE report SET r = pg_temp.import('blank', 'dry_run => true');
SELECT is(pg_temp.outcome(r), 'previewed', 'a dry run where another customer has a key') FROM report;
SELECT results_eq('SELECT last_value, is_called FROM nodes_id_seq', 'SELECT * FROM drawn', 'takes no number either, and raises nothing');
SELECT is(pg_temp.outcome(pg_temp.import('blank')), 'applied', 'also where one of the other keys is another customer''s');
SELECT is((SELECT count(*) FROM nodes n JOIN nodes p ON p.id = n.parent_id WHERE n.tenant = 1 AND (n.name, p.name) IN (('left', 'root'), ('leaf', 'left'), ('and this', 'left'))), 3::bigint, 'and references follow');
SELECT lives_ok($$INSERT INTO nodes (tenant, name, category, position) VALUES (1, 'next', 'n', 9)$$, 'the next ordinary INSERT works');

SELECT * FROM finish();
ROLLBACK;
