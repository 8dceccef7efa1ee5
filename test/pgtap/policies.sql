-- Named policies: who may write them, which layer wins, and what their effects do to an import, in a model that is no preset.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(76);
\ir import_shop.psql
\ir import_edit.psql
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
CREATE FUNCTION pg_temp.policy(given jsonb, profile text DEFAULT NULL, customer text DEFAULT '1') RETURNS jsonb LANGUAGE sql AS $$
  SELECT rehydra.effective_policy('shop', customer, profile, given)
$$;
CREATE FUNCTION pg_temp.warnings(report jsonb) RETURNS SETOF text LANGUAGE sql AS $$ SELECT jsonb_array_elements_text(report -> 'warnings') $$;

-- What a model has
SELECT is(pg_temp.policy('{"orphans": "skip"}'), '{"orphans": "skip"}'::jsonb, 'without named policies the call''s are all there is');
SELECT lives_ok($$SELECT rehydra_add_policy('counts', 'keep', '{}', true, 'as the file has them', 'shop')$$, 'a policy');
SELECT lives_ok($$SELECT rehydra_add_policy('counts', 'clear', '{"adjust": [{"dataset": "items", "where": "qty > 1", "set": {"qty": "0"}, "says": "were set to zero"}]}', model => 'shop')$$, 'its other choice');
SELECT lives_ok($$SELECT rehydra_add_policy('nodes', 'merge', '{"modes": {"nodes": "merge"}, "references": {"nodes.parent": "null"}}', model => 'shop')$$, 'a second policy');
SELECT lives_ok($$SELECT rehydra_add_policy('nodes', 'replace', model => 'shop')$$, 'with an empty effect');
SELECT lives_ok($$SELECT rehydra_add_profile('careful', '{"nodes": "merge", "conflicts": "reject", "modes": {"items": "insert"}, "match": {"items": ["code"]}}', model => 'shop')$$, 'a profile');
SELECT throws_ok($$SELECT rehydra_add_policy('orphans', 'x', model => 'shop')$$, '22023', NULL, 'no policy takes the name of one that all models have');
SELECT throws_ok($$SELECT rehydra_add_policy('x', 'y', '{"what": 1}', model => 'shop')$$, '22023', 'unknown effect "what"', 'nor an effect that does not exist');
SELECT throws_ok($$SELECT rehydra_add_policy('x', 'y', '{"after": ["shop.nothing"]}', model => 'shop')$$, '42883', NULL, 'nor a function that does not');
SELECT throws_ok($$SELECT rehydra_add_policy('x', 'y', '{"adjust": [{"dataset": "items", "where": "true", "set": {"colour": "1"}, "says": "x"}]}', model => 'shop')$$, '42703', NULL, 'nor a column');
SELECT throws_ok($$SELECT rehydra_add_profile('x', '{"nodes": "maybe"}', model => 'shop')$$, '22023', 'policy "nodes" has no choice "maybe"', 'a profile chooses what is there');
SELECT throws_ok($$SELECT rehydra_add_profile('x', '{"adjust": []}', model => 'shop')$$, '22023', 'unknown policy "adjust"', 'and brings no effects of its own');

-- Layers
SELECT is(pg_temp.policy('{}'), '{}'::jsonb, 'the defaults');
SELECT is(pg_temp.policy('{}', 'careful'), '{"modes": {"nodes": "merge", "items": "insert"}, "references": {"nodes.parent": "null"}, "conflicts": "reject", "match": {"items": ["code"]}}'::jsonb, 'a profile');
SELECT is(pg_temp.policy('{"nodes": "replace", "modes": {"items": "merge"}, "match": {"nodes": ["name"]}}', 'careful'),
  '{"modes": {"items": "merge"}, "conflicts": "reject", "match": {"items": ["code"], "nodes": ["name"]}}'::jsonb, 'the call wins, choice by choice and data set by data set');
