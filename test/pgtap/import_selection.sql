-- Rows picked by key with all that is below them: what goes out, what comes in, and what stays as it is.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(46);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
-- {"nodes": [1, 2]}: ids by list of a json export.
CREATE FUNCTION pg_temp.ids(file bytea) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_object_agg(d.key, (SELECT COALESCE(jsonb_agg(r -> 'id'), '[]') FROM json_array_elements(d.value) AS t, LATERAL (SELECT t::jsonb AS r) AS one))
  FROM json_each(convert_from(file, 'UTF8')::json -> 'datasets') AS d
$$;
CREATE FUNCTION pg_temp.exported(arguments text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  file bytea;
BEGIN
  EXECUTE 'SELECT rehydra_export(''1'', ''json'', ' || arguments || ')' INTO file;
  RETURN pg_temp.ids(file);
EXCEPTION WHEN OTHERS THEN
  RETURN to_jsonb(SQLSTATE || ' ' || SQLERRM);
END
$$;

-- Out
SELECT is(pg_temp.exported($$selection => '{"nodes": [2]}'$$), '{"nodes": [2, 4], "items": [2, 3]}'::jsonb, 'a picked row goes out with all that is below it, in its own table too');
SELECT is(pg_temp.exported($$selection => '{"nodes": [5, "3"]}'$$), '{"nodes": [3, 5], "items": []}'::jsonb, 'several, as numbers or texts');
UPDATE rehydra.datasets SET match_keys = '[["code"]]' WHERE dataset = 'items' AND model = 'shop';
SELECT is(pg_temp.exported($$selection => '{"items": ["B"]}'$$), '{"items": [2]}'::jsonb, 'by a match key');
UPDATE rehydra.datasets SET match_keys = '[]' WHERE dataset = 'items' AND model = 'shop';
SELECT is(pg_temp.exported($$selection => '{"nodes": [{"category": "b"}]}'$$), '{"nodes": [4, 5], "items": [3]}'::jsonb, 'by a column''s value: all rows that have it');
SELECT is(pg_temp.exported($$selection => '{"nodes": [2], "things": [1]}'$$), '{"nodes": [2, 4], "items": [2, 3], "things": [1]}'::jsonb, 'of several data sets');
SELECT is(pg_temp.exported($$selection => '{"nodes": [2]}', datasets => '{items}'$$), '{"items": [2, 3]}'::jsonb, 'only the named data sets');
SELECT is(pg_temp.exported($$selection => '{"nodes": [20]}'$$), '"22023 no row of \"nodes\" has the key 20"'::jsonb, 'another customer''s row is not there');
SELECT is(pg_temp.exported($$selection => '{"nodes": [2]}', datasets => '{things}'$$), '"22023 none of the named data sets holds rows of the selection"'::jsonb, 'nothing in common is an error');
SELECT is(pg_temp.exported($$selection => '{"node": [2]}'$$), '"22023 the selection names data set \"node\", which is not registered"'::jsonb, 'an unknown data set is');
SELECT is(pg_temp.exported($$selection => '{"nodes": [{"colour": 2}]}'$$), '"22023 the selection of \"nodes\" names column \"colour\", which is not there"'::jsonb, 'an unknown column is');
SELECT is(pg_temp.exported($$selection => '{"nodes": 2}'$$), '"22023 the selection of \"nodes\" is not a list of keys"'::jsonb, 'a key without its list is');
SELECT is(pg_temp.exported($$selection => '{}'$$), '"22023 a selection is a JSON object that names data sets"'::jsonb, 'an empty selection is');
SELECT is(pg_temp.exported($$selection => '{"nodes": [[1]]}'$$), '"22023 the selection of \"nodes\" holds a key that is neither a text nor a number"'::jsonb, 'a list for a key is');
SELECT is(pg_temp.exported($$selection => '{"items": ["x'' OR true --"]}'$$), '"22023 no row of \"items\" has the key x'' OR true --"'::jsonb, 'a key is a value, never SQL');
SELECT results_eq($$SELECT options -> 'selection' FROM rehydra.activity_log WHERE kind = 'export' AND options ? 'selection' ORDER BY at LIMIT 1$$, $$VALUES ('{"nodes": [2]}'::jsonb)$$, 'the log says what was picked');

-- In: a whole file, of which only a part is taken
CREATE TEMP TABLE whole AS SELECT rehydra_export('1', 'json') AS file;
UPDATE nodes SET name = name || ', changed' WHERE tenant = 1;
UPDATE items SET qty = 100 WHERE tenant = 1;
INSERT INTO items VALUES (50, 1, 'S', 2, 5), (51, 1, 'T', 3, 5);
INSERT INTO kept SELECT 'whole', file FROM whole;
SAVEPOINT part;
UPDATE report SET r = pg_temp.import('whole', $$selection => '{"nodes": [2]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'a part of a whole file replaces its part') FROM report;
SELECT is(pg_temp.changes(r), 'nodes ~2, items ~2 -1', 'picked rows and those below them; what is too many there goes') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT results_eq('SELECT id, name FROM nodes WHERE tenant = 1 ORDER BY id', $$VALUES (1, 'root, changed'), (2, 'left'), (3, 'right, changed'), (4, 'leaf'), (5, 'alone, changed')$$, 'other rows stay as they are');
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 100), (2, 2), (3, NULL), (4, 100), (51, 5)', 'in all data sets');
SELECT is(pg_temp.import('whole', $$selection => '{"nodes": [2]}', confirm => 'DELETE'$$) ->> 'status', 'unchanged', 'once more has nothing to do');
SELECT results_eq($$SELECT s.rows, s.selection FROM report, rehydra.snapshots s WHERE s.snapshot_id = (r ->> 'snapshot_id')::uuid$$, $$VALUES (5::bigint, '{"nodes": [{"id": "2"}]}'::jsonb)$$, 'the snapshot is of the part');
INSERT INTO items VALUES (52, 1, 'below', 4, 1), (53, 1, 'beside', 1, 1);
SELECT is(pg_temp.changes(rehydra_restore((r ->> 'snapshot_id')::uuid, confirm => 'DELETE')), 'nodes ~2, items +1 ~2 -1', 'and puts the part back') FROM report;
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 100), (2, 100), (3, 100), (4, 100), (50, 5), (51, 5), (53, 1)', 'that alone');
ROLLBACK TO part;
UPDATE report SET r = pg_temp.import('whole', $$selection => '{"nodes": [2]}', mode => 'merge'$$);
SELECT is(pg_temp.changes(r), 'nodes ~2, items ~2', 'merge takes the part without deleting') FROM report;
ROLLBACK TO part;
UPDATE report SET r = pg_temp.import('whole', $$selection => '{"nodes": [2]}', datasets => '{items}', confirm => 'DELETE'$$);
SELECT is(pg_temp.changes(r), 'items ~2 -1', 'only one data set of the part') FROM report;
ROLLBACK TO part;
UPDATE report SET r = pg_temp.import('whole', $$selection => '{"nodes": [2]}', mode => 'insert'$$);
SELECT is(pg_temp.changes(r), 'nodes skipped 2, items skipped 2', 'insert too') FROM report;
ROLLBACK TO part;
SELECT is((SELECT string_agg(concat_ws(' ', dataset, in_tenant, in_file, to_update, to_delete), ', ') FROM rehydra_preview((SELECT file FROM whole), 'replace', '1', selection => '{"nodes": [2]}')),
          'nodes 2 2 2 0, items 3 2 2 1', 'the preview knows the part, and counts what it has');
