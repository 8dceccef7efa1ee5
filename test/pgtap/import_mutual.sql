-- rehydra_import: rows of tables that cannot be without each other (references that are NOT NULL, round in a circle): put back, deleted and changed
-- as if by one statement, whatever the length of the circle and whatever the references do on a delete.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(53);
\ir torture_register.psql

-- An order has a main line, and a line, which belongs to a tenant by its order alone, has an order. Notes look at both and are needed by none.
CREATE SCHEMA mutual;
GRANT USAGE ON SCHEMA mutual TO PUBLIC;
SET LOCAL search_path = mutual, public;
CREATE TABLE lines (id serial PRIMARY KEY, "order" int NOT NULL, what text NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, tenant int NOT NULL, main int NOT NULL REFERENCES lines, name text NOT NULL, rest text DEFAULT 'by default' NOT NULL, UNIQUE (tenant, name));
ALTER TABLE lines ADD FOREIGN KEY ("order") REFERENCES orders ON DELETE RESTRICT;
CREATE INDEX ON lines ("order");
CREATE INDEX ON orders (main);
CREATE TABLE notes (tenant int NOT NULL, id serial PRIMARY KEY, line int REFERENCES lines, "order" int NOT NULL REFERENCES orders, body text);
-- The tree's root is its own parent
CREATE TABLE nodes (tenant int NOT NULL, id serial PRIMARY KEY, parent int NOT NULL REFERENCES nodes, name text NOT NULL, note text DEFAULT 'none' NOT NULL);
CREATE FUNCTION pg_temp.add_orders(of_tenant int, first int, count int) RETURNS void LANGUAGE sql AS $$
  WITH o AS (INSERT INTO orders (id, tenant, main, name) SELECT first + n, of_tenant, 1000 + first + n, 'order ' || first + n FROM generate_series(1, count) AS n),
       m AS (INSERT INTO lines SELECT 1000 + first + n, first + n, 'main of ' || first + n FROM generate_series(1, count) AS n)
  INSERT INTO lines SELECT 2000 + first + n, first + n, 'more of ' || first + n FROM generate_series(1, count) AS n;
  INSERT INTO notes SELECT of_tenant, first + n, CASE WHEN n % 2 = 0 THEN 1000 + first + n END, first + n, 'note ' || n FROM generate_series(1, count) AS n;
$$;
SELECT pg_temp.add_orders(1, 0, 6), pg_temp.add_orders(2, 100, 6);
INSERT INTO nodes SELECT t, t * 100 + n, t * 100 + GREATEST(n / 2, 1), 'node ' || t * 100 + n, 'note ' || n FROM generate_series(1, 2) AS t, generate_series(1, 7) AS n;
CREATE FUNCTION pg_temp.drop_orders(ids int[]) RETURNS void LANGUAGE sql AS $$
  DELETE FROM notes WHERE "order" = ANY (ids) OR line IN (SELECT id FROM lines WHERE "order" = ANY (ids));
  WITH l AS (DELETE FROM lines WHERE "order" = ANY (ids)) DELETE FROM orders WHERE id = ANY (ids);
$$;
SELECT pg_temp.register('mutual', 'mutual');
-- What hangs on what, whatever the ids
CREATE FUNCTION pg_temp.linked(of_tenant int) RETURNS text LANGUAGE sql AS $$
  SELECT (SELECT string_agg(concat_ws(' ', o.name, o.rest, m.what, m."order" = o.id, l.what), ', ' ORDER BY o.name, l.what) FROM orders o JOIN lines m ON m.id = o.main JOIN lines l ON l."order" = o.id WHERE o.tenant = of_tenant)
      || (SELECT string_agg(concat_ws(' ', n.body, o.name, l.what), ', ' ORDER BY n.body) FROM notes n JOIN orders o ON o.id = n."order" AND o.tenant = n.tenant LEFT JOIN lines l ON l.id = n.line WHERE n.tenant = of_tenant)
      || (SELECT string_agg(concat_ws(' ', n.name, p.name), ', ' ORDER BY n.name) FROM nodes n JOIN nodes p ON p.id = n.parent AND p.tenant = n.tenant WHERE n.tenant = of_tenant)
