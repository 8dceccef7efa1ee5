-- rehydra_import: what each mode does with rows that are new, changed, equal and absent, and rows that a person has marked.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(45);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

-- Item 1 changed, 2 equal, 3 and 4 absent, 9 new.
SELECT pg_temp.keep_edited('edited', 'items', '{"id":1,"code":"A","node_id":1,"qty":11}', '{"id":2,"code":"B","node_id":2,"qty":2}', '{"id":9,"code":"N","node_id":5,"qty":9}');
SAVEPOINT start;
UPDATE report SET r = pg_temp.import('edited', 'mode => ''insert''');
SELECT is(pg_temp.outcome(r), 'applied', 'insert asks for no confirmation') FROM report;
SELECT is(pg_temp.changes(r), 'shared_kinds skipped 1, nodes skipped 5, items +1 skipped 2, things skipped 2', 'what is there is left alone') FROM report;
SELECT ok(pg_temp.adds_up(r), 'and every row is accounted for') FROM report;
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 1), (2, 2), (3, NULL), (4, 4), (9, 9)', 'only the new row came');
SELECT is(r ->> 'mode', 'insert', 'the report names the mode') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('edited', 'mode => ''merge''');
SELECT is(pg_temp.changes(r), 'items +1 ~1', 'merge updates and inserts') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('edited', 'mode => ''replace'', confirm => ''DELETE''');
SELECT is(pg_temp.changes(r), 'items +1 ~1 -2', 'replace deletes what is absent as well') FROM report;
ROLLBACK TO start;
UPDATE report SET r = pg_temp.import('edited', 'mode => ''upsert''');
SELECT is(r ->> 'error', '22023', 'an unknown mode is refused') FROM report;
SELECT is(r ->> 'message', 'unknown mode "upsert"', 'by name') FROM report;
SELECT is((SELECT to_insert || ' ' || to_update || ' ' || skipped FROM rehydra_preview((SELECT file FROM kept WHERE name = 'edited'), 'insert', '1') WHERE dataset = 'items'),
          '1 0 2', 'the preview knows the mode');

-- A data set may have a mode of its own
UPDATE report SET r = pg_temp.import('edited', 'mode => ''replace'', options => ''{"policy": {"modes": {"items": "merge"}}}''');
SELECT is(pg_temp.changes(r), 'items +1 ~1', 'a policy gives one data set another mode') FROM report;
ROLLBACK TO start;

-- Marks
SELECT pg_temp.keep_edited('marked', 'items', '{"_op":"delete","id":1,"code":"A","node_id":1,"qty":11}', '{"_op":"skip","id":2,"code":"changed","node_id":99,"qty":2}',
                           '{"_op":"update","id":3,"code":"C","node_id":4,"qty":33}', '{"_op":null,"id":4,"code":null,"node_id":null,"qty":44}',
                           '{"_op":" Insert ","id":9,"code":"N","node_id":5,"qty":9}', '{"_op":"delete","id":77,"code":"never","node_id":99,"qty":9}');
SAVEPOINT marked;
UPDATE report SET r = pg_temp.import('marked', 'mode => ''merge''');
SELECT is(r ->> 'status', 'confirmation_required', 'a mark that deletes asks as an absent row does') FROM report;
UPDATE report SET r = pg_temp.import('marked', 'mode => ''merge'', confirm => ''DELETE''');
SELECT is(pg_temp.outcome(r), 'applied', 'confirmed, it is done') FROM report;
SELECT is(pg_temp.changes(r), 'items +1 ~2 -1 skipped 1 marked 2', 'each row as it is marked; the blank one as the mode says') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT results_eq('SELECT id, code, qty FROM items WHERE tenant = 1 ORDER BY id', $$VALUES (2, 'B'::varchar, 2), (3, 'C', 33), (4, NULL, 44), (9, 'N', 9)$$, 'also a skipped row whose reference leads nowhere');
ROLLBACK TO marked;
UPDATE report SET r = pg_temp.import('marked', 'mode => ''insert'', confirm => ''DELETE''');
SELECT is(pg_temp.changes(r), 'shared_kinds skipped 1, nodes skipped 5, items +1 ~1 -1 skipped 2 marked 2, things skipped 2', 'marks count in insert too') FROM report;
ROLLBACK TO marked;
UPDATE report SET r = pg_temp.import('marked', 'mode => ''replace'', confirm => ''DELETE''');
SELECT is(pg_temp.changes(r), 'items +1 ~2 -1 skipped 1 marked 2', 'and in replace, where a skipped row is not taken for absent') FROM report;
ROLLBACK TO marked;

