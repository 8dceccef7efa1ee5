-- rehydra_import: an application's triggers that keep rows, or add some: what was not done is no import, and what is there is what is counted.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(27);
\ir import_shop.psql
SELECT pg_temp.keep('first');
CREATE TEMP TABLE at_first AS SELECT pg_temp.rows(1) AS one, pg_temp.rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
CREATE FUNCTION pg_temp.count_of(report jsonb, dataset text, name text) RETURNS text LANGUAGE sql AS $$
  SELECT d ->> count_of.name FROM jsonb_array_elements(report -> 'datasets') AS d WHERE d ->> 'name' = dataset
$$;
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION swallow_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF COALESCE(NEW.qty, OLD.qty) = 50 THEN RETURN NULL; END IF; RETURN COALESCE(NEW, OLD); END $$;

-- Rows that a trigger keeps
INSERT INTO items VALUES (50, 1, 'too many', NULL, 50), (51, 1, 'too many, too', NULL, 51);
UPDATE nodes SET name = 'changed' WHERE id = 1;
CREATE TEMP TABLE damaged AS SELECT pg_temp.rows(1) AS one;
SAVEPOINT start;
CREATE TRIGGER swallow BEFORE DELETE ON items FOR EACH ROW EXECUTE FUNCTION swallow();
UPDATE report SET r = pg_temp.import();
SELECT is(r ->> 'status', 'failed', 'an import whose deletes a trigger swallows fails') FROM report;
SELECT matches(pg_temp.outcome(r), 'sheet "Items"', 'the error names the sheet') FROM report;
SELECT matches(r #>> '{errors,0,hint}', 'trigger', 'and what may be the reason') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM damaged), 'nothing changed, in other tables neither');
SELECT ok(r -> 'snapshot_id' = 'null', 'and no snapshot is named') FROM report;
SELECT is((SELECT outcome FROM rehydra.activity ORDER BY at DESC LIMIT 1), 'failed', 'the log says the same');
SELECT is(pg_temp.import('first', 'dry_run => true, confirm => ''DELETE''') ->> 'status', 'failed', 'a dry run finds it too');
ROLLBACK TO start;
CREATE TRIGGER swallow BEFORE DELETE ON items FOR EACH ROW EXECUTE FUNCTION swallow_some();
SELECT is(pg_temp.import() ->> 'status', 'failed', 'a trigger that swallows one of two deletes');
SELECT is(pg_temp.rows(1), (SELECT one FROM damaged), 'keeps both');
ROLLBACK TO start;
CREATE TRIGGER swallow BEFORE UPDATE ON nodes FOR EACH ROW EXECUTE FUNCTION swallow();
SELECT is(pg_temp.import() ->> 'status', 'failed', 'a trigger that swallows an update');
SELECT is(pg_temp.rows(1), (SELECT one FROM damaged), 'keeps all');
ROLLBACK TO start;

-- Rows that a trigger adds, to the table that is imported
CREATE FUNCTION add_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.code IS DISTINCT FROM 'added' THEN INSERT INTO shop.items (tenant, code, qty) VALUES (NEW.tenant, 'added', NEW.id); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER add_one AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION add_one();
DELETE FROM items WHERE id = 3;
CREATE TEMP TABLE second AS SELECT pg_temp.rows(1) AS one;
UPDATE report SET r = pg_temp.import('first', 'dry_run => true, confirm => ''DELETE''');
SELECT is(pg_temp.outcome(r), 'previewed', 'a dry run where a trigger adds a row of the same customer to the same table') FROM report;
SELECT is(pg_temp.count_of(r, 'items', 'after'), '5', 'counts it') FROM report;
SELECT is(pg_temp.rows(1), (SELECT one FROM second), 'and leaves it not');
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'an import') FROM report;
SELECT is(pg_temp.count_of(r, 'items', 'after'), (SELECT count(*)::text FROM items WHERE tenant = 1), 'reports as many rows as there are') FROM report;
SELECT is(pg_temp.count_of(r, 'items', 'inserted'), '1', 'of which it inserted one') FROM report;
SELECT is(r -> 'side_effects', '[{"table": "\"shop\".\"items\"", "inserted": 1}]'::jsonb, 'and the side effects say the other') FROM report;
SELECT is((SELECT datasets -> 'items' ->> 'after' FROM rehydra.activity ORDER BY at DESC LIMIT 1), '5', 'the log has the same number');
ROLLBACK TO start;

-- Rows that a trigger takes, or changes again
CREATE FUNCTION take_one() RETURNS trigger LANGUAGE plpgsql AS $$ 
BEGIN
  IF EXISTS (SELECT FROM shop.items WHERE id = 4) THEN DELETE FROM shop.items WHERE id = 4; END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER take_one AFTER DELETE ON items FOR EACH STATEMENT EXECUTE FUNCTION take_one();
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'a trigger that deletes a row that was as in the file') FROM report;
SELECT is(pg_temp.count_of(r, 'items', 'after'), (SELECT count(*)::text FROM items WHERE tenant = 1), 'the report counts what is there') FROM report;
SELECT matches(r ->> 'side_effects', '"deleted": 1', 'and says so') FROM report;
ROLLBACK TO start;
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON nodes FOR EACH ROW EXECUTE FUNCTION shout();
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'a trigger that writes another value than the file''s') FROM report;
SELECT is(r -> 'side_effects', '[{"table": "nodes", "column": "name", "updated": 1}]'::jsonb, 'is named with its column') FROM report;
SELECT is((SELECT name FROM nodes WHERE id = 1), 'ROOT', 'and its value is there');
ROLLBACK TO start;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'without triggers the same file is imported');
SELECT is(pg_temp.rows(1), (SELECT one FROM at_first), 'exactly');

SELECT * FROM finish();
ROLLBACK;
