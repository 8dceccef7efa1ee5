-- Rows of a customer of whom the tables hold none: what comes of a file is the same as where one row of each table is there and goes or stays,
-- whatever the file's rows need: keys given out, taken keys, references that are emptied, rows left out, every mode.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(29);
\ir import_shop.psql
\ir import_edit.psql
CREATE DOMAIN short AS text CHECK (length(VALUE) < 20) NOT NULL;
ALTER TABLE things ADD COLUMN note short DEFAULT 'none', ADD COLUMN stock int NOT NULL DEFAULT 7;
UPDATE things SET note = 'of ' || id;
DELETE FROM rehydra.sheets WHERE dataset = 'things';
SELECT rehydra.add_sheet('shop', 'things', 'Things', '[{"header": "ID", "column": "id"}, {"header": "Kind", "column": "kind_id"}, {"header": "Label", "column": "label"},
                                                       {"header": "Note", "column": "note"}, {"header": "Stock", "column": "stock"}]');
SELECT pg_temp.keep('first');

-- Imports a file into tables without rows of customer 1, or with one each that no file has: what is there then, what the report counts and
-- says, as jsonb; taken back.
CREATE FUNCTION pg_temp.attempt(name text, arguments text, stray boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
  answer text;
BEGIN
  DELETE FROM shop.things WHERE tenant = 1;
  DELETE FROM shop.items WHERE tenant = 1;
  DELETE FROM shop.nodes WHERE tenant = 1;
  DELETE FROM shop.shared_kinds WHERE tenant = 1;
  IF stray THEN
    INSERT INTO shop.shared_kinds VALUES (90, 1, 'stray');
    INSERT INTO shop.nodes VALUES (90, 1, 'stray', NULL, 'stray', 90);
    INSERT INTO shop.items VALUES (90, 1, 'stray', NULL, 90);
    INSERT INTO shop.things VALUES (90, 1, 90, 'stray');
  END IF;
  PERFORM setval(pg_get_serial_sequence('shop.' || t, 'id'), 100) FROM unnest('{shared_kinds,nodes,items,things}'::text[]) AS t;
  report := pg_temp.import(name, arguments || CASE WHEN arguments ~ 'options' THEN '' ELSE ', options => ''{"max_delete": 1}''' END);
  answer := jsonb_build_object(
    'status', report -> 'status', 'error', report -> 'error', 'message', report -> 'message',
    'errors', (SELECT jsonb_agg(e - 'row' ORDER BY e::text) FROM jsonb_array_elements(report -> 'errors') AS e),
    'ids', report -> 'ids_changed', 'adds_up', pg_temp.adds_up(report),
    'counts', (SELECT jsonb_agg(jsonb_build_object(d ->> 'name', concat_ws(' ', d ->> 'in_file', d ->> 'inserted', d ->> 'updated', d ->> 'unchanged', d ->> 'skipped', d ->> 'rejected')))
               FROM jsonb_array_elements(report -> 'datasets') AS d),
    'theirs', pg_temp.rows(2),
    'rows', (SELECT string_agg(line, E'\n') FROM regexp_split_to_table(pg_temp.rows(1), '\n') AS line WHERE line !~ 'stray'));
  RAISE EXCEPTION USING ERRCODE = 'RH000', MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'RH000' THEN
  RETURN SQLERRM::jsonb;
END
$$;
-- What the new rows come to; and whether it is the same either way.
CREATE TEMP TABLE seen (n int GENERATED ALWAYS AS IDENTITY, alone jsonb, beside jsonb);
CREATE FUNCTION pg_temp.status(name text, arguments text DEFAULT 'confirm => ''DELETE''') RETURNS text LANGUAGE sql AS $$
  INSERT INTO seen (alone, beside) VALUES (pg_temp.attempt(name, arguments, false), pg_temp.attempt(name, arguments, true))
  RETURNING concat_ws(' ', alone ->> 'status', alone ->> 'error', alone ->> 'message')
$$;
CREATE FUNCTION pg_temp.alike(what text) RETURNS text LANGUAGE sql AS $$
  SELECT is(alone, beside, what) FROM seen ORDER BY n DESC LIMIT 1
$$;

SELECT is(pg_temp.status('first'), 'applied', 'a file of a customer without rows is imported');
SELECT is((SELECT alone ->> 'rows' FROM seen), pg_temp.rows(1), 'and all rows are what they were');
SELECT pg_temp.alike('as beside a row that goes');
SELECT is(pg_temp.status('first', 'mode => ''merge'''), 'applied', 'in mode merge too');
SELECT pg_temp.alike('as beside a row that stays');
SELECT is(pg_temp.status('first', 'mode => ''insert'''), 'applied', 'and insert');
SELECT pg_temp.alike('as beside a row that stays, too');
SELECT is(pg_temp.status('first', 'dry_run => true, confirm => ''DELETE'''), 'previewed', 'a dry run counts the same');
SELECT pg_temp.alike('either way');

-- Keys: none, somebody else's, and references to them
SELECT pg_temp.keep_patched('blank', 'items', 'id', '{"3": {"id": null}}');
SELECT is(pg_temp.status('blank'), 'applied', 'a row without a key gets one');
SELECT pg_temp.alike('as beside another');
SELECT pg_temp.keep_patched('taken', 'nodes', 'id', '{"2": {"id": 20}, "4": {"parent_id": 20}}');
SELECT pg_temp.keep_patched('taken', 'items', 'id', '{"2": {"node_id": 20}, "4": {"id": 20}}');
SELECT is(pg_temp.status('taken'), 'applied', 'rows whose keys another customer has get others');
SELECT isnt((SELECT alone -> 'ids' FROM seen ORDER BY n DESC LIMIT 1), '[]', 'which the report tells');
SELECT pg_temp.alike('as beside other rows');

-- Values: blank where the database has a default, or none; too long for a domain
SELECT pg_temp.keep_patched('defaults', 'things', 'id', '{"1": {"stock": null, "label": null}}');
SELECT is(pg_temp.status('defaults'), 'applied', 'a blank cell takes the column''s default where it must have a value');
SELECT matches((SELECT alone ->> 'rows' FROM seen ORDER BY n DESC LIMIT 1), 'thing \(1,1,1,,"of 1",7\)', 'which is there then');
SELECT pg_temp.alike('as beside another row');
SELECT pg_temp.keep_patched('null', 'nodes', 'id', '{"3": {"position": null}}');
SELECT is(pg_temp.status('null'), 'rejected', 'one without a default is refused');
SELECT pg_temp.alike('with the same errors');
SELECT is(pg_temp.status('null', 'on_error => ''skip'', confirm => ''DELETE'''), 'applied_with_rejects', 'or its row left out');
SELECT pg_temp.alike('as beside another row, too');

-- References that lead nowhere
SELECT pg_temp.keep_patched('astray', 'items', 'id', '{"2": {"node_id": 77}, "3": {"node_id": 21}}');
SELECT is(pg_temp.status('astray'), 'rejected', 'references to no row, and to another customer''s, are refused');
SELECT pg_temp.alike('with the same errors, too');
SELECT is(pg_temp.status('astray', 'confirm => ''DELETE'', options => ''{"max_delete": 1, "policy": {"missing_references": "null"}}'''), 'applied', 'or emptied');
SELECT pg_temp.alike('as beside others');
SELECT pg_temp.keep_patched('twice', 'items', 'id', '{"2": {"id": 1}}');
SELECT is(pg_temp.status('twice'), 'rejected', 'two rows of one key are refused');
SELECT pg_temp.alike('either way, too');

-- What a preview promised
DELETE FROM things WHERE tenant = 1; DELETE FROM items WHERE tenant = 1; DELETE FROM nodes WHERE tenant = 1; DELETE FROM shared_kinds WHERE tenant = 1;
SELECT is((SELECT count(*) || ' ' || min(action) || ' ' || max(action) FROM rehydra_diff((SELECT file FROM kept WHERE name = 'first'), customer_id => '1')), '12 insert insert', 'the diff lists each new row');
SELECT is((SELECT sum(to_insert) FROM rehydra_preview((SELECT file FROM kept WHERE name = 'first'), customer_id => '1')), 12::numeric, 'the preview counts them');

SELECT * FROM finish();
ROLLBACK;
