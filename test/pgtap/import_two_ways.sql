-- rehydra_import: two tables that refer to each other by several foreign keys each way, and a wide table changed in every combination of columns.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
SELECT plan(25);
\ir import_shop.psql
DELETE FROM rehydra.models WHERE model = 'shop';
CREATE TABLE teams (id serial PRIMARY KEY, tenant int NOT NULL, name text, lead int, deputy int, scribe int);
CREATE TABLE people (id serial PRIMARY KEY, tenant int NOT NULL, name text, team int REFERENCES teams, former int REFERENCES teams, next int REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (lead) REFERENCES people, ADD FOREIGN KEY (deputy) REFERENCES people, ADD FOREIGN KEY (scribe) REFERENCES people;
CREATE TABLE wide (id int PRIMARY KEY, tenant int NOT NULL, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int, c10 int, c11 int, c12 int, c13 int, c14 int);
CREATE TABLE tags (tag public.citext PRIMARY KEY, tenant int NOT NULL, label varchar(20), CONSTRAINT one_label UNIQUE (tenant, label));
INSERT INTO teams (id, tenant, name) SELECT n, 1 + n / 10, 'team ' || n FROM unnest('{1,2,3,10,11}'::int[]) AS n;
INSERT INTO people SELECT n, 1 + n / 10, 'person ' || n, 1 + n / 10 * 9, CASE n WHEN 2 THEN 3 END, NULL FROM unnest('{1,2,3,10,11}'::int[]) AS n;
UPDATE teams SET lead = id, deputy = CASE id WHEN 1 THEN 2 END, scribe = CASE id WHEN 2 THEN 3 END;
INSERT INTO wide SELECT n, 1, n, n, n, n, n, n, n, n, n, n, n, n, n, NULL FROM generate_series(1, 500) AS n;
INSERT INTO wide VALUES (1000, 2);
INSERT INTO tags VALUES ('Alpha', 1, 'x'), ('beta', 1, 'y'), ('gamma', 2, 'x');
SELECT rehydra.add_model('two_ways', 'integer');
SELECT rehydra.add_dataset('two_ways', t::regclass, tenant_column => 'tenant') FROM unnest('{teams,people,wide,tags}'::text[]) WITH ORDINALITY AS o (t, n) ORDER BY n;
SELECT rehydra.add_foreign_keys('two_ways');
SELECT rehydra.add_sheet('two_ways', t, initcap(t), (SELECT jsonb_agg(jsonb_build_object('header', attname, 'column', attname) ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = t::regclass AND attnum > 0 AND attname <> 'tenant')) FROM unnest('{teams,people,wide,tags}'::text[]) WITH ORDINALITY AS o (t, n) ORDER BY n;
SELECT rehydra.check_model('two_ways');
SELECT rehydra.protect('two_ways');
CREATE FUNCTION pg_temp.all_rows(customer int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT 'team ' || t::text AS line FROM shop.teams AS t WHERE tenant = customer UNION ALL SELECT 'person ' || p::text FROM shop.people AS p WHERE tenant = customer
    UNION ALL SELECT 'wide ' || md5(string_agg(w::text, ' ' ORDER BY id)) FROM shop.wide AS w WHERE tenant = customer UNION ALL SELECT 'tag ' || g::text FROM shop.tags AS g WHERE tenant = customer) AS lines
$$;
SELECT pg_temp.keep('first');
CREATE TEMP TABLE at_first AS SELECT pg_temp.all_rows(1) AS one, pg_temp.all_rows(2) AS two;
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);

-- A key of a type that is not in pg_catalog
SET LOCAL search_path = shop;
UPDATE report SET r = public.rehydra_import((SELECT file FROM kept), customer_id => '1');
SET LOCAL search_path = shop, public;
SELECT is(pg_temp.outcome(r), 'unchanged', 'a key of a type that is not on the search_path is recognised') FROM report;
SAVEPOINT start;
DELETE FROM tags WHERE tag = 'alpha';
UPDATE tags SET label = 'z' WHERE tag = 'BETA';
INSERT INTO tags VALUES ('delta', 1, 'd');
SET LOCAL search_path = shop;
UPDATE report SET r = public.rehydra_import((SELECT file FROM kept), customer_id => '1', confirm => 'DELETE');
SET LOCAL search_path = shop, public;
SELECT is(pg_temp.outcome(r), 'applied', 'rows with such a key are deleted, updated and inserted') FROM report;
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'exactly');
UPDATE tags SET tag = 'ALPHA' WHERE tag = 'alpha';
SET LOCAL search_path = shop;
UPDATE report SET r = public.rehydra_import((SELECT file FROM kept), customer_id => '1');
SET LOCAL search_path = shop, public;
SELECT is(pg_temp.outcome(r), 'unchanged', 'a key in other letters is the same key to its type') FROM report;
SELECT is(pg_temp.counts(r, 'tags'), '0 0 0 2 0', 'and no other row') FROM report;
ROLLBACK TO start;