SELECT pg_temp.keep_edited('wrong', 'items', '{"_op":"insert","id":1,"code":"A","node_id":1,"qty":1}', '{"_op":"update","id":50,"code":"Z","node_id":1,"qty":1}',
                           '{"_op":"remove","id":3,"code":"C","node_id":4,"qty":3}');
UPDATE report SET r = pg_temp.import('wrong', 'mode => ''merge''');
SELECT is(r ->> 'status', 'rejected', 'marks that cannot be followed are refused') FROM report;
SELECT results_eq($$SELECT e ->> 'sqlstate', e ->> 'row_key' IS NOT NULL, e ->> 'message' FROM report, jsonb_array_elements(r -> 'errors') AS e$$,
  $$VALUES ('22P02', true, 'data set "items", row 3, column "_op": "remove" is nothing that can be done with a row'),
           ('23505', true, 'data set "items", row 1, column "id": the row is marked "insert", and a row of its key is there already'),
           ('P0002', true, 'data set "items", row 2, column "id": the row is marked "update", and no row of its key is there')$$, 'each by its place');

-- A parent that is marked for deletion is not there for its children
SELECT pg_temp.keep_edited('parents', 'nodes', '{"_op":null,"id":1,"name":"root","parent_id":null,"category":"a","position":1}', '{"_op":"delete","id":2,"name":"left","parent_id":1,"category":"a","position":2}',
                           '{"_op":null,"id":3,"name":"right","parent_id":1,"category":"a","position":3}', '{"_op":null,"id":4,"name":"leaf","parent_id":2,"category":"b","position":1}',
                           '{"_op":null,"id":5,"name":"alone","parent_id":null,"category":"b","position":2}');
SAVEPOINT parents;
UPDATE report SET r = pg_temp.import('parents', 'mode => ''merge'', confirm => ''DELETE''');
SELECT is(r ->> 'status', 'rejected', 'rows below a deleted one are refused') FROM report;
SELECT results_eq($$SELECT e ->> 'message' FROM report, jsonb_array_elements(r -> 'errors') AS e$$,
  $$VALUES ('data set "nodes", row 4, column "parent_id": no row of "Nodes" has the key 2'), ('data set "items", row 2, column "node_id": no row of "Nodes" has the key 2'),
           ('data set "nodes": row 2 cannot be deleted: table shop.items still refers to it. Foreign key "items_node_id_fkey".')$$,
  'in its own data set and in others');
