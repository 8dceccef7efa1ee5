-- rehydra_import(match => ...): the call says how rows are recognised. Numbers that mean other rows here are given anew, and references follow.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(28);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
ALTER TABLE items ADD COLUMN holder int REFERENCES items;
SELECT rehydra.add_foreign_keys('shop');
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "id"}, {"header": "Code", "column": "code"}, {"header": "Node", "column": "node_id"},
                                                     {"header": "Quantity", "column": "qty"}, {"header": "Holder", "column": "holder"}]');

-- Made elsewhere: 1 is B here, 2 is new, 3 is A here, 9 is C here.
SELECT pg_temp.keep_edited('elsewhere', 'items', '{"id":1,"code":"B","node_id":2,"qty":21,"holder":2}', '{"id":2,"code":"N","node_id":5,"qty":22,"holder":null}',
                           '{"id":3,"code":"A","node_id":1,"qty":23,"holder":1}', '{"id":9,"code":"C","node_id":4,"qty":24,"holder":9}');
SAVEPOINT start;
UPDATE report SET r = pg_temp.import('elsewhere', $$mode => 'merge', match => '{"items": ["code"]}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'rows are recognised by what the call names') FROM report;
SELECT is(pg_temp.changes(r), 'items +1 ~3', 'and by nothing else') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT results_eq($$SELECT code, qty, (SELECT h.code FROM items h WHERE h.id = i.holder) FROM items i WHERE tenant = 1 ORDER BY 1$$,
  $$VALUES ('A'::varchar, 23, 'B'::varchar), ('B', 21, 'N'), ('C', 24, 'C'), ('N', 22, NULL), (NULL, 4, NULL)$$, 'each row has its values, and refers to whom it did');
SELECT results_eq($$SELECT id, code FROM items WHERE tenant = 1 AND code IN ('A', 'B', 'C') ORDER BY id$$, $$VALUES (1, 'A'::varchar), (2, 'B'), (3, 'C')$$, 'rows that were there keep their ids');
SELECT is((SELECT id > 100 FROM items WHERE code = 'N'), true, 'a new row whose id is taken gets one from the sequence');
SELECT is((SELECT jsonb_agg(c ORDER BY (c ->> 'old')::int) FROM report, jsonb_array_elements(r #> '{ids_changed,items}') AS c) - 1, '[{"old": "1", "new": "2"}, {"old": "3", "new": "1"}, {"old": "9", "new": "3"}]'::jsonb, 'ids_changed maps old to new');
SELECT is((SELECT c ->> 'new' FROM report, jsonb_array_elements(r #> '{ids_changed,items}') AS c WHERE c ->> 'old' = '2'), (SELECT id::text FROM items WHERE code = 'N'), 'with the id that was given');
INSERT INTO items (tenant, code) VALUES (1, 'next');
SELECT is((SELECT count(DISTINCT id) FROM items), (SELECT count(*) FROM items), 'the next ordinary INSERT succeeds');
ROLLBACK TO start;
SELECT setval('items_id_seq', 100) AS reset \gset
UPDATE report SET r = pg_temp.import('elsewhere', $$mode => 'merge', match => '{"items": ["code"]}', dry_run => true$$);
SELECT is(pg_temp.outcome(r), 'previewed', 'a dry run does the same') FROM report;
SELECT is((SELECT last_value FROM items_id_seq), 100::bigint, 'and draws no number');
SELECT is((SELECT to_insert || ' ' || to_update FROM rehydra_preview((SELECT file FROM kept WHERE name = 'elsewhere'), 'merge', '1', match => '{"items": ["code"]}') WHERE dataset = 'items'), '1 3', 'so does the preview');
UPDATE report SET r = pg_temp.import('elsewhere', $$match => '{"items": ["code"]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.changes(r), 'items +1 ~3 -1', 'replace deletes what nothing in the file is') FROM report;
SELECT is(pg_temp.import('elsewhere', $$match => '{"items": ["code"]}', confirm => 'DELETE'$$) ->> 'status', 'unchanged', 'once more has nothing to do');
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('elsewhere', $$mode => 'insert', match => '{"items": ["code"]}'$$);
SELECT is(pg_temp.changes(r), 'shared_kinds skipped 1, nodes skipped 5, items +1 skipped 3, things skipped 2', 'insert brings the new one alone') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('elsewhere', $$mode => 'merge', match => '{"items": ["id", "code"]}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'ids first, where the list begins with them') FROM report;
SELECT results_eq('SELECT id, code FROM items WHERE tenant = 1 AND code IS NOT NULL ORDER BY id', $$VALUES (1, 'B'::varchar), (2, 'N'), (3, 'A'), (9, 'C')$$, 'and what no id finds is new: its code is taken by nobody any more');
ROLLBACK TO start;

-- What does not tell rows apart
SELECT pg_temp.keep_edited('twice', 'items', '{"id":7,"code":"N","node_id":1,"qty":1,"holder":null}', '{"id":8,"code":"N","node_id":2,"qty":2,"holder":null}', '{"id":1,"code":"A","node_id":1,"qty":1,"holder":null}');
UPDATE report SET r = pg_temp.import('twice', $$mode => 'merge', match => '{"items": ["code"]}'$$);
SELECT results_eq($$SELECT e ->> 'message' FROM report, jsonb_array_elements(r -> 'errors') AS e$$,
  $$VALUES ('data set "items", row 1, column "code": by "code" the row is not told apart; data set "items", row 2 is like it'),
           ('data set "items", row 2, column "code": by "code" the row is not told apart; data set "items", row 1 is like it')$$, 'the same key twice in the file: both cells');
SELECT is(pg_temp.changes(pg_temp.import('twice', $$mode => 'merge', on_error => 'skip', match => '{"items": ["code"]}'$$)), 'items rejected 2', 'neither is taken for the right one');
UPDATE report SET r = pg_temp.import('elsewhere', $$mode => 'merge', match => '{"items": ["node_id"]}'$$);
SELECT is(r ->> 'status', 'applied', 'any column will do, if it tells them apart') FROM report;
ROLLBACK TO start;
UPDATE items SET node_id = 2 WHERE id = 4;
UPDATE report SET r = pg_temp.import('elsewhere', $$mode => 'merge', match => '{"items": ["node_id"]}'$$);
SELECT is(r ->> 'status' || ' ' || (r #>> '{errors,0,message}'), 'rejected data set "items", row 1, column "node_id": the row''s key is not in the database, and by "node_id" it is not clear which row it is: 2; 4', 'a key that two stored rows have names both') FROM report;
SELECT is((SELECT options -> 'match' FROM rehydra.activity_log WHERE kind = 'import' AND options ? 'match' ORDER BY at LIMIT 1), '{"items": ["node_id"]}'::jsonb, 'the log says how rows were recognised');
ROLLBACK TO start;

-- Words that are not understood
SELECT is(pg_temp.import('elsewhere', $$match => '{"item": ["code"]}'$$) ->> 'message', 'match names data set "item", which is not registered', 'an unknown data set');
SELECT is(pg_temp.import('elsewhere', $$match => '{"items": ["cod"]}'$$) ->> 'message', 'match of "items" names column "cod", which is not there', 'an unknown column');
SELECT is(pg_temp.import('elsewhere', $$match => '{"items": "code"}'$$) ->> 'message', 'match of "items" is not a list of keys', 'no list');
SELECT is(pg_temp.import('elsewhere', $$match => '[]'$$) ->> 'message', 'match is a JSON object that names data sets', 'no object');
SELECT is(pg_temp.import('elsewhere', $$match => '{"items": [[]]}'$$) ->> 'message', 'match of "items" holds an empty key', 'an empty key');
SELECT is(pg_temp.import('elsewhere', $$on_error => 'ignore'$$) ->> 'error', '22023', 'on_error has two words');
SELECT * FROM finish();
ROLLBACK;
