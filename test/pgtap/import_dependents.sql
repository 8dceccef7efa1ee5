-- rehydra_import: rows of other tables that refer to what would be deleted: planned where they are part of the import, else blocked or named.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(31);
\ir import_shop.psql
CREATE TEMP TABLE at_first AS SELECT pg_temp.rows(1) AS one, pg_temp.rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
SELECT pg_temp.keep('first');
SELECT pg_temp.keep('nodes alone', '{nodes}');
CREATE FUNCTION pg_temp.preview(file text, column_name text, dataset text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  found bigint;
BEGIN
  EXECUTE format('SELECT %I FROM rehydra_preview((SELECT file FROM kept WHERE name = $1), customer_id => ''1'') WHERE dataset = $2', column_name) INTO found USING file, dataset;
  RETURN found;
END
$$;

-- A registered child that a delete would take along
ALTER TABLE items DROP CONSTRAINT items_node_id_fkey, ADD CONSTRAINT items_node_id_fkey FOREIGN KEY (node_id) REFERENCES nodes ON DELETE CASCADE;
INSERT INTO nodes VALUES (50, 1, 'too many', NULL, 'z', 1);
INSERT INTO items VALUES (50, 1, 'X', 50, 1), (51, 1, 'Y', 50, 2);
SELECT rehydra_snapshot('1') AS snapshot \gset
CREATE TEMP TABLE grown AS SELECT pg_temp.rows(1) AS one;
SELECT is(pg_temp.preview('nodes alone', 'blocked', 'nodes'), 1::bigint, 'a preview of a file of nodes alone: a node whose items would go with it is blocked');
UPDATE report SET r = pg_temp.import('nodes alone');
SELECT matches(pg_temp.outcome(r), '^rejected .*row 50 .*shop\.items', 'the import is rejected, and names the items'' table') FROM report;
SELECT matches(r #>> '{errors,0,hint}', 'data set', 'and what to do') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM grown), 'nothing changed');
UPDATE report SET r = pg_temp.import('first', 'datasets => ''{nodes}'', confirm => ''DELETE''');
SELECT is(pg_temp.counts(r, 'nodes'), '0 0 0 5 1', 'nor does naming one data set of a whole file take the items along') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM grown), 'nothing changed');
UPDATE report SET r = pg_temp.import('first', '');
SELECT is(r ->> 'status', 'confirmation_required', 'with both data sets in the file it has to be confirmed') FROM report;
SELECT ok(r -> 'snapshot_id' = 'null', 'a report of nothing applied names no snapshot') FROM report;
UPDATE report SET r = pg_temp.import('first', 'dry_run => true, confirm => ''DELETE''');
SELECT is(pg_temp.outcome(r), 'previewed', 'a dry run deletes both') FROM report;
SELECT ok(r -> 'snapshot_id' = 'null', 'and names no snapshot either') FROM report;
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'an import deletes both') FROM report;
SELECT is(pg_temp.counts(r, 'nodes') || ', ' || pg_temp.counts(r, 'items'), '0 0 1 5 0, 0 0 2 4 0', 'every row that went is counted') FROM report;
SELECT is(r -> 'side_effects', '[]'::jsonb, 'and none is a side effect') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'the customer is what the file says');
SELECT isnt(r ->> 'snapshot_id', NULL, 'and the report names the snapshot') FROM report;
SELECT is(pg_temp.outcome(rehydra_restore((SELECT (r ->> 'snapshot_id')::uuid FROM report))), 'applied', 'which restored');
SELECT is(pg_temp.rows(1), (SELECT one FROM grown), 'brings all of them back');
SAVEPOINT grown;

-- ON DELETE SET NULL is a change as well
ALTER TABLE items DROP CONSTRAINT items_node_id_fkey, ADD CONSTRAINT items_node_id_fkey FOREIGN KEY (node_id) REFERENCES nodes ON DELETE SET NULL;
SELECT matches(pg_temp.outcome(pg_temp.import('nodes alone')), '^rejected .*row 50 .*shop\.items', 'a node whose items would lose it is blocked too');
SELECT is(pg_temp.rows(1), (SELECT one FROM grown), 'nothing changed');
ROLLBACK TO grown;

-- A table that nobody registered
CREATE TABLE marks (id serial PRIMARY KEY, node_id int REFERENCES nodes ON DELETE CASCADE);
INSERT INTO marks (node_id) VALUES (50), (1);
UPDATE report SET r = pg_temp.import('first', 'dry_run => true, confirm => ''DELETE''');
SELECT matches(r ->> 'warnings', '1 rows of sheet \\"Nodes\\" also changes rows of table shop\.marks', 'rows of a table that nobody registered go along: a warning names it') FROM report;
SELECT is(r -> 'side_effects', '[{"table": "\"shop\".\"marks\"", "deleted": 1}]'::jsonb, 'and the side effects count them') FROM report;
SELECT is((SELECT count(*) FROM marks), 2::bigint, 'a dry run leaves them');
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'the import is carried out');
SELECT is((SELECT string_agg(node_id::text, ',') FROM marks), '1', 'with what the warning said');
ROLLBACK TO grown;
CREATE TABLE notes (id serial PRIMARY KEY, node_id int REFERENCES nodes);
INSERT INTO notes (node_id) VALUES (50);
SELECT is(pg_temp.preview('first', 'blocked', 'nodes'), 1::bigint, 'a row that a table nobody registered refers to, and holds, is blocked');
SELECT matches(pg_temp.outcome(pg_temp.import()), '^rejected .*row 50 .*shop\.notes', 'the import names that table');
ROLLBACK TO grown;

-- A foreign key that carries the customer along
ALTER TABLE items ADD CONSTRAINT one_id UNIQUE (tenant, id);
CREATE TABLE orders (id serial PRIMARY KEY, tenant int, item int, FOREIGN KEY (tenant, item) REFERENCES items (tenant, id));
INSERT INTO orders (tenant, item) VALUES (1, 51), (2, 20), (NULL, 50), (1, NULL);
SELECT is(pg_temp.preview('first', 'blocked', 'items'), 1::bigint, 'a preview counts what a foreign key over the customer''s column and another holds');
SELECT matches(pg_temp.outcome(pg_temp.import()), '^rejected .*row 51 .*shop\.orders', 'the import names the row and the table');
DELETE FROM orders WHERE item = 51;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'without it the same file is imported');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'and the customer is what the file says');
ROLLBACK TO grown;
SELECT is(pg_temp.rows(2), (SELECT two FROM at_first), 'the other customer''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