$$;
-- What another tenant has, and where and by whom it was written
CREATE FUNCTION pg_temp.theirs(of_tenant int) RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(r, ' ' ORDER BY r)) FROM (
    SELECT concat_ws(' ', o.*, o.ctid, o.xmin, l.*, l.ctid, l.xmin) FROM orders o JOIN lines l ON l."order" = o.id WHERE o.tenant = of_tenant
    UNION ALL SELECT concat_ws(' ', n.*, n.ctid, n.xmin) FROM notes n WHERE tenant = of_tenant
    UNION ALL SELECT concat_ws(' ', n.*, n.ctid, n.xmin) FROM nodes n WHERE tenant = of_tenant) AS all_rows (r)
$$;
CREATE TEMP TABLE at_first AS SELECT pg_temp.linked(1) AS one, pg_temp.theirs(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
CREATE FUNCTION pg_temp.tells(report jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', d ->> 'name', d ->> 'inserted', d ->> 'updated', d ->> 'deleted', d ->> 'unchanged'), ', ' ORDER BY d ->> 'name') FROM jsonb_array_elements(report -> 'datasets') AS d
$$;
SELECT is(pg_temp.round_trip('mutual', 'mutual', '1'), :good_trip, 'wiped and put back from each format');
SELECT is(pg_temp.restored('mutual', 'mutual', '1'), 'applied, as it was', 'and from a snapshot');
SELECT pg_temp.remember('mutual');
SELECT pg_temp.keep('first', 'mutual', '1');
SAVEPOINT whole;

-- All gone, as an application would do it
TRUNCATE orders, lines, notes, nodes;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), 'applied', 'truncated tables are filled');
SELECT is((SELECT array_agg(table_name || ' ' || n) FROM (SELECT table_name, count(*) AS n FROM pg_temp.rows_of('mutual') GROUP BY 1 ORDER BY 1) AS c), '{lines 12,nodes 7,notes 6,orders 6}', 'with this tenant''s rows');
SELECT is(pg_temp.linked(1), (SELECT one FROM at_first), 'that hang together as they did');
SELECT lives_ok($$WITH o AS (INSERT INTO orders (id, tenant, main, name) VALUES (nextval('orders_id_seq'), 1, nextval('lines_id_seq'), 'next') RETURNING id, main) INSERT INTO lines SELECT main, id, 'next' FROM o$$, 'the next ordinary pair gets free numbers');
ROLLBACK TO whole;

-- Some gone, some too many
SELECT pg_temp.drop_orders('{1,2,3}'), pg_temp.add_orders(1, 50, 4);
DELETE FROM nodes WHERE id IN (106, 107);
INSERT INTO nodes VALUES (1, 50, 50, 'another root'), (1, 51, 50, 'below it');
SAVEPOINT mixed;
UPDATE report SET r = pg_temp.import('first', 'mutual', '1');
SELECT is(pg_temp.outcome(r), 'applied', 'a replace deletes rows of both and brings back rows of both') FROM report;
SELECT is(pg_temp.tells(r), 'lines 6 0 8 6, nodes 2 0 2 5, notes 3 0 4 3, orders 3 0 4 3', 'each is counted') FROM report;
SELECT is(r ->> 'side_effects', '[]', 'nothing happened beside it') FROM report;
SELECT is(pg_temp.differences('mutual'), NULL, 'all is as it was');
SELECT is(pg_temp.theirs(2), (SELECT two FROM at_first), 'the other tenant''s rows were not written');
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), 'unchanged', 'and nothing is left to do');
ROLLBACK TO mixed;
UPDATE report SET r = pg_temp.import('first', 'mutual', '1', 'merge');
SELECT is(pg_temp.outcome(r), 'applied', 'a merge brings back') FROM report;
SELECT is(pg_temp.tells(r), 'lines 6 0 0 6, nodes 2 0 0 5, notes 3 0 0 3, orders 3 0 0 3', 'and takes nothing away') FROM report;
ROLLBACK TO mixed;
CREATE TEMP TABLE mixed ON COMMIT DROP AS SELECT * FROM pg_temp.rows_of('mutual');
UPDATE report SET r = rehydra_import((SELECT file FROM kept WHERE name = 'first'), customer_id => '1', dry_run => true, confirm => 'DELETE', options => '{"model": "mutual", "max_delete": 1}');
SELECT is(r ->> 'status' || ' ' || pg_temp.tells(r), 'previewed lines 6 0 8 6, nodes 2 0 2 5, notes 3 0 4 3, orders 3 0 4 3', 'a dry run does it all') FROM report;
SELECT is_empty('SELECT * FROM mixed EXCEPT SELECT * FROM pg_temp.rows_of(''mutual'')', 'and keeps nothing of it');
ROLLBACK TO whole;

