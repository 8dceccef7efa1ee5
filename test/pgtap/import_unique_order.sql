-- rehydra_import: unique values that rows hand to each other, and values that stand twice: written in an order that works, with no value of
-- another column touched, or rejected by the cell before anything happens.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(40);
\ir import_shop.psql
ALTER TABLE nodes ADD COLUMN updated_at timestamptz DEFAULT '2024-01-01', ADD COLUMN abbreviation varchar(3), ADD CONSTRAINT one_abbreviation UNIQUE (tenant, abbreviation);
SELECT rehydra.add_sheet('shop', 'nodes', 'Nodes', '[{"header": "ID", "column": "id"}, {"header": "Name", "column": "name"}, {"header": "Parent", "column": "parent_id"},
  {"header": "Category", "column": "category"}, {"header": "Position", "column": "position"}, {"header": "Abbreviation", "column": "abbreviation"}, {"header": "Updated", "column": "updated_at"}]');
UPDATE nodes SET abbreviation = 'n' || id WHERE tenant = 1;
SELECT pg_temp.keep('first');
CREATE TEMP TABLE at_first AS SELECT pg_temp.rows(1) AS one, pg_temp.rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
-- Nodes' columns that a file holds, without what a trigger may touch.
CREATE FUNCTION pg_temp.places() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws('|', id, name, parent_id, category, position, abbreviation), E'\n' ORDER BY id) FROM shop.nodes WHERE tenant = 1
$$;
CREATE TEMP TABLE places AS SELECT pg_temp.places() AS one;
-- Three nodes hand their places on; two exchange them.
CREATE FUNCTION pg_temp.turn() RETURNS void LANGUAGE sql AS $$
  UPDATE shop.nodes SET position = position + 100 WHERE tenant = 1;
  UPDATE shop.nodes SET position = CASE id WHEN 1 THEN 2 WHEN 2 THEN 3 WHEN 3 THEN 1 WHEN 4 THEN 2 ELSE 1 END WHERE tenant = 1;
$$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := '2030-01-01'; RETURN NEW; END $$;

-- Positions within a category
SAVEPOINT start;
SELECT pg_temp.turn();
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'positions that rows hand to each other, within a category');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'are what the file says, and so is every other value');
SELECT pg_temp.turn();
CREATE TRIGGER touch BEFORE UPDATE ON nodes FOR EACH ROW EXECUTE FUNCTION touch();
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'also where a trigger touches a column of each row') FROM report;
SELECT is(pg_temp.places(), (SELECT one FROM places), 'category and position are what the file says');
SELECT is(r -> 'side_effects' -> 0 ->> 'column', 'updated_at', 'the column that the trigger touched is named') FROM report;
SELECT ok(NOT jsonb_path_exists(r -> 'side_effects', '$[*] ? (@.column != "updated_at")'), 'and no other') FROM report;
ROLLBACK TO start;
ALTER TABLE nodes ADD CONSTRAINT counted CHECK (position > 0);
SELECT pg_temp.turn();
CREATE TEMP TABLE turned AS SELECT pg_temp.rows(1) AS one;
UPDATE report SET r = pg_temp.import();
SELECT matches(pg_temp.outcome(r), '^(applied$|rejected .*sheet "Nodes", cell E\d, column "Position")', 'where positions must be above zero, they are exchanged, or rejected by the cell') FROM report;
SELECT is(pg_temp.rows(1), (SELECT CASE r ->> 'status' WHEN 'applied' THEN at_first.one ELSE turned.one END FROM report, at_first, turned), 'all of them or none');
UPDATE nodes SET position = position + 100 WHERE tenant = 1 AND category = 'a';
UPDATE nodes SET position = position + 100 WHERE tenant = 1 AND category = 'b';
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'in two steps it goes: with other positions between');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'exactly');
UPDATE nodes SET position = position + 1 WHERE tenant = 1 AND category = 'a' AND id = 3;
UPDATE nodes SET position = position + 1 WHERE tenant = 1 AND category = 'a' AND id = 2;
UPDATE nodes SET position = position + 1 WHERE tenant = 1 AND category = 'a' AND id = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a chain of positions needs nothing between');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'it is taken from its free end');
ROLLBACK TO start;

-- A row of one category exchanges its place with a row of another: both columns change.
UPDATE nodes SET position = 1000 WHERE id = 1;
UPDATE nodes SET category = 'a', position = 1 WHERE id = 5;
UPDATE nodes SET category = 'b', position = 2 WHERE id = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'rows that exchange category and position');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'have their own again');

-- A column too short for a value between
UPDATE nodes SET abbreviation = NULL WHERE id = 1;
UPDATE nodes SET abbreviation = 'n1' WHERE id = 2;
UPDATE nodes SET abbreviation = 'n2' WHERE id = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'an exchange in a varchar(3) that may be empty');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'exactly');
ALTER TABLE nodes ALTER COLUMN abbreviation SET DEFAULT 'x';
UPDATE nodes SET abbreviation = 'q' WHERE tenant = 2 AND id = 20;
UPDATE nodes SET abbreviation = 'r' WHERE tenant = 2 AND id = 21;
ALTER TABLE nodes ALTER COLUMN abbreviation SET NOT NULL;
UPDATE nodes SET abbreviation = 'yyy' WHERE id = 1;
UPDATE nodes SET abbreviation = 'n1' WHERE id = 2;
UPDATE nodes SET abbreviation = 'n2' WHERE id = 1;
UPDATE report SET r = pg_temp.import();
SELECT matches(pg_temp.outcome(r), '^(applied$|rejected .*sheet "Nodes", cell F\d, column "Abbreviation")', 'in one that may not be empty it is done, or rejected by the cell') FROM report;
SELECT is((SELECT string_agg(abbreviation, ' ' ORDER BY id) FROM nodes WHERE id IN (1, 2)), CASE (SELECT r ->> 'status' FROM report) WHEN 'applied' THEN 'n1 n2' ELSE 'n2 n1' END, 'both or none');
SELECT is(pg_temp.import('first', 'dry_run => true') ->> 'status', CASE (SELECT r ->> 'status' FROM report) WHEN 'applied' THEN 'previewed' ELSE 'rejected' END, 'a dry run says the same');
ROLLBACK TO start;

