-- Errors say which row and which value they are about, whichever step finds them; names that policies give are known ones.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(22);
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public;
CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer VALUES (1, 'One');
CREATE TABLE node (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, parent_id int REFERENCES node, name text NOT NULL, weight int CHECK (weight < 100),
  code text UNIQUE, CONSTRAINT short CHECK (length(name) < 500));
INSERT INTO node VALUES (1, 1, NULL, 'a', 1, 'A'), (2, 1, 1, 'b', 2, 'B'), (3, 1, 1, 'c', 3, 'C');
SELECT count(*) FROM rehydra_register_schema('shop', tenant_column => 'customer_id') \g /dev/null
CREATE TEMPORARY TABLE file AS SELECT convert_from(rehydra_export('1', format => 'json'), 'UTF8')::jsonb AS content;
-- Sets members of the file's rows: {"0": {"weight": 5}}; a key behind the last adds a row.
CREATE FUNCTION pg_temp.edited(edits jsonb) RETURNS bytea LANGUAGE sql AS $$
  SELECT convert_to(jsonb_set(content, '{datasets,node}', (
    SELECT jsonb_agg(COALESCE(content #> ARRAY['datasets', 'node', n::text], '{"id": null, "parent_id": null, "name": null, "weight": null, "code": null}') || COALESCE(edits -> n::text, '{}') ORDER BY n)
    FROM generate_series(0, GREATEST(2, (SELECT max(k::int) FROM jsonb_object_keys(edits) k))) n))::text, 'UTF8') FROM file
$$;
CREATE FUNCTION pg_temp.errors(edits jsonb, arguments text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
BEGIN
  EXECUTE 'SELECT rehydra_import($1, customer_id => ''1''' || arguments || ')' INTO report USING pg_temp.edited(edits);
  RETURN (SELECT string_agg(concat_ws('|', COALESCE(e.row_key, '-'), COALESCE(e.column_name, '-'), COALESCE(e.value, '-'), e.sqlstate), ' ')
          FROM rehydra_errors((report ->> 'operation_id')::uuid) e);
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT is(pg_temp.errors('{}'), NULL, 'an unedited file has none');
SELECT is(pg_temp.errors('{"1": {"parent_id": 77}}'), '2|parent_id|77|23503', 'a reference that leads nowhere: key and value');
SELECT is(pg_temp.errors('{"1": {"weight": 100}}'), '2|weight|100|23514', 'a CHECK');
SELECT is(pg_temp.errors('{"1": {"code": "C"}, "2": {"code": "C"}}'), '2|code|C|23505', 'a unique value that stands twice');
SELECT is(pg_temp.errors('{"1": {"code": "C"}}', $$, mode => 'merge', datasets => '{node}', selection => '{"node": [2]}'$$), '2|code|C|23505', 'one that a stored row holds');
SELECT is(pg_temp.errors('{"2": {"id": 2}}'), '2|id|2|23505', 'a key that stands twice');
SELECT is(pg_temp.errors('{"1": {"name": null}}'), '2|name|-|23502', 'a blank cell: the key, and no value');
SELECT is(pg_temp.errors('{"1": {"weight": "heavy"}}'), '2|weight|heavy|22P02', 'a cell that cannot be read: its row''s key');
SELECT matches(pg_temp.errors('{"1": {"id": "two"}}'), '^-\|id\|two\|22P02', 'a key that cannot be read is none');
SELECT is(pg_temp.errors(jsonb_build_object('1', jsonb_build_object('name', repeat('é', 600)))), '2|name|' || repeat('é', 100) || '...|23514', 'long values are cut, never inside of a character');

-- Names
SELECT is(pg_temp.errors('{}', $$, options => '{"policy": {"modes": {"nodes": "merge"}}}'$$), '22023 policy "modes" names data set "nodes", which is not registered', 'an unknown data set in modes');
SELECT is(pg_temp.errors('{}', $$, options => '{"policy": {"attach_to": {"nodes": "1"}}}'$$), '22023 policy "attach_to" names data set "nodes", which is not registered', 'in attach_to');
SELECT is(pg_temp.errors('{}', $$, options => '{"policy": {"references": {"nodes.parent_id": "null"}}}'$$), '22023 policy "references" names "nodes.parent_id", which is no data set''s reference ("data set.column")', 'in references');
SELECT is(pg_temp.errors('{}', $$, options => '{"policy": {"references": {"node.name": "null"}}}'$$), '22023 policy "references" names reference "node.name", which is not there', 'a column that refers to nothing');
SELECT is(pg_temp.errors('{}', $$, options => '{"policy": {"references": {"node.parent_id": "null"}, "modes": {"node": "merge"}, "attach_to": {"node": "1"}}}'$$), NULL, 'those that are there are taken');
SELECT throws_ok($$SELECT rehydra_set_policy('1', '{"modes": {"nodes": "merge"}}')$$, '22023', 'policy "modes" names data set "nodes", which is not registered', 'a customer''s own policy neither');

-- Rows that an insert leaves alone may refer to what is not there.
SELECT is(pg_temp.errors('{"1": {"parent_id": 77}}', $$, mode => 'insert'$$), NULL, 'an insert leaves a stored row, wherever the file''s refers to');
SELECT is(pg_temp.errors('{"3": {"id": 4, "name": "d", "parent_id": 77}}', $$, mode => 'insert', dry_run => true$$), '4|parent_id|77|23503', 'a new one has to lead somewhere');
UPDATE rehydra.datasets SET match_keys = '[["code"]]' WHERE dataset = 'node';
SELECT is(pg_temp.errors('{"1": {"id": 9, "parent_id": 77}}', $$, mode => 'insert'$$), NULL, 'nor one that its match key finds');
SELECT is(pg_temp.errors('{"1": {"id": 9, "code": "N", "parent_id": 77}}', $$, mode => 'insert'$$), '9|parent_id|77|23503', 'one that no match key finds is new');
SELECT is((SELECT count(*) FROM node), 3::bigint, 'and none of these was written');
SELECT is((SELECT string_agg(id || '>' || COALESCE(parent_id, 0), ',' ORDER BY id) FROM node), '1>0,2>1,3>1', 'or changed');
SELECT * FROM finish();
ROLLBACK;
