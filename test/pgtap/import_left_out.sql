-- rehydra_import: rows that a person has marked to be skipped or deleted are found as all others are, also where not their id tells which they
-- are; and what a file puts below a picked row is picked with all that hangs on it.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(20);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

-- 7 is A here (1), 8 is B here (2), 3 is nobody here although a row has its id.
SELECT pg_temp.keep_edited('marked', 'items', '{"_op":"skip","id":7,"code":"A","node_id":1,"qty":70}', '{"_op":"delete","id":8,"code":"B","node_id":2,"qty":80}',
                           '{"_op":"delete","id":3,"code":"Z","node_id":4,"qty":90}', '{"_op":null,"id":4,"code":"C","node_id":null,"qty":40}');
SAVEPOINT start;
UPDATE report SET r = pg_temp.import('marked', $$match => '{"items": ["code"]}', mode => 'merge', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'rows of other ids, recognised as the call asks') FROM report;
SELECT is(pg_temp.changes(r), 'items ~1 -1 skipped 1 marked 2', 'each as it is marked') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT results_eq('SELECT id, code, qty FROM items WHERE tenant = 1 ORDER BY id', $$VALUES (1, 'A'::varchar, 1), (3, 'C', 40), (4, NULL, 4)$$,
                  'the marked one is deleted, and none that has its id by chance');
SELECT is(r -> 'ids_changed', '{"items": [{"old": "4", "new": "3"}]}', 'ids_changed has the rows that came in') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('marked', $$match => '{"items": ["code"]}', confirm => 'DELETE'$$);
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 1), (3, 40)', 'a replace leaves a skipped row alone: it is not absent');
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
ROLLBACK TO start;
UPDATE rehydra.datasets SET match_keys = '[["code"]]' WHERE model = 'shop' AND dataset = 'items';
SELECT pg_temp.keep_edited('other', 'items', '{"_op":"skip","id":7,"code":"A","node_id":1,"qty":70}', '{"_op":null,"id":null,"code":"B","node_id":2,"qty":80}',
                           '{"_op":null,"id":9,"code":"C","node_id":4,"qty":"many"}');
SAVEPOINT keyed;
UPDATE report SET r = pg_temp.import('other', $$on_error => 'skip', confirm => 'DELETE'$$);
SELECT is(pg_temp.changes(r), 'items ~1 -1 skipped 1 rejected 1', 'so it is where the data set has match keys') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 1), (2, 80), (3, NULL)', 'skipped and rejected rows stay as they are stored');
SELECT is(r -> 'ids_changed', '{}', 'a row that came without an id has none that changed') FROM report;
ROLLBACK TO start;

-- 40 is new below 2, 41 below 40, 42 below 41; the file has them the wrong way round.
SELECT pg_temp.keep_edited('deep', 'nodes', '{"id":42,"name":"three down","parent_id":41,"category":"n","position":3}', '{"id":41,"name":"two down","parent_id":40,"category":"n","position":2}',
                           '{"id":40,"name":"one down","parent_id":2,"category":"n","position":1}', '{"id":2,"name":"left","parent_id":1,"category":"a","position":2}',
                           '{"id":4,"name":"leaf","parent_id":2,"category":"b","position":1}', '{"id":43,"name":"elsewhere","parent_id":3,"category":"n","position":4}');
SELECT pg_temp.keep_edited('deep', 'items', '{"id":50,"code":"deep","node_id":42,"qty":5}', '{"id":51,"code":"not","node_id":43,"qty":5}');
UPDATE report SET r = pg_temp.import('deep', $$selection => '{"nodes": [2]}', mode => 'merge'$$);
SELECT is(pg_temp.changes(r), 'nodes +3, items +1', 'a part takes what the file has below its rows, however deep') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT is((SELECT array_agg(id ORDER BY id) FROM nodes WHERE tenant = 1 AND id > 5), '{40,41,42}', 'and nothing else');
SELECT is((SELECT array_agg(id ORDER BY id) FROM items WHERE tenant = 1 AND id > 4), '{50}', 'in the tables below either');
ROLLBACK TO start;

-- A row that is found wrong only when all are planned, and what refers to it: emptied, or given to another row.
ALTER TABLE nodes ADD CONSTRAINT low CHECK (position < 100);
SELECT pg_temp.keep_patched('late', 'nodes', 'id', '{"60": {"id": 60, "name": "high", "parent_id": null, "category": "n", "position": 100}}');
SELECT pg_temp.keep_patched('late', 'items', 'id', '{"2": {"node_id": 60}, "61": {"id": 61, "code": "new", "node_id": 60, "qty": 1}}');
SAVEPOINT late;
UPDATE report SET r = pg_temp.import('late', $$on_error => 'skip', options => '{"policy": {"missing_references": "null"}}'$$);
SELECT is(pg_temp.changes(r), 'nodes rejected 1, items +1 ~1', 'rows that refer to one that breaks a rule come without the reference') FROM report;
SELECT results_eq('SELECT id, node_id FROM items WHERE tenant = 1 AND id IN (2, 61) ORDER BY id', 'VALUES (2, NULL::int), (61, NULL)', 'which is empty then');
DELETE FROM items WHERE tenant = 1;
UPDATE report SET r = pg_temp.import('late', $$on_error => 'skip', options => '{"policy": {"missing_references": "null"}}'$$);
SELECT is(pg_temp.changes(r), 'nodes rejected 1, items +5', 'into a table without rows of the customer too') FROM report;
SELECT is((SELECT array_agg(id ORDER BY id) FROM items WHERE tenant = 1 AND node_id IS NULL), '{2,4,61}', 'with the references that are left');
ROLLBACK TO start;

-- A row that takes others in by a value that the file gives to nobody: they are found missing again each time that they are attached.
CREATE TABLE tags (id serial PRIMARY KEY, tenant int NOT NULL, code varchar UNIQUE);
CREATE TABLE tagged (id serial PRIMARY KEY, tenant int NOT NULL, tag varchar NOT NULL REFERENCES tags (code));
INSERT INTO tags VALUES (1, 1, 'X');
INSERT INTO tagged VALUES (1, 1, 'X');
SELECT count(*) FROM rehydra_register('shop.tags', model => 'tags', tenant_column => 'tenant') \g /dev/null
SELECT count(*) FROM rehydra_register('shop.tagged', model => 'tags', tenant_column => 'tenant') \g /dev/null
SET LOCAL statement_timeout = '20s';
SELECT matches(rehydra_import(convert_to(replace(replace(convert_from(rehydra_export('1', format => 'json', options => '{"model": "tags"}'), 'UTF8'), '"code":"X"', '"code":"Z"'), '"tag":"X"', '"tag":"Q"'), 'UTF8'),
                              customer_id => '1', confirm => 'DELETE', options => '{"model": "tags", "policy": {"orphans": "attach", "attach_to": {"tags": "X"}, "missing_references": "skip"}}') ->> 'status',
               '^(rejected|failed)$', 'an import that attaches rows to what the file takes away ends');
SET LOCAL statement_timeout = 0;
SELECT * FROM finish();
ROLLBACK;
