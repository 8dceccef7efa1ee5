-- A part of a customer: rows of other names, keys and makings. Nothing outside of the part goes, and nothing of it is lost unseen.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(29);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
UPDATE rehydra.datasets SET match_keys = '[["code"]]' WHERE dataset = 'items' AND model = 'shop';
UPDATE rehydra.datasets SET match_keys = '[["name"]]' WHERE dataset = 'nodes' AND model = 'shop';
SAVEPOINT start;

-- The file's numbers are not the database's
SELECT pg_temp.keep_edited('codes', 'items', '{"id":1,"code":"B","node_id":2,"qty":77}');
UPDATE report SET r = pg_temp.import('codes', $$selection => '{"items": ["B"]}', match => '{"items": ["code"]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r) || ' ' || pg_temp.changes(r), 'applied items ~1', 'where rows are recognised by code, the file''s numbers pick nothing') FROM report;
SELECT results_eq('SELECT id, code, qty FROM items WHERE tenant = 1 ORDER BY id', $$VALUES (1, 'A'::varchar, 1), (2, 'B', 77), (3, 'C', NULL), (4, NULL, 4)$$, 'the row beside it stays');
ROLLBACK TO start;
SELECT pg_temp.keep_edited('moved', 'items', '{"id":9,"code":"A","node_id":2,"qty":5}', '{"id":2,"code":"B","node_id":2,"qty":2}', '{"id":3,"code":"C","node_id":4,"qty":null}');
UPDATE report SET r = pg_temp.import('moved', $$selection => '{"nodes": [2]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r) || ' ' || pg_temp.changes(r), 'applied items ~1', 'a row of the part whose stored one, by its match key, is beside it') FROM report;
SELECT results_eq('SELECT id, node_id, qty FROM items WHERE code = ''A'' AND tenant = 1', 'VALUES (1, 2, 5)', 'is that one, not a second');
ROLLBACK TO start;
SELECT pg_temp.keep_edited('renumbered', 'nodes', '{"id":900,"name":"left","parent_id":1,"category":"a","position":2}', '{"id":4,"name":"leaf","parent_id":900,"category":"b","position":1}');
SELECT pg_temp.keep_edited('renumbered', 'items', '{"id":2,"code":"B","node_id":900,"qty":2}', '{"id":3,"code":"C","node_id":4,"qty":null}');
UPDATE report SET r = pg_temp.import('renumbered', $$selection => '{"nodes": [2]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r), 'unchanged', 'a picked row under another number is recognised by its match key, with what hangs on it') FROM report;
ROLLBACK TO start;

-- Unread keys
SELECT pg_temp.keep_edited('unread', 'nodes', '{"id":1,"name":"root","parent_id":null,"category":"a","position":1}', '{"id":"5x","name":"alone","parent_id":null,"category":"b","position":2}');
SELECT is(pg_temp.import('unread', $$selection => '{"nodes": [5]}', confirm => 'DELETE'$$) ->> 'status', 'rejected', 'a key that cannot be read may be the picked one''s');
UPDATE report SET r = pg_temp.import('unread', $$selection => '{"nodes": [5]}', confirm => 'DELETE', on_error => 'skip'$$);
SELECT is((SELECT count(*) FROM nodes WHERE tenant = 1), 5::bigint, 'no row is deleted for it') FROM report;
ROLLBACK TO start;

-- Skipped and wrong rows are not absent, by whatever they are recognised
SELECT pg_temp.keep_edited('wrong', 'items', '{"id":1,"code":"A","node_id":1,"qty":1}', '{"id":9,"code":"B","node_id":2,"qty":"x"}', '{"id":3,"code":"C","node_id":4,"qty":null}', '{"id":4,"code":null,"node_id":null,"qty":4}');
UPDATE report SET r = pg_temp.import('wrong', $$on_error => 'skip', confirm => 'DELETE'$$);
SELECT is(r ->> 'status' || ' ' || pg_temp.changes(r), 'applied_with_rejects items rejected 1', 'a wrong row keeps the stored one that its match key says') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('wrong', $$on_error => 'skip', confirm => 'DELETE', match => '{"items": ["code"]}'$$);
SELECT is((SELECT count(*) FROM items WHERE tenant = 1 AND id IN (1, 2, 3)), 3::bigint, 'also where the call says so') FROM report;
ROLLBACK TO start;
SELECT pg_temp.keep_edited('unread', 'items', '{"id":1,"code":"A","node_id":1,"qty":1}', '{"id":9,"code":"way too long a code, and no text at all","node_id":"?","qty":1}');
UPDATE report SET r = pg_temp.import('unread', $$on_error => 'skip', confirm => 'DELETE', datasets => '{items}'$$);
SELECT is((SELECT count(*) FROM items WHERE tenant = 1 AND id = 1), 1::bigint, 'the rest is there');
ROLLBACK TO start;

-- Snapshots of a part
SELECT pg_temp.keep_edited('fresh', 'nodes', '{"id":null,"name":"fresh","parent_id":null,"category":"f","position":1}', '{"id":5,"name":"alone, renamed","parent_id":null,"category":"b","position":2}');
UPDATE report SET r = pg_temp.import('fresh', $$selection => '{"nodes": [{"name": "fresh"}, 5]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.changes(r), 'nodes +1 ~1', 'a new row and a stored one') FROM report;
INSERT INTO nodes VALUES (500, 1, 'fresh', NULL, 'g', 1);
UPDATE report SET r = rehydra_restore((r ->> 'snapshot_id')::uuid, confirm => 'DELETE');
SELECT is(pg_temp.changes(r), 'nodes ~1 -1', 'the restore takes the new row away') FROM report;
SELECT results_eq($$SELECT id, name FROM nodes WHERE tenant = 1 AND (name = 'fresh' OR id = 5) ORDER BY id$$, $$VALUES (5, 'alone'), (500, 'fresh')$$, 'not one of that name that came later');
ROLLBACK TO start;
SELECT pg_temp.keep_edited('taken', 'nodes', '{"id":20,"name":"ours","parent_id":null,"category":"f","position":1}', '{"id":600,"name":"child","parent_id":20,"category":"f","position":2}');
UPDATE report SET r = pg_temp.import('taken', $$selection => '{"nodes": ["ours"]}'$$);
SELECT is(pg_temp.outcome(r) || ' ' || pg_temp.changes(r), 'applied nodes +2', 'a number that another customer has') FROM report;
UPDATE report SET r = rehydra_restore((r ->> 'snapshot_id')::uuid, confirm => 'DELETE');
SELECT is(pg_temp.changes(r), 'nodes -2', 'the restore finds the row under the number that it got') FROM report;
SELECT is((SELECT count(*) FROM nodes WHERE tenant = 2), 2::bigint, 'and the other customer''s stays');
ROLLBACK TO start;

-- A time alone cannot replace, not even one data set
ALTER TABLE items ADD COLUMN seen date DEFAULT '2024-01-02';
SELECT rehydra.set_times('shop', 'items', '{"time_column": "seen"}');
INSERT INTO kept SELECT 'cut', rehydra_export('1', 'json', '{items}', period => '[2024-01-02,2024-01-03)');
SELECT is(pg_temp.import('cut', $$mode => 'merge', options => '{"policy": {"modes": {"items": "replace"}}}'$$) ->> 'error', '22023', 'a file of a period replaces no data set');
ROLLBACK TO start;

-- What hangs on a deleted row and stays is seen before
SELECT pg_temp.keep_edited('cascade', 'nodes', '{"_op":"delete","id":4,"name":"leaf","parent_id":2,"category":"b","position":1}');
SELECT pg_temp.keep_edited('cascade', 'items', VARIADIC '{}'::text[]);
UPDATE report SET r = pg_temp.import('cascade', $$mode => 'merge', confirm => 'DELETE'$$);
SELECT is(r ->> 'status' || ' ' || (r #>> '{errors,0,sqlstate}') || ' ' || (r #>> '{datasets,1,blocked}'), 'rejected 23503 1', 'a merge does not delete under a stored row') FROM report;
ALTER TABLE items DROP CONSTRAINT items_node_id_fkey, ADD FOREIGN KEY (node_id) REFERENCES nodes ON DELETE CASCADE;
UPDATE report SET r = pg_temp.import('cascade', $$mode => 'merge', confirm => 'DELETE'$$);
SELECT is(r ->> 'status', 'rejected', 'nor lets the database carry it on') FROM report;
SELECT is((SELECT count(*) FROM items WHERE tenant = 1), 4::bigint, 'into rows that it would not count');
ROLLBACK TO start;

-- Rules beyond types, with rows left out
ALTER TABLE items ADD CHECK (qty < 100);
SELECT pg_temp.keep_edited('rules', 'items', '{"id":1,"code":"A","node_id":1,"qty":5}', '{"id":2,"code":"B","node_id":2,"qty":1000}', '{"id":61,"code":"N","node_id":2,"qty":7}', '{"id":62,"code":"M","node_id":2,"qty":700}', '{"id":63,"code":"N","node_id":2,"qty":7}', '{"id":64,"code":"O","node_id":2,"qty":7}');
UPDATE report SET r = pg_temp.import('rules', $$mode => 'merge', on_error => 'skip'$$);
SELECT is(r ->> 'status' || ' ' || pg_temp.changes(r), 'applied_with_rejects items +1 ~1 rejected 4', 'CHECK and UNIQUE leave out their rows alone, of two alike both') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
ROLLBACK TO start;
SELECT pg_temp.keep_edited('chain', 'items', '{"id":1,"code":"B","node_id":1,"qty":1}', '{"id":2,"code":"C","node_id":2,"qty":2}', '{"id":3,"code":"D","node_id":99,"qty":3}', '{"id":4,"code":null,"node_id":null,"qty":44}');
UPDATE report SET r = pg_temp.import('chain', $$mode => 'merge', on_error => 'skip'$$);
SELECT is(r ->> 'status' || ' ' || pg_temp.changes(r), 'applied_with_rejects items ~1 rejected 3', 'values that a rejected row does not let go keep others from taking them') FROM report;
ROLLBACK TO start;

-- Words and rows that match cannot go by
INSERT INTO kept SELECT 'own', rehydra_export('1', 'json');
SELECT is(pg_temp.import('own', $$match => '{"items": ["tenant"]}'$$) ->> 'error', '22023', 'the customer''s own column tells no rows apart');
UPDATE report SET r = pg_temp.import('own', $$match => '{"items": ["code"]}'$$);
SELECT is(r ->> 'status', 'unchanged', 'a row without a value there is known by its key') FROM report;

-- Keys spelled otherwise
CREATE TABLE sums (k numeric PRIMARY KEY, tenant int NOT NULL, v text);
INSERT INTO sums VALUES (1.50, 1, 'one and a half');
SELECT count(*) AS registered FROM rehydra_register('shop.sums', 'shop', tenant_column => 'tenant') \gset
INSERT INTO kept SELECT 'sums', convert_to(replace(convert_from(rehydra_export('1', 'json'), 'UTF8'), E'"k":"1.50","v":"one and a half"', '"k":1.5,"v":"changed"'), 'UTF8');
UPDATE report SET r = pg_temp.import('sums', $$mode => 'merge'$$);
SELECT is(pg_temp.outcome(r) || ' ' || pg_temp.changes(r), 'applied sums ~1', 'a numeric key of another scale is the same key') FROM report;
SELECT results_eq('SELECT k::text, v FROM sums', $$VALUES ('1.50', 'changed')$$, 'and stays as it was spelled');

-- The customer's own row
CREATE TABLE owners (tenant int PRIMARY KEY, name text);
INSERT INTO owners VALUES (1, 'one'), (2, 'two');
SELECT count(*) AS registered FROM rehydra_register('shop.owners', 'shop', role => 'own', tenant_column => 'tenant') \gset
SELECT pg_temp.keep_edited('own row', 'owners', '{"_op":"delete","name":"one"}');
UPDATE report SET r = pg_temp.import('own row', $$mode => 'merge', confirm => 'DELETE'$$);
SELECT is(r ->> 'status', 'rejected', 'the customer''s own row cannot be marked for deletion') FROM report;
SELECT is((SELECT count(*) FROM owners), 2::bigint, 'and is there');
SELECT * FROM finish();
ROLLBACK;