SELECT is(pg_temp.policy('{"modes": {"nodes": "insert"}}', 'careful') -> 'modes', '{"nodes": "insert", "items": "insert"}'::jsonb, 'also over the effect of a named policy');
SELECT throws_ok($$SELECT pg_temp.policy('{"adjust": []}')$$, '22023', 'unknown policy "adjust"', 'a call brings no SQL');
SELECT throws_ok($$SELECT pg_temp.policy('{"after": ["shop.f"]}')$$, '22023', 'unknown policy "after"', 'and no function');
SELECT throws_ok($$SELECT pg_temp.policy('{}', 'bold')$$, '22023', 'model "shop" has no profile "bold"', 'an unknown profile is refused');
SELECT is(pg_temp.policy('{"counts": {"clear": [1]}}') -> 'adjust' -> 0 -> 'only', '[1]'::jsonb, 'some rows are chosen for one by one');
SELECT is((SELECT jsonb_agg(a -> 'except') FROM jsonb_array_elements(pg_temp.policy('{"counts": {"keep": ["A"], "clear": true}}') -> 'adjust') AS a), '[["A"]]'::jsonb, 'or left out of what the rest does');
SELECT throws_ok($$SELECT pg_temp.policy('{"nodes": {"merge": [1], "replace": true}}')$$, '22023', 'policy "nodes" is not for single rows', 'a mode is not for single rows');

-- A customer's own
SELECT is((SELECT rehydra_set_policy('1', '{"profile": "careful", "orphans": "skip"}') IS NOT NULL), true, 'an operator gives a customer its own');
SELECT is(pg_temp.policy('{}') -> 'orphans', '"skip"'::jsonb, 'they count without being asked for');
SELECT is(pg_temp.policy('{"orphans": "reject"}') ->> 'orphans', 'reject', 'the call wins over them');
SELECT is(pg_temp.policy('{}') -> 'conflicts', '"reject"'::jsonb, 'with the profile that they name');
SELECT is(pg_temp.policy('{}', customer => '2'), '{}'::jsonb, 'another customer has none');
SELECT results_eq($$SELECT kind, customer_id, options -> 'settings' FROM rehydra.activity_log WHERE kind = 'policy'$$, $$VALUES ('policy', '1', '{"profile": "careful", "orphans": "skip"}'::jsonb)$$, 'the log has it');
SELECT throws_ok($$SELECT rehydra_set_policy('1', '{"orphan": "skip"}')$$, '22023', 'unknown policy "orphan"', 'what is not understood is refused');
SELECT throws_ok($$SELECT rehydra_set_policy('1', '{"after": ["shop.f"]}')$$, '22023', NULL, 'and what is not a choice');
SELECT is((SELECT rehydra_set_policy('1', '{}') IS NOT NULL), true, 'nothing is the default again');
SELECT is(pg_temp.policy('{}'), '{}'::jsonb, 'as before');
SET LOCAL rehydra.tenant = '1';
SET LOCAL ROLE test_app;
SELECT throws_ok($$SELECT rehydra_set_policy('1', '{"orphans": "skip"}')$$, '42501', NULL, 'a customer does not set its own');
SELECT throws_ok($$SELECT * FROM rehydra.tenant_policies$$, '42501', NULL, 'nor read them');
RESET ROLE;
SET LOCAL rehydra.tenant = '';
CREATE ROLE test_registrar IN ROLE rehydra_registrar;
SET LOCAL ROLE test_registrar;
SELECT throws_ok($$SELECT rehydra_add_policy('counts', 'keep', '{}', true, NULL, 'shop')$$, '42501', NULL, 'who does not own the tables writes no policy');
SELECT throws_ok($$SELECT rehydra_add_profile('careful', '{}', NULL, 'shop')$$, '42501', NULL, 'and no profile');
RESET ROLE;