-- Rows that stay turn from rows that go to rows that come
WITH l AS (INSERT INTO lines VALUES (71, 1, 'instead'), (72, 2, 'instead') RETURNING id, "order") UPDATE orders o SET main = l.id FROM l WHERE o.id = l."order";
DELETE FROM notes WHERE line IN (1001, 1002);
DELETE FROM lines WHERE id IN (1001, 1002, 2001);
UPDATE nodes SET parent = 107 WHERE id IN (102, 103);
INSERT INTO nodes VALUES (1, 70, 104, 'between');
UPDATE nodes SET parent = 70 WHERE id IN (105, 106);
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), 'applied', 'orders that stay get their main lines back, and those they had go');
SELECT is(pg_temp.differences('mutual'), NULL, 'all is as it was');
UPDATE lines SET "order" = 7 - "order" WHERE "order" <= 6;
UPDATE orders SET main = 1007 - id WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), 'applied', 'lines that changed orders are led back');
SELECT is(pg_temp.differences('mutual'), NULL, 'as they were');
ROLLBACK TO whole;

-- Ids that are another tenant's by now
SELECT pg_temp.wipe('mutual', '1');
WITH l AS (INSERT INTO lines SELECT n, 200 + n, 'took ' || n FROM generate_series(1001, 1004) AS n) INSERT INTO orders SELECT 200 + n, 2, n, 'holds ' || n FROM generate_series(1001, 1004) AS n;
SAVEPOINT taken;
CREATE TEMP TABLE two ON COMMIT DROP AS SELECT pg_temp.theirs(2) AS now;
UPDATE report SET r = pg_temp.import('first', 'mutual', '1');
SELECT is(pg_temp.outcome(r), 'applied', 'lines whose ids are another tenant''s come back') FROM report;
SELECT is((SELECT count(*) FROM jsonb_array_elements(r #> '{ids_changed,lines}')), 4::bigint, 'under ids of their own') FROM report;
SELECT is(pg_temp.linked(1), (SELECT one FROM at_first), 'and hang together as they did');
SELECT is(pg_temp.theirs(2), (SELECT now FROM two), 'the other tenant''s rows were not written');
ROLLBACK TO taken;
WITH l AS (INSERT INTO lines SELECT 2000 + n, n, 'took ' || n FROM generate_series(1, 3) AS n) INSERT INTO orders SELECT n, 2, 2000 + n, 'took ' || n FROM generate_series(1, 3) AS n;
INSERT INTO nodes SELECT 2, n, n, 'took ' || n, 'x' FROM generate_series(101, 104) AS n;
CREATE TEMP TABLE two ON COMMIT DROP AS SELECT pg_temp.theirs(2) AS now;
UPDATE report SET r = pg_temp.import('first', 'mutual', '1');
SELECT is(pg_temp.outcome(r), 'applied', 'so do rows of both, and of a tree, whose ids are taken') FROM report;
SELECT is((SELECT array_agg((SELECT count(*) FROM jsonb_array_elements(r #> ARRAY['ids_changed', d])) ORDER BY d) FROM unnest('{lines,nodes,orders}'::text[]) AS d), '{7,4,3}', 'each under an id of its own') FROM report;
SELECT is(pg_temp.linked(1), (SELECT one FROM at_first), 'and all hangs together as it did');
SELECT is(pg_temp.theirs(2), (SELECT now FROM two), 'the other tenant''s rows were not written');
SELECT is_empty('SELECT FROM orders o JOIN lines l ON l.id = o.main JOIN orders x ON x.id = l."order" WHERE x.tenant <> o.tenant', 'nobody''s order leads to another''s');
UPDATE report SET r = rehydra_import((SELECT file FROM kept WHERE name = 'first'), customer_id => '1', dry_run => true, confirm => 'DELETE', options => '{"model": "mutual", "max_delete": 1}');
SELECT is(r ->> 'status', 'previewed', 'a dry run is one there, too') FROM report;
ROLLBACK TO whole;

-- A reference that leads nowhere is refused in its cell
CREATE FUNCTION pg_temp.edited(what text, becomes text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT rehydra_import(convert_to(replace(convert_from(rehydra_export('1', 'json', options => '{"model": "mutual"}'), 'UTF8'), what, becomes), 'UTF8'), customer_id => '1', confirm => 'DELETE', options => '{"model": "mutual", "max_delete": 1}')
$$;
SELECT is(pg_temp.outcome(pg_temp.edited('"main":1003,', '"main":1101,')), 'rejected orders data set "orders", row 3, column "main": no row of "Lines" has the key 1101', 'an order cannot have another tenant''s line');
SELECT is(pg_temp.outcome(pg_temp.edited('"order":3,"what":"main of 3"', '"order":33,"what":"main of 3"')), 'rejected lines data set "lines", row 3, column "order": no row of "Orders" has the key 33', 'nor a line an order that is not there');
SELECT is(pg_temp.outcome(pg_temp.edited('{"id":1003,"order":3,', '{"id":1903,"order":3,')), 'rejected orders data set "orders", row 3, column "main": no row of "Lines" has the key 1003', 'nor an order a line that goes');

-- Rows of one table in several statements: some leave the database to fill in a column
INSERT INTO kept SELECT 'blanks', convert_to(regexp_replace(convert_from(rehydra_export('1', 'json', options => '{"model": "mutual"}'), 'UTF8'), '"note":"note [246]"', '"note":null', 'g'), 'UTF8');
DELETE FROM nodes WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('blanks', 'mutual', '1')), 'applied', 'rows of one tree that leave different columns blank come together');
SELECT is((SELECT array_agg(id || ' ' || parent || ' ' || note ORDER BY id) FROM nodes WHERE tenant = 1), '{"101 101 note 1","102 101 none","103 101 note 3","104 102 none","105 102 note 5","106 103 none","107 103 note 7"}', 'and have what the database fills in');
ROLLBACK TO whole;

-- A part, and what is missing alone
CREATE FUNCTION pg_temp.part(ids text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT rehydra_import((SELECT file FROM kept WHERE name = 'first'), customer_id => '1', confirm => 'DELETE', selection => format('{"orders": %s}', ids)::jsonb, options => '{"model": "mutual", "max_delete": 1}')
$$;
SELECT pg_temp.drop_orders('{1,2,3}'), pg_temp.add_orders(1, 50, 2);
SAVEPOINT parts;
UPDATE report SET r = pg_temp.part('[1, 5, 51]');
SELECT is(pg_temp.outcome(r) || ' ' || pg_temp.tells(r), 'applied lines 2 0 2 2, notes 1 0 1 1, orders 1 0 1 1', 'some orders with their lines come and go') FROM report;
SELECT is((SELECT array_agg(id ORDER BY id) FROM orders WHERE tenant = 1), '{1,4,5,6,52}', 'and no others');
ROLLBACK TO parts;
SET LOCAL rehydra.reference_memo = off;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1', 'insert')), 'applied', 'an insert brings what is missing');
SELECT is((SELECT array_agg(id ORDER BY id) FROM orders WHERE tenant = 1), '{1,2,3,4,5,6,51,52}', 'and leaves the rest');
ROLLBACK TO whole;

-- Made again under other ids, recognised by their names
UPDATE rehydra.datasets SET match_keys = CASE dataset WHEN 'orders' THEN '[["name"]]' WHEN 'lines' THEN '[["what"]]' ELSE match_keys END WHERE model = 'mutual';
DELETE FROM notes WHERE tenant = 1;
SELECT pg_temp.drop_orders('{1,2,3}');
WITH o AS (INSERT INTO orders (id, tenant, main, name) SELECT 500 + n, 1, 1501 + n % 3, 'order ' || n FROM generate_series(1, 3) AS n) INSERT INTO lines SELECT 1500 + n, 501 + n % 3, 'main of ' || n FROM generate_series(1, 3) AS n;
SAVEPOINT again;
UPDATE report SET r = pg_temp.import('first', 'mutual', '1');
SELECT is(pg_temp.outcome(r), 'applied', 'rows that were made again are recognised') FROM report;
SELECT is(pg_temp.linked(1), (SELECT one FROM at_first), 'and hang together as they did');
SELECT is((SELECT array_agg(o.id || ' ' || o.main ORDER BY o.id) FROM orders o WHERE tenant = 1), '{"4 1004","5 1005","6 1006","501 1501","502 1502","503 1503"}', 'under the ids that they have');
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), 'unchanged', 'nothing is left to do');
ROLLBACK TO whole;

-- Triggers see rows when all are there; those of statements fire once
CREATE TABLE seen (what text);
GRANT INSERT ON seen TO PUBLIC;
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql SET search_path = mutual AS $$ BEGIN
  INSERT INTO seen SELECT concat_ws(' ', TG_LEVEL, TG_OP, NEW.name, (SELECT what FROM lines WHERE id = NEW.main));
  RETURN NULL;
END $$;
CREATE FUNCTION look_once() RETURNS trigger LANGUAGE plpgsql SET search_path = mutual AS $$ BEGIN
  INSERT INTO seen SELECT concat_ws(' ', TG_OP, count(*)) FROM put;
  RETURN NULL;
END $$;
CREATE TRIGGER look AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION look();
CREATE TRIGGER look_once AFTER INSERT ON orders REFERENCING NEW TABLE AS put FOR EACH STATEMENT EXECUTE FUNCTION look_once();
SELECT pg_temp.drop_orders('{1,2}');
UPDATE report SET r = pg_temp.import('first', 'mutual', '1');
SELECT is(pg_temp.outcome(r), 'applied', 'an application''s triggers fire') FROM report;
SELECT is((SELECT array_agg(what ORDER BY what) FROM seen), '{INSERT 2,ROW INSERT order 1 main of 1,ROW INSERT order 2 main of 2}', 'when the main lines are there, and for the statement once');
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON lines FOR EACH ROW WHEN (NEW.what = 'main of 1') EXECUTE FUNCTION refuse();
SELECT pg_temp.drop_orders('{1,2}');
CREATE TEMP TABLE half ON COMMIT DROP AS SELECT * FROM pg_temp.rows_of('mutual');
SELECT matches(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), '^(failed|rejected)', 'what keeps one of them out fails the import');
SELECT is_empty('SELECT * FROM pg_temp.rows_of(''mutual'') EXCEPT SELECT * FROM half', 'and nothing is half done');
DROP TRIGGER refuse ON lines;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'mutual', '1')), 'applied', 'the session goes on');
ROLLBACK TO whole;

-- A circle of three whose keys hold the tenant, with each thing that a reference can do on a delete
CREATE FUNCTION pg_temp.ring(name text, doing text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
BEGIN
  EXECUTE replace(replace($ring$
    CREATE SCHEMA NAME;
    GRANT USAGE ON SCHEMA NAME TO PUBLIC;
    CREATE TABLE NAME.a (tenant int, id int, b int NOT NULL, v text, PRIMARY KEY (tenant, id));
    CREATE TABLE NAME.c (tenant int, id int, a int NOT NULL, v text, PRIMARY KEY (id, tenant), FOREIGN KEY (tenant, a) REFERENCES NAME.a DOING);
    CREATE TABLE NAME.b (tenant int, id int, c int NOT NULL, v text, PRIMARY KEY (tenant, id), FOREIGN KEY (c, tenant) REFERENCES NAME.c DOING);
    ALTER TABLE NAME.a ADD FOREIGN KEY (tenant, b) REFERENCES NAME.b DOING;
    WITH a AS (INSERT INTO NAME.a SELECT t, n, n, 'a' FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n),
         b AS (INSERT INTO NAME.b SELECT t, n, n, 'b' FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n)
    INSERT INTO NAME.c SELECT t, n, n, 'c' FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n;
  $ring$, 'NAME', name), 'DOING', doing);
  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM pg_temp.register(name, name);
  answer := pg_temp.round_trip(name, name, '1') || ' | ';
  PERFORM pg_temp.keep(name, name, '1');
  PERFORM pg_temp.remember(name);
  EXECUTE replace($ring$
    WITH a AS (INSERT INTO NAME.a SELECT 1, n, n, 'a' FROM generate_series(6, 9) AS n), b AS (INSERT INTO NAME.b SELECT 1, n, n, 'b' FROM generate_series(6, 9) AS n)
    INSERT INTO NAME.c SELECT 1, n, n, 'c' FROM generate_series(6, 9) AS n;
    UPDATE NAME.a SET b = 6 WHERE tenant = 1 AND id = 1;
    WITH a AS (DELETE FROM NAME.a WHERE tenant = 1 AND id = 3), b AS (DELETE FROM NAME.b WHERE tenant = 1 AND id = 3) DELETE FROM NAME.c WHERE tenant = 1 AND id = 3;
  $ring$, 'NAME', name);
  RETURN answer || pg_temp.outcome(pg_temp.import(name, name, '1')) || ', ' || COALESCE(pg_temp.differences(name), 'as it was') || COALESCE(pg_temp.written(name, '1'), '');
END
$$;
SELECT is(pg_temp.ring('ring_none', ''), :good_trip || ' | applied, as it was', 'a circle of three');
SELECT is(pg_temp.ring('ring_restrict', 'ON DELETE RESTRICT'), :good_trip || ' | applied, as it was', 'that refuses deletes');
SELECT is(pg_temp.ring('ring_cascade', 'ON DELETE CASCADE ON UPDATE CASCADE'), :good_trip || ' | applied, as it was', 'that carries deletes on');
SELECT is(pg_temp.ring('ring_late', 'DEFERRABLE INITIALLY DEFERRED'), :good_trip || ' | applied, as it was', 'that is checked late');
SET CONSTRAINTS ALL IMMEDIATE;

-- A reference that may be NULL by its column, and may not by a rule
CREATE SCHEMA ruled;
GRANT USAGE ON SCHEMA ruled TO PUBLIC;
CREATE TABLE ruled.heads (tenant int NOT NULL, id int PRIMARY KEY, foot int NOT NULL);
CREATE TABLE ruled.feet (tenant int NOT NULL, id int PRIMARY KEY, head int REFERENCES ruled.heads CHECK (head IS NOT NULL));
ALTER TABLE ruled.heads ADD FOREIGN KEY (foot) REFERENCES ruled.feet;
WITH h AS (INSERT INTO ruled.heads SELECT t, t * 10 + n, t * 10 + n FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n) INSERT INTO ruled.feet SELECT t, t * 10 + n, t * 10 + n FROM generate_series(1, 2) AS t, generate_series(1, 5) AS n;
SELECT pg_temp.register('ruled', 'ruled');
SELECT pg_temp.remember('ruled');
SELECT pg_temp.keep('ruled', 'ruled', '1');
WITH h AS (INSERT INTO ruled.heads VALUES (1, 17, 17), (1, 18, 17)) INSERT INTO ruled.feet VALUES (1, 17, 18);
SELECT is(pg_temp.outcome(pg_temp.import('ruled', 'ruled', '1')) || COALESCE(pg_temp.differences('ruled'), ''), 'applied', 'rows go together that may not let go of each other by a rule');

SELECT * FROM finish();
ROLLBACK;
