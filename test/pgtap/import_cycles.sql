-- rehydra_import: rows that refer to rows of their own table, or in a circle: what is put back points where it pointed, under any id.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(33);
\ir import_shop.psql
SELECT pg_temp.keep('first');
CREATE TEMP TABLE at_first AS SELECT pg_temp.rows(1) AS one, pg_temp.rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
SELECT is(pg_temp.outcome(pg_temp.import()), 'unchanged', 'the file just exported changes nothing');

-- A reference to a shared row whose data set is in the file
SELECT is(pg_temp.counts(pg_temp.import(), 'things'), '0 0 0 2 0', 'a thing of a shared kind is as it was');
SELECT is(pg_temp.outcome(pg_temp.import('first', 'datasets => ''{things,shared_kinds}''')), 'unchanged', 'also where both data sets are named');
DELETE FROM things WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a thing of a shared kind is put back');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'as it was');
SAVEPOINT whole;

-- A tree is gone, and its root's id is another customer's now
DELETE FROM items WHERE tenant = 1;
DELETE FROM nodes WHERE tenant = 1;
INSERT INTO nodes VALUES (1, 2, 'took the id', NULL, 'z', 1);
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'a tree comes back though another customer has its root''s id') FROM report;
SELECT matches(r #>> '{ids_changed,nodes}', '"old": "1"', 'the root got another id') FROM report;
SELECT is((SELECT string_agg(n.name || '<' || COALESCE(p.name, '') || '<' || COALESCE(p.tenant::text, ''), ' ' ORDER BY n.name) FROM nodes n LEFT JOIN nodes p ON p.id = n.parent_id WHERE n.tenant = 1),
  'alone<< leaf<left<1 left<root<1 right<root<1 root<<', 'every parent is the one it was, of this customer');
SELECT is((SELECT string_agg(i.code || '<' || n.name || '<' || n.tenant, ' ' ORDER BY i.code) FROM items i JOIN nodes n ON n.id = i.node_id WHERE i.tenant = 1),
  'A<root<1 B<left<1 C<leaf<1', 'what hangs on the nodes follows');
SELECT is((SELECT name FROM nodes WHERE id = 1), 'took the id', 'the other customer keeps its row');
SELECT is_empty('SELECT FROM nodes c JOIN nodes p ON p.id = c.parent_id WHERE c.tenant <> p.tenant', 'nobody''s node hangs under another customer''s');
ROLLBACK TO whole;

-- Every id of the tree taken
DELETE FROM items WHERE tenant = 1;
DELETE FROM nodes WHERE tenant = 1;
INSERT INTO nodes SELECT n, 2, 'took ' || n, NULL, 'z', n FROM generate_series(1, 5) AS n;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a tree comes back though all its ids are taken');
SELECT is((SELECT string_agg(n.name || '<' || p.name || '<' || p.tenant, ' ' ORDER BY n.name) FROM nodes n JOIN nodes p ON p.id = n.parent_id WHERE n.tenant = 1),
  'leaf<left<1 left<root<1 right<root<1', 'and every parent is the one it was');
ROLLBACK TO whole;

-- ON DELETE SET NULL: children stay, without their parent
ALTER TABLE nodes DROP CONSTRAINT nodes_parent_id_fkey, ADD FOREIGN KEY (parent_id) REFERENCES nodes ON DELETE SET NULL;
UPDATE items SET node_id = NULL WHERE tenant = 1;
DELETE FROM nodes WHERE id IN (1, 2);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a tree that lost its root is mended');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'rows that stayed point at the rows that were put back');
DELETE FROM items WHERE tenant = 1;
DELETE FROM nodes WHERE id = 1;
INSERT INTO nodes VALUES (1, 2, 'took the id', NULL, 'z', 1);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'also where the root''s id is another customer''s');
SELECT is((SELECT string_agg(n.name || '<' || p.name || '<' || p.tenant, ' ' ORDER BY n.name) FROM nodes n JOIN nodes p ON p.id = n.parent_id WHERE n.tenant = 1),
  'leaf<left<1 left<root<1 right<root<1', 'they point at its new id');
ROLLBACK TO whole;

-- Rows that stay point at rows that go
INSERT INTO nodes VALUES (51, 1, 'too many', NULL, 'z', 1), (50, 1, 'too many', 51, 'z', 2), (52, 1, 'too many', 50, 'z', 3);
UPDATE nodes SET parent_id = 50 WHERE id IN (1, 4);
SAVEPOINT more;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'nodes that stay let go of a node that goes');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO more;
UPDATE nodes SET parent_id = NULL WHERE id IN (1, 4);
UPDATE items SET node_id = 52 WHERE id IN (1, 2);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'items that stay let go of a node that goes with those above it');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO more;
UPDATE nodes SET parent_id = 52 WHERE id = 51;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'nodes that go in a circle');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO whole;

-- Rows that point at each other
UPDATE nodes SET parent_id = 5 WHERE id = 1;
UPDATE nodes SET parent_id = 1 WHERE id = 5;
SELECT pg_temp.keep('circle');
CREATE TEMP TABLE circle AS SELECT pg_temp.rows(1) AS one;
DELETE FROM items WHERE tenant = 1;
UPDATE nodes SET parent_id = NULL WHERE tenant = 1;
DELETE FROM nodes WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('circle')), 'applied', 'rows that point at each other are put back');
SELECT is(pg_temp.rows(1), (SELECT one FROM circle), 'as they were');
UPDATE nodes SET parent_id = NULL WHERE id IN (1, 5);
SELECT is(pg_temp.outcome(pg_temp.import('circle')), 'applied', 'and point at each other again where they no longer did');
SELECT is(pg_temp.rows(1), (SELECT one FROM circle), 'as they were');
UPDATE nodes SET parent_id = 1 WHERE id = 1;
SELECT is(pg_temp.outcome(pg_temp.import('circle')), 'applied', 'a row that came to point at itself is led back');
SELECT is(pg_temp.rows(1), (SELECT one FROM circle), 'as it was');
ROLLBACK TO whole;

-- Made again under another id, recognised by name
UPDATE rehydra.datasets SET match_keys = '[["name"]]' WHERE model = 'shop' AND dataset = 'nodes';
DELETE FROM items WHERE tenant = 1;
DELETE FROM nodes WHERE tenant = 1;
INSERT INTO nodes VALUES (71, 1, 'left', NULL, 'x', 1), (70, 1, 'root', 71, 'x', 2), (72, 1, 'right', 71, 'x', 3);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'nodes made again under other ids are recognised by name');
SELECT is((SELECT string_agg(n.id || ' ' || n.name || '<' || p.name || '<' || p.tenant, ', ' ORDER BY n.name) FROM nodes n JOIN nodes p ON p.id = n.parent_id WHERE n.tenant = 1),
  '4 leaf<left<1, 71 left<root<1, 72 right<root<1', 'and point at each other under the ids they have');
SELECT is((SELECT string_agg(i.code || '<' || n.id, ' ' ORDER BY i.code) FROM items i JOIN nodes n ON n.id = i.node_id WHERE i.tenant = 1), 'A<70 B<71 C<4', 'so does what hangs on them');
ROLLBACK TO whole;
SELECT is(pg_temp.rows(2), (SELECT two FROM at_first), 'the other customer''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