-- Rows that are adjusted
SELECT pg_temp.keep('first');
UPDATE items SET qty = 100 WHERE tenant = 1;
SAVEPOINT adjusted;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"counts": "clear"}}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'an import with an adjustment') FROM report;
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 1), (2, 0), (3, NULL), (4, 0)', 'rows that its condition means, and they alone');
SELECT results_eq('SELECT * FROM report, pg_temp.warnings(r)', $$SELECT r, '2 rows of sheet "Items" were set to zero: 2, 4' FROM report$$, 'it says so, with their keys');
SELECT is(pg_temp.import('first', $$options => '{"policy": {"counts": "clear"}}'$$) ->> 'status', 'unchanged', 'once more has nothing to do');
ROLLBACK TO adjusted;
UPDATE rehydra.datasets SET match_keys = '[["code"]]' WHERE model = 'shop' AND dataset = 'items';
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"counts": {"clear": ["B"]}}}'$$);
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 1), (2, 0), (3, NULL), (4, 4)', 'only the named row, by a match key');
ROLLBACK TO adjusted;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"counts": {"keep": [2], "clear": true}}}'$$);
SELECT results_eq('SELECT id, qty FROM items WHERE tenant = 1 ORDER BY id', 'VALUES (1, 1), (2, 2), (3, NULL), (4, 0)', 'all but the named one, by its key');
ROLLBACK TO adjusted;
SELECT is(pg_temp.import('first', $$options => '{"policy": {"counts": {"clear": ["nobody"]}}}'$$) ->> 'error', '22023', 'a row that the file lacks is refused');
SELECT is(pg_temp.import('first', $$options => '{"policy": {"counts": {"clear": ["x'' OR true --"]}}}'$$) ->> 'error', '22023', 'a key is a value, never SQL');
SELECT is((SELECT sum(to_update) FROM rehydra_preview((SELECT file FROM kept WHERE name = 'first'), customer_id => '1', options => '{"policy": {"counts": "clear"}}')), 4::numeric, 'the preview shows the same plan');

-- Functions that are called afterwards
CREATE TABLE notes (id serial PRIMARY KEY, operation uuid, who name);
GRANT INSERT ON notes TO rehydra_worker;
GRANT USAGE ON SEQUENCE notes_id_seq TO rehydra_worker;
CREATE FUNCTION shop.recount(customer text, operation uuid) RETURNS SETOF text LANGUAGE plpgsql SET search_path = shop, pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO notes (operation, who) VALUES (operation, current_user);
  DELETE FROM items WHERE qty = 4;
  RETURN NEXT 'recounted ' || customer || ': ' || (SELECT count(*) FROM items);
END
$$;
SELECT rehydra_add_policy('recount', 'yes', '{"after": ["shop.recount"]}', model => 'shop');
SELECT rehydra_add_policy('recount', 'broken', '{"after": ["shop.recount", "shop.broken"]}', model => 'shop') FROM (SELECT) AS one
WHERE false;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"recount": "yes"}}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'an import that calls a function') FROM report;
SELECT is(r -> 'warnings' ->> 0, 'recounted 1: 3', 'it sees this customer''s rows alone, and what it says is in the report') FROM report;
SELECT is((SELECT who FROM notes), 'rehydra_worker'::name, 'it runs as the acting role');
SELECT is((SELECT operation::text FROM notes), r ->> 'operation_id', 'and knows the operation') FROM report;
SELECT is(r -> 'side_effects', '[{"table": "\"shop\".\"items\"", "deleted": 1, "by": "shop.recount"}, {"table": "\"shop\".\"notes\"", "inserted": 1, "by": "shop.recount"}]'::jsonb,
  'what it changed is counted by the server, and said') FROM report;
SELECT is((SELECT d ->> 'after' FROM jsonb_array_elements(r -> 'datasets') AS d WHERE d ->> 'name' = 'items'), '3', 'the rows that are there afterwards are counted') FROM report;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"recount": "yes"}}', dry_run => true$$);
SELECT is(r ->> 'status', 'previewed', 'a dry run calls it too') FROM report;
SELECT is((SELECT count(*) FROM notes), 1::bigint, 'and takes back what it did');
ROLLBACK TO adjusted;
CREATE FUNCTION shop.broken(customer text, operation uuid) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no score'; END $$;
SELECT rehydra_add_policy('recount', 'broken', '{"after": ["shop.broken"]}', model => 'shop');
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"recount": "broken"}}'$$);
SELECT is(pg_temp.outcome(r), 'failed no score', 'one that fails fails the import') FROM report;
SELECT is((SELECT sum(qty) FROM items WHERE tenant = 1), 400::bigint, 'and nothing is kept');
DROP FUNCTION shop.broken(text, uuid);
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"recount": "broken"}}'$$);
SELECT is(r ->> 'status', 'rejected', 'so does one that is gone') FROM report;
ROLLBACK TO adjusted;

