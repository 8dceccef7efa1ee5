-- rehydra_import: policy "conflicts": rows that the file would change and that somebody changed in the database after the export.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(12);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
ALTER TABLE items ADD COLUMN changed_at timestamptz;
SELECT rehydra.set_times('shop', 'items', '{"changed_column": "changed_at"}');
SELECT rehydra.add_sheet('shop', 'items', 'Items', '[{"header": "ID", "column": "id"}, {"header": "Code", "column": "code"}, {"header": "Node", "column": "node_id"},
                                                     {"header": "Quantity", "column": "qty"}, {"header": "Changed", "column": "changed_at"}]');
UPDATE items SET changed_at = '2024-01-01' WHERE id IN (1, 2) AND tenant = 1;
-- Of 1 and 2 the file has other quantities; 3 says of itself that it was never changed.
SELECT pg_temp.keep_edited('edited', 'items', '{"id":1,"code":"A","node_id":1,"qty":11,"changed_at":"2024-01-01 00:00:00+00"}', '{"id":2,"code":"B","node_id":2,"qty":22,"changed_at":"2024-01-01 00:00:00+00"}',
                           '{"id":3,"code":"C","node_id":4,"qty":33,"changed_at":null}', '{"id":4,"code":null,"node_id":null,"qty":4,"changed_at":null}');
UPDATE items SET qty = 100, changed_at = '2100-01-01' WHERE id = 1 AND tenant = 1;
SAVEPOINT start;
UPDATE report SET r = pg_temp.import('edited', $$mode => 'merge'$$);
SELECT is(pg_temp.changes(r), 'items ~3', 'the file counts by default') FROM report;
SELECT is((SELECT qty FROM items WHERE id = 1), 11, 'over what was changed meanwhile');
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('edited', $$mode => 'merge', options => '{"policy": {"conflicts": "database"}}'$$);
SELECT is(pg_temp.changes(r), 'items ~2 skipped 1', 'or the database does') FROM report;
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 100), (2, 22), (3, 33), (4, 4)', 'where it was changed after the export');
SELECT is(r #>> '{warnings,0}', '1 rows of data set "items" were changed in the database after the export: they keep what the database holds', 'the report says how many') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('edited', $$mode => 'merge', options => '{"policy": {"conflicts": "reject"}}'$$);
SELECT is(r ->> 'status' || ' ' || (r ->> 'error_count'), 'rejected 1', 'or the import is refused') FROM report;
SELECT is(pg_temp.outcome(r), 'rejected data set "items", row 1, column "id": the row was changed in the database after the export, and column "qty" differs', 'naming the row, and the column that differs') FROM report;
SELECT is((SELECT qty FROM items WHERE id = 2 AND tenant = 1), 2, 'and nothing changes');
UPDATE report SET r = pg_temp.import('edited', $$mode => 'merge', on_error => 'skip', options => '{"policy": {"conflicts": "reject"}}'$$);
SELECT is(pg_temp.changes(r), 'items ~2 rejected 1', 'or that row is left out') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('edited', $$options => '{"policy": {"conflicts": "database"}}'$$);
SELECT is(pg_temp.changes(r), 'items ~3', 'a replace means what the file says') FROM report;
SELECT is(pg_temp.import('edited', $$options => '{"policy": {"conflicts": "ask"}}'$$) ->> 'error', '22023', 'other words are refused');
SELECT * FROM finish();
ROLLBACK;
