-- rehydra_import: rows that cannot be without each other because a domain, a CHECK or a self reference says so, not NOT NULL; and what triggers of
-- tables behind them find: what the triggers of tables before them did.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(8);
\ir torture_register.psql
CREATE SCHEMA pairs;
GRANT USAGE ON SCHEMA pairs TO PUBLIC;
SET LOCAL search_path = pairs, public;
CREATE DOMAIN given AS int NOT NULL;
CREATE TABLE heads (tenant int NOT NULL, id int PRIMARY KEY, foot given, tail int, tail_kind text, CHECK ((tail IS NULL) = (tail_kind IS NULL)));
CREATE TABLE feet (tenant int NOT NULL, id int PRIMARY KEY, head int NOT NULL REFERENCES heads);
ALTER TABLE heads ADD FOREIGN KEY (foot) REFERENCES feet, ADD FOREIGN KEY (tail) REFERENCES feet;
CREATE TABLE nodes (tenant int NOT NULL, id int PRIMARY KEY, above given REFERENCES nodes);
WITH f AS (INSERT INTO feet SELECT 1 + n / 9, n, n FROM generate_series(1, 10) n) INSERT INTO heads SELECT 1 + n / 9, n, n, CASE WHEN n < 5 THEN n END, CASE WHEN n < 5 THEN 'left' END FROM generate_series(1, 10) n;
INSERT INTO nodes SELECT 1, n, 1 + n % 4 FROM generate_series(1, 4) n;
SELECT pg_temp.register('pairs', 'pairs');
CREATE TEMP TABLE file AS SELECT rehydra_export('1', options => '{"model": "pairs"}') AS file;
CREATE TEMP TABLE was AS SELECT 'heads' AS what, string_agg(t::text, ' ' ORDER BY id) AS rows FROM heads t UNION ALL SELECT 'feet', string_agg(t::text, ' ' ORDER BY id) FROM feet t UNION ALL SELECT 'nodes', string_agg(t::text, ' ' ORDER BY id) FROM nodes t;
CREATE FUNCTION pg_temp.put_back() RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', report ->> 'status', report #>> '{errors,0,message}') FROM (SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE', options => '{"model": "pairs", "max_delete": 1}') AS report FROM file) r $$;
CREATE FUNCTION pg_temp.is_as_it_was() RETURNS boolean LANGUAGE sql AS $$
  SELECT (SELECT string_agg(t::text, ' ' ORDER BY id) FROM heads t) = max(rows) FILTER (WHERE what = 'heads') AND (SELECT string_agg(t::text, ' ' ORDER BY id) FROM feet t) = max(rows) FILTER (WHERE what = 'feet')
     AND (SELECT string_agg(t::text, ' ' ORDER BY id) FROM nodes t) = max(rows) FILTER (WHERE what = 'nodes') FROM was
$$;
SAVEPOINT start;
WITH f AS (DELETE FROM feet WHERE tenant = 1) DELETE FROM heads WHERE tenant = 1;
DELETE FROM nodes;
SELECT is(pg_temp.put_back(), 'applied', 'wiped, rows that a domain or a CHECK keeps from being alone are put back');
SELECT ok(pg_temp.is_as_it_was(), 'as they were');
ROLLBACK TO start;
WITH f AS (INSERT INTO feet VALUES (1, 20, 20)) INSERT INTO heads VALUES (1, 20, 20, 20, 'right');
INSERT INTO nodes VALUES (1, 20, 20);
SELECT is(pg_temp.put_back(), 'applied', 'rows that came since are deleted together');
SELECT ok(pg_temp.is_as_it_was(), 'the others stay');
ROLLBACK TO start;

-- A trigger of the first table makes a row that one of the second counts in.
CREATE SCHEMA beside;
GRANT USAGE ON SCHEMA beside TO PUBLIC;
CREATE TABLE beside.counted (head int PRIMARY KEY, feet int NOT NULL);
GRANT ALL ON beside.counted TO PUBLIC;
CREATE FUNCTION begin_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO beside.counted VALUES (NEW.id, 0); RETURN NULL; END $$;
CREATE FUNCTION count_foot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE beside.counted SET feet = feet + 1 WHERE head = NEW.head; RETURN NULL; END $$;
CREATE TRIGGER begin_count AFTER INSERT ON heads FOR EACH ROW EXECUTE FUNCTION begin_count();
CREATE TRIGGER count_foot AFTER INSERT ON feet FOR EACH ROW EXECUTE FUNCTION count_foot();
WITH f AS (DELETE FROM feet WHERE id IN (1, 2)) DELETE FROM heads WHERE id IN (1, 2);
SELECT is(pg_temp.put_back(), 'applied', 'with triggers that need each other');
SELECT is((SELECT string_agg(feet::text, ' ' ORDER BY head) FROM beside.counted), '1 1', 'each head''s trigger ran before its foot''s');
SELECT ok(pg_temp.is_as_it_was(), 'the rows are as they were');
SELECT is(pg_temp.put_back(), 'unchanged', 'and stay so');
SELECT * FROM finish();
ROLLBACK;