-- Rows that a file does not change
SELECT rehydra_add_policy('kinds', 'fixed', '{"fixed": {"items": "reject"}}', model => 'shop');
SELECT rehydra_add_policy('kinds', 'kept', '{"fixed": {"items": "keep"}}', model => 'shop');
UPDATE items SET qty = id WHERE tenant = 1 AND id > 1;
INSERT INTO items VALUES (60, 1, 'Z', 1, 1);
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"kinds": "fixed"}}'$$);
SELECT is(r ->> 'status', 'rejected', 'a file that differs is rejected') FROM report;
SELECT is(r #>> '{errors,0,message}', 'sheet "Items", cell D2, column "Quantity": the file says 1, and the database 100, which imports do not change', 'with the cell and both values') FROM report;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"kinds": "fixed"}}', on_error => 'skip'$$);
SELECT is(r ->> 'status', 'rejected', 'also where rows that are wrong may be left out') FROM report;
SELECT pg_temp.keep_edited('marked', 'items', '{"_op":"delete","id":2,"code":"B","node_id":2,"qty":2}', '{"_op":null,"id":3,"code":"C","node_id":4,"qty":3}');
UPDATE report SET r = pg_temp.import('marked', $$mode => 'merge', confirm => 'DELETE', options => '{"policy": {"kinds": "kept"}}'$$);
SELECT is((SELECT count(*) FROM items WHERE id = 2), 1::bigint, 'a mark does not delete one either');
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"kinds": "kept"}}'$$);
SELECT is(r ->> 'status', 'unchanged', 'or what is there stays') FROM report;
SELECT is(r -> 'warnings' ->> 0, 'sheet "Items", column "Quantity": the file says 1, and the database 100, which imports do not change: left as it is', 'with a warning') FROM report;
SELECT ok(pg_temp.adds_up(r), 'counts add up') FROM report;
DELETE FROM items WHERE tenant = 1;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"kinds": "fixed"}}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'where there are none they come in') FROM report;
ROLLBACK TO adjusted;

-- Changes that are listed
SELECT rehydra_add_policy('listing', 'on', '{"list_changes": {"items": ["qty", "code"]}}', model => 'shop');
UPDATE report SET r = pg_temp.import('first', $$mode => 'merge', options => '{"policy": {"listing": "on"}}'$$);
SELECT results_eq('SELECT w FROM report, pg_temp.warnings(r) AS w ORDER BY 1 LIMIT 2',
  $$VALUES ('sheet "Items", 1: the database says Quantity 100, the file Quantity 1'), ('sheet "Items", 2: the database says Quantity 100, the file Quantity 2')$$, 'both values of each') FROM report;

ROLLBACK TO adjusted;

-- Triggers that change more than the file says
CREATE TABLE trail (id serial PRIMARY KEY, item int);
CREATE FUNCTION shop.note_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO shop.trail (item) VALUES (NEW.id); RETURN NULL; END $$;
CREATE TRIGGER note_item AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION shop.note_item();
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"triggers": "refuse"}}'$$);
SELECT is(r ->> 'status', 'rejected', 'an import whose triggers do more is refused') FROM report;
SELECT is(r #>> '{errors,0,sqlstate}', '27000', 'by an SQLSTATE of its own') FROM report;
SELECT is(r -> 'side_effects', '[{"table": "\"shop\".\"trail\"", "inserted": 4}]'::jsonb, 'it says what they did') FROM report;
SELECT is((SELECT sum(qty) FROM items WHERE tenant = 1), 400::bigint, 'nothing is kept of the file');
SELECT is((SELECT count(*) FROM trail), 0::bigint, 'and nothing of the triggers');
SELECT is((SELECT count(*) FROM rehydra.snapshots WHERE customer_id = '1' AND model = 'shop'), 0::bigint, 'nor a snapshot');
SELECT is((SELECT outcome FROM rehydra.activity_log WHERE operation_id = (SELECT (r ->> 'operation_id')::uuid FROM report)), 'rejected', 'the log says so');
SELECT is(pg_temp.import('first', $$options => '{"policy": {"triggers": "refuse"}}', dry_run => true$$) ->> 'status', 'rejected', 'a dry run shows it');
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"triggers": "report"}}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'where they are only reported it is applied') FROM report;
SELECT is((SELECT count(*) FROM trail), 4::bigint, 'with what they did');
ROLLBACK TO adjusted;
UPDATE report SET r = pg_temp.import('first', $$options => '{"policy": {"triggers": "refuse"}}'$$);
SELECT is(pg_temp.outcome(r), 'applied', 'an import without side effects is not refused') FROM report;

ROLLBACK;