SELECT is(pg_temp.import('whole', $$selection => '{"nodes": [77]}'$$) ->> 'message', 'no row of "nodes" has the key 77', 'what neither the file nor the customer has is an error');
DELETE FROM items WHERE node_id IN (2, 4) AND tenant = 1;
DELETE FROM nodes WHERE id IN (2, 4);
UPDATE report SET r = pg_temp.import('whole', $$selection => '{"nodes": [2]}'$$);
SELECT is(pg_temp.changes(r), 'nodes +2, items +2', 'what only the file has comes back by its key') FROM report;
ROLLBACK TO part;

-- Rows that move
SELECT pg_temp.keep_edited('moved', 'items', '{"id":1,"code":"A","node_id":4,"qty":1}', '{"id":2,"code":"B","node_id":3,"qty":2}', '{"id":3,"code":"C","node_id":4,"qty":3}', '{"id":4,"code":null,"node_id":null,"qty":4}');
UPDATE report SET r = pg_temp.import('moved', $$selection => '{"nodes": [2]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'rows that the file moves into the part, or out of it') FROM report;
SELECT results_eq('SELECT id, node_id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 4, 1), (2, 3, 2), (3, 4, 3), (4, NULL, 100), (51, 3, 5)', 'are updated, neither doubled nor deleted');
ROLLBACK TO part;

-- Errors elsewhere in the file are no hindrance
SELECT pg_temp.keep_edited('elsewhere', 'items', '{"id":1,"code":"A","node_id":1,"qty":"many"}', '{"id":2,"code":"B","node_id":2,"qty":2}', '{"id":3,"code":"C","node_id":4,"qty":3}', '{"id":1,"code":null,"node_id":99,"qty":4}');
SELECT is(pg_temp.import('elsewhere') ->> 'status', 'rejected', 'a file with errors');
UPDATE report SET r = pg_temp.import('elsewhere', $$selection => '{"nodes": [2]}', confirm => 'DELETE'$$);
SELECT is(pg_temp.outcome(r) || ' ' || (r ->> 'error_count'), 'applied 0', 'its errors outside of the part are not counted') FROM report;
UPDATE report SET r = pg_temp.import('elsewhere', $$selection => '{"nodes": [1]}', confirm => 'DELETE'$$);
SELECT is(r ->> 'status', 'rejected', 'inside they are') FROM report;
ROLLBACK TO part;

-- A file of a part
INSERT INTO kept SELECT 'part', rehydra_export('1', 'json', selection => '{"nodes": [2]}');
INSERT INTO kept SELECT 'workbook', rehydra_export('1', selection => '{"nodes": [2]}');
INSERT INTO items VALUES (60, 1, 'U', 4, 5);
UPDATE nodes SET name = 'again' WHERE id IN (2, 3);
UPDATE report SET r = pg_temp.import('part', $$confirm => 'DELETE'$$);
SELECT is(pg_temp.changes(r), 'nodes ~1, items -1', 'it replaces the part that it was exported of') FROM report;
SELECT is((SELECT name FROM nodes WHERE id = 3), 'again', 'and nothing else');
SELECT is((SELECT count(*) FROM items WHERE tenant = 1), 6::bigint, 'no row outside of it goes');
SELECT is(pg_temp.import('workbook', $$confirm => 'DELETE'$$) ->> 'status', 'unchanged', 'a workbook says the same');
UPDATE report SET r = pg_temp.import('part', $$selection => '{"nodes": [4]}', confirm => 'DELETE'$$);
SELECT is(r ->> 'status', 'unchanged', 'of that part a part') FROM report;
DELETE FROM nodes WHERE id = 5 AND tenant = 1;
SELECT is(pg_temp.import('part', $$selection => '{"nodes": [3]}', confirm => 'DELETE'$$) ->> 'status', 'unchanged', 'what is in the table alone is not what the file is of');
SELECT is((SELECT count(*) FROM nodes WHERE id = 3), 1::bigint, 'so it stays');

-- Times
ALTER TABLE items ADD COLUMN changed_at timestamptz, ADD COLUMN seen date;
UPDATE items SET changed_at = '2024-01-01 00:00+00'::timestamptz + id * interval '1 day', seen = '2024-01-01'::date + id WHERE tenant = 1 AND id < 4;
SELECT rehydra.set_times('shop', 'items', '{"time_column": "seen"}');
SELECT is(pg_temp.exported($$datasets => '{items}', period => '[2024-01-02,2024-01-04)'$$), '{"items": [1, 2]}'::jsonb, 'a period takes the rows whose day is in it');
SELECT is(pg_temp.exported($$datasets => '{items}', changed_since => '2024-01-03 00:00+00'$$), '{"items": [2, 3, 4, 50, 51]}'::jsonb, 'changes since a moment, with rows that do not say when they were changed');
INSERT INTO kept SELECT 'cut', rehydra_export('1', 'json', '{items}', period => '[2024-01-02,2024-01-04)');
SELECT is(pg_temp.import('cut') ->> 'error', '22023', 'such a file cannot replace');
SELECT is(pg_temp.import('cut', $$mode => 'merge'$$) ->> 'status', 'unchanged', 'it merges');
SELECT * FROM finish();
ROLLBACK;