UPDATE report SET r = pg_temp.import('parents', 'mode => ''merge'', confirm => ''DELETE'', options => ''{"policy": {"missing_references": "null"}}''');
SELECT is(pg_temp.outcome(r), 'applied', 'unless the policy blanks them') FROM report;
SELECT results_eq('SELECT id, parent_id FROM nodes WHERE tenant = 1 ORDER BY id', 'VALUES (1, NULL), (3, 1), (4, NULL), (5, NULL)', 'in the tree');
SELECT is((SELECT node_id FROM items WHERE id = 2), NULL, 'and in what hung on it');
SELECT is(r #>> '{warnings,0}', '1 rows of data set "nodes" refer in column "parent_id" to rows of nodes that are not there: imported as blank', 'said with the number of rows') FROM report;
ROLLBACK TO parents;
UPDATE report SET r = pg_temp.import('parents', 'mode => ''merge'', confirm => ''DELETE'', options => ''{"policy": {"references": {"nodes.parent_id": "delete", "items.node_id": "delete"}}}''');
SELECT is(pg_temp.outcome(r), 'applied', 'or takes them away, reference by reference') FROM report;
SELECT is(pg_temp.changes(r), 'nodes -2 marked 2, items -2 marked 2', 'down the tree') FROM report;
SELECT results_eq('SELECT id FROM nodes WHERE tenant = 1 ORDER BY id', 'VALUES (1), (3), (5)', 'nothing is left below');
ROLLBACK TO parents;

-- Orphans
SELECT pg_temp.keep_edited('orphans', 'things', '{"id":1,"kind_id":98,"label":"orphan"}', '{"id":2,"kind_id":2,"label":"of an own kind"}', '{"id":8,"kind_id":99,"label":"new orphan"}');
SAVEPOINT orphans;
UPDATE report SET r = pg_temp.import('orphans', 'mode => ''merge''');
SELECT is(r ->> 'status' || ' ' || (r ->> 'error_count'), 'rejected 2', 'orphans are refused') FROM report;
UPDATE report SET r = pg_temp.import('orphans', 'mode => ''merge'', options => ''{"policy": {"orphans": "skip"}}''');
SELECT is(pg_temp.outcome(r) || ' ' || pg_temp.changes(r), 'unchanged things skipped 2', 'or skipped') FROM report;
SELECT is(r #>> '{warnings,0}', '2 rows of data set "things" refer in column "kind_id" to rows of shared_kinds that are not there: left out', 'and said') FROM report;
UPDATE report SET r = pg_temp.import('orphans', 'mode => ''merge'', options => ''{"policy": {"orphans": "attach"}}''');
SELECT is(r ->> 'error', '22023', 'or attached: to a row that has to be named') FROM report;
UPDATE report SET r = pg_temp.import('orphans', 'mode => ''merge'', options => ''{"policy": {"orphans": "attach", "attach_to": {"shared_kinds": 3}}}''');
SELECT is(r ->> 'error', '22023', 'and is not another customer''s') FROM report;
UPDATE report SET r = pg_temp.import('orphans', 'mode => ''merge'', options => ''{"policy": {"orphans": "attach", "attach_to": {"shared_kinds": 2}}}''');
SELECT is(pg_temp.outcome(r), 'applied', 'then they are') FROM report;
SELECT results_eq('SELECT id, kind_id FROM things WHERE tenant = 1 ORDER BY id', 'VALUES (1, 2), (2, 2), (8, 2)', 'to that row');
ROLLBACK TO orphans;

-- Policies that are not understood
SELECT is(pg_temp.import('edited', $$options => '{"policy": {"orphans": "adopt"}}'$$) ->> 'message', 'unknown policy "orphans" choice "adopt"', 'an unknown choice is refused');
SELECT is(pg_temp.import('edited', $$options => '{"policy": {"orphan": "skip"}}'$$) ->> 'message', 'unknown policy "orphan"', 'an unknown policy too');
SELECT is(pg_temp.import('edited', $$options => '{"policy": {"references": {"things.kind_id": "null"}}}'$$) ->> 'error', '22023', 'NULL is not for columns that take none');

-- Left out rows leave others behind: on_error
SELECT pg_temp.keep_edited('bad', 'nodes', '{"id":1,"name":"root","parent_id":null,"category":"a","position":1}', '{"id":2,"name":"left","parent_id":1,"category":"a","position":"second"}',
                           '{"id":3,"name":"right, changed","parent_id":1,"category":"a","position":3}', '{"id":5,"name":"alone","parent_id":null,"category":"b","position":2}',
                           '{"id":30,"name":"new","parent_id":1,"category":null,"position":7}', '{"id":31,"name":"below","parent_id":30,"category":"c","position":8}',
                           '{"id":32,"name":"further below","parent_id":31,"category":"c","position":9}', '{"id":4,"name":"leaf","parent_id":2,"category":"b","position":1}');
SAVEPOINT bad;
UPDATE report SET r = pg_temp.import('bad', 'mode => ''merge'', on_error => ''skip''');
SELECT is(r ->> 'status', 'applied_with_rejects', 'rows that are wrong are left out where the call says so') FROM report;
SELECT is(pg_temp.changes(r), 'nodes ~1 rejected 4', 'with all that hangs on new ones; what hangs on stored ones stays') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
SELECT is((SELECT name FROM nodes WHERE id = 3), 'right, changed', 'the rest is done');
ROLLBACK TO bad;
UPDATE report SET r = pg_temp.import('bad', 'mode => ''merge'', on_error => ''skip'', options => ''{"policy": {"reject_limit": 3}}''');
SELECT is(r ->> 'status', 'rejected', 'too many rejects are refused') FROM report;
UPDATE report SET r = pg_temp.import('bad', 'mode => ''merge''');
SELECT is(r ->> 'status', 'rejected', 'and by default one is') FROM report;
SELECT * FROM finish();
ROLLBACK;