-- An exchange while rows with other changes come along, and rows go and come
UPDATE items SET code = 'between' WHERE id = 1;
UPDATE items SET code = 'A', qty = 77 WHERE id = 2;
UPDATE items SET code = 'B' WHERE id = 1;
DELETE FROM items WHERE id = 3;
INSERT INTO items VALUES (50, 1, 'C', NULL, 5);
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'an exchange, a row that gives its value up by going, and one that comes for it');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all as in the file');
ROLLBACK TO start;

-- A row that goes holds a value that one in the file needs, and rows that stay point at it
ALTER TABLE items DROP CONSTRAINT items_node_id_fkey;
ALTER TABLE nodes DROP CONSTRAINT nodes_parent_id_fkey;
DELETE FROM nodes WHERE id = 1;
INSERT INTO nodes (id, tenant, name, category, position, abbreviation) VALUES (50, 1, 'root, made again', 'a', 1, 'n1');
UPDATE nodes SET parent_id = 50 WHERE parent_id = 1;
UPDATE items SET node_id = 50 WHERE node_id = 1;
ALTER TABLE nodes ADD CONSTRAINT nodes_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES nodes;
ALTER TABLE items ADD CONSTRAINT items_node_id_fkey FOREIGN KEY (node_id) REFERENCES nodes;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a row takes the place of one that goes, from which others let go');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all as in the file');
UPDATE nodes SET position = 9, abbreviation = 'x' WHERE id = 1;
INSERT INTO nodes (id, tenant, name, category, position, abbreviation) VALUES (50, 1, 'in its place', 'a', 1, 'n1');
UPDATE nodes SET parent_id = 50 WHERE id = 4;
UPDATE items SET node_id = 50 WHERE id = 2;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a row takes its place back from one that goes');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all as in the file');
UPDATE nodes SET position = 9 WHERE id = 5;
INSERT INTO nodes (id, tenant, name, parent_id, category, position) VALUES (50, 1, 'in its place', NULL, 'b', 2), (51, 1, 'below', 50, 'z', 1);
UPDATE nodes SET parent_id = 51 WHERE id = 5;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'also where it points at one below that');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'all as in the file');
ROLLBACK TO start;

-- One code 2,500 times: the file is of a table without the rule.
ALTER TABLE items DROP CONSTRAINT one_code;
INSERT INTO items SELECT n, 1, 'twice', NULL, n FROM generate_series(1001, 3500) AS n;
SELECT pg_temp.keep('twice');
DELETE FROM items WHERE id > 1000;
ALTER TABLE items ADD CONSTRAINT one_code UNIQUE (tenant, code);
SET LOCAL statement_timeout = '60s';
UPDATE report SET r = pg_temp.import('twice');
SET LOCAL statement_timeout = 0;
SELECT is(r ->> 'status', 'rejected', 'a code that stands 2,500 times is rejected') FROM report;
SELECT is(r ->> 'error_count', '2499', 'with one error a row but the first') FROM report;
SELECT is(jsonb_array_length(r -> 'errors'), 50, 'of which the report shows the first') FROM report;
SELECT matches(pg_temp.outcome(r), 'sheet "Items", cell B\d+, column "Code": .*"one_code".*cell B\d+', 'by both cells') FROM report;
SELECT is(pg_temp.counts(r, 'items'), '1 0 0 4 0', 'the numbers say what would be left') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'nothing changed');
ROLLBACK TO start;

-- Deferrable rules whose names begin with each other's
ALTER TABLE nodes DROP CONSTRAINT one_place, ADD CONSTRAINT place UNIQUE (tenant, category, position) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT place_2 UNIQUE (tenant, abbreviation, name) DEFERRABLE, ADD CONSTRAINT "place, 2" UNIQUE (position, tenant, category) DEFERRABLE INITIALLY DEFERRED,
  DROP CONSTRAINT nodes_parent_id_fkey, ADD CONSTRAINT pla FOREIGN KEY (parent_id) REFERENCES nodes DEFERRABLE INITIALLY DEFERRED;
SELECT pg_temp.turn();
UPDATE nodes SET parent_id = NULL WHERE id = 2;
DELETE FROM items WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'deferrable rules, names that begin with each other''s');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'exactly');
SELECT lives_ok($$UPDATE nodes SET position = 1 WHERE id = 2$$, 'those that are deferred at first are so again');
SELECT throws_ok($$UPDATE nodes SET name = 'root', abbreviation = 'n1' WHERE id = 3$$, '23505', NULL, 'others hold at once, as before');
SELECT lives_ok($$UPDATE nodes SET position = 2 WHERE id = 2$$, 'until they hold');
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'at the end');
ROLLBACK TO start;
SELECT is(pg_temp.rows(2), (SELECT two FROM at_first), 'the other customer''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