-- Changes along references in both directions
UPDATE teams SET lead = NULL, deputy = 1, scribe = 1 WHERE tenant = 1;
UPDATE people SET team = 2, former = 1, next = 3 WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'every reference between two tables was changed');
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
SELECT pg_temp.keep('first');

-- Rows that stay point at rows that go, in both tables
INSERT INTO teams (id, tenant, name) VALUES (50, 1, 'too many'), (51, 1, 'too many');
INSERT INTO people (id, tenant, name) VALUES (60, 1, 'too many'), (61, 1, 'too many');
SAVEPOINT more;
UPDATE teams SET lead = 60, deputy = 61, scribe = 60 WHERE id IN (1, 2);
UPDATE people SET team = 50, former = 51, next = 50 WHERE id IN (1, 2);
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', 'rows that stay let go of rows that go, in both tables') FROM report;
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
SELECT is(pg_temp.counts(r, 'teams') || ', ' || pg_temp.counts(r, 'people'), '0 2 2 1 0, 0 2 2 1 0', 'and counted') FROM report;
ROLLBACK TO more;

-- Rows that go point at rows that go
UPDATE teams SET lead = 60, deputy = 60 WHERE id = 50;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a team that goes points at a person that goes');
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO more;
UPDATE people SET team = 50, former = 51 WHERE id = 60;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a person that goes points at teams that go');
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO more;
UPDATE teams SET scribe = 60 WHERE id = 1;
UPDATE people SET next = 50 WHERE id = 60;
UPDATE teams SET deputy = 61 WHERE id = 50;
UPDATE people SET former = 51 WHERE id = 61;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a chain from a row that stays through both tables');
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO more;
UPDATE teams SET lead = 60 WHERE id = 50;
UPDATE people SET team = 50 WHERE id = 60;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'a team and a person that go point at each other');
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO more;

-- All gone
UPDATE teams SET lead = NULL, deputy = NULL, scribe = NULL WHERE tenant = 1;
DELETE FROM people WHERE tenant = 1;
DELETE FROM teams WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import()), 'applied', 'both tables are put back');
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'all are as they were');
ROLLBACK TO start;

-- 500 rows, each changed in other columns
SELECT format('UPDATE wide SET c%1$s = -%1$s WHERE tenant = 1 AND id & %2$s <> 0', n, 1 << (n - 1)) FROM generate_series(1, 9) AS n \gexec
UPDATE wide SET c14 = 7, c10 = NULL WHERE id % 3 = 0;
UPDATE report SET r = pg_temp.import();
SELECT is(pg_temp.outcome(r), 'applied', '500 rows that were changed in as many combinations of columns') FROM report;
SELECT is(pg_temp.counts(r, 'wide'), '0 500 0 0 0', 'are counted') FROM report;
SELECT is(pg_temp.all_rows(1), (SELECT one FROM at_first), 'and have every value back');
SELECT is(r -> 'side_effects', '[]'::jsonb, 'with no step that was not planned') FROM report;
ROLLBACK TO start;
SELECT is(pg_temp.all_rows(2), (SELECT two FROM at_first), 'the other customer''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
