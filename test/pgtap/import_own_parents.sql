-- Rows whose parents come with the same import: a parent that this transaction wrote is looked up and not locked, and what leads nowhere is refused as
-- PostgreSQL refuses it. Keys of several columns, in another order than the index has them, of two types, of partitions and of the own table.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(23);

CREATE SCHEMA own;
SET LOCAL search_path = own, public;
CREATE TABLE tenants (id int PRIMARY KEY, name text);
CREATE TABLE pairs (a int, b int, tenant_id int NOT NULL REFERENCES tenants, PRIMARY KEY (b, a));
CREATE TABLE of_pairs (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, pa int NOT NULL, pb int NOT NULL, FOREIGN KEY (pa, pb) REFERENCES pairs (a, b));
CREATE TABLE longs (id bigint PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants);
CREATE TABLE of_longs (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, long_id int NOT NULL REFERENCES longs);
CREATE TABLE parts (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants) PARTITION BY HASH (id);
CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE of_parts (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, part_id int NOT NULL REFERENCES parts);
CREATE TABLE tree (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, up int REFERENCES tree);
INSERT INTO tenants VALUES (1, 'One'), (2, 'Two');
INSERT INTO pairs SELECT n, n + 100, 1 FROM generate_series(1, 40) AS n;
INSERT INTO of_pairs SELECT n, 1, n % 40 + 1, n % 40 + 101 FROM generate_series(1, 200) AS n;
INSERT INTO longs SELECT n, 1 FROM generate_series(1, 40) AS n;
INSERT INTO of_longs SELECT n, 1, n % 40 + 1 FROM generate_series(1, 200) AS n;
INSERT INTO parts SELECT n, 1 FROM generate_series(1, 40) AS n;
INSERT INTO of_parts SELECT n, 1, n % 40 + 1 FROM generate_series(1, 200) AS n;
INSERT INTO tree SELECT n, 1, nullif(n / 2, 0) FROM generate_series(1, 40) AS n;
SELECT count(*) FROM rehydra_register_schema('own') \g /dev/null
CREATE TEMP TABLE kept AS SELECT rehydra_export(1) AS file;

CREATE FUNCTION pg_temp.import() RETURNS jsonb LANGUAGE sql AS $$ SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE') FROM kept $$;
CREATE FUNCTION pg_temp.rows(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE digest text;
BEGIN EXECUTE format('SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM own.%I AS t', t) INTO digest; RETURN digest; END $$;
CREATE TEMP TABLE tables AS SELECT t FROM unnest('{pairs,of_pairs,longs,of_longs,parts,of_parts,tree}'::text[]) AS t;
CREATE TEMP TABLE at_first AS SELECT t, pg_temp.rows(t) AS digest FROM tables;
DELETE FROM of_pairs; DELETE FROM of_longs; DELETE FROM of_parts; DELETE FROM pairs; DELETE FROM longs; DELETE FROM parts; DELETE FROM tree;

-- The rows come back, and who was locked on the way
SAVEPOINT emptied;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'parents and children come with one import');
SELECT is((SELECT array_agg(t) FROM at_first WHERE digest IS DISTINCT FROM pg_temp.rows(t)), NULL, 'and are what they were');
SELECT is((SELECT count(*) FROM pairs WHERE xmax <> '0'), 1::bigint, 'PostgreSQL itself looks at the first parent, which it locks, and no other is locked');
SELECT is((SELECT count(*) FROM tree WHERE xmax <> '0'), 20::bigint, 'rows that refer to their own table are linked by updates, which it checks itself');
SELECT is((SELECT count(*) FROM longs WHERE xmax <> '0'), 40::bigint, 'keys that are compared across types are left to it');
SELECT is((SELECT count(*) FROM parts WHERE xmax <> '0'), 40::bigint, 'and those of partitioned tables');
ROLLBACK TO emptied;
SET LOCAL rehydra.reference_memo = off;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'without the memo the import goes through as well');
SELECT is((SELECT count(*) FROM pairs WHERE xmax <> '0'), 40::bigint, 'and every parent is locked');
ROLLBACK TO emptied;

-- Parents that were there before are locked, each once
INSERT INTO pairs SELECT n, n + 100, 1 FROM generate_series(1, 40) AS n;
SAVEPOINT there;  -- rows of an earlier transaction would have to be committed: those of this one count as its own
SELECT is(pg_temp.import() ->> 'status', 'applied', 'children of rows that this transaction wrote before the import');
SELECT is((SELECT count(*) FROM pairs WHERE xmax <> '0'), 1::bigint, 'need no lock of those either');
ROLLBACK TO emptied;

-- A child that a trigger leads astray, behind others that were right
CREATE FUNCTION astray() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE TG_TABLE_NAME WHEN 'of_pairs' THEN NEW.pa := 7777; WHEN 'of_longs' THEN NEW.long_id := 7777; WHEN 'of_parts' THEN NEW.part_id := 7777; ELSE NEW.up := 7777; END CASE;
  RETURN NEW;
END $$;
CREATE FUNCTION renamed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 7777; RETURN NEW; END $$;
CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DELETE FROM own.pairs WHERE a = 20; RETURN NULL; END $$;
SAVEPOINT functions;
CREATE TRIGGER astray BEFORE INSERT ON of_pairs FOR EACH ROW WHEN (NEW.id = 150) EXECUTE FUNCTION astray();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'a key of two columns that leads nowhere');
ROLLBACK TO functions;
CREATE TRIGGER astray BEFORE INSERT ON of_longs FOR EACH ROW WHEN (NEW.id = 150) EXECUTE FUNCTION astray();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'a key of another type that leads nowhere');
ROLLBACK TO functions;
CREATE TRIGGER astray BEFORE INSERT ON of_parts FOR EACH ROW WHEN (NEW.id = 150) EXECUTE FUNCTION astray();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'a key of a partitioned table that leads nowhere');
ROLLBACK TO functions;
CREATE TRIGGER astray BEFORE INSERT ON tree FOR EACH ROW WHEN (NEW.id = 30) EXECUTE FUNCTION astray();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'a key of the own table that leads nowhere');
ROLLBACK TO functions;
SELECT is((SELECT count(*) FROM pairs) + (SELECT count(*) FROM tree), 0::bigint, 'and nothing is kept of any');

-- A parent that does not arrive as the file has it
CREATE TRIGGER renamed BEFORE INSERT ON pairs FOR EACH ROW WHEN (NEW.a = 20) EXECUTE FUNCTION renamed();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'a parent that a trigger gives another key is missed');
ROLLBACK TO functions;
CREATE TRIGGER taken AFTER INSERT ON pairs FOR EACH STATEMENT EXECUTE FUNCTION taken();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'so is one that is taken away again before its children come');
ROLLBACK TO functions;
CREATE TRIGGER taken AFTER INSERT ON of_pairs FOR EACH STATEMENT EXECUTE FUNCTION taken();
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '23503', 'and one that is taken away behind them');
ROLLBACK TO functions;
SELECT is((SELECT count(*) FROM pairs) + (SELECT count(*) FROM of_pairs), 0::bigint, 'and nothing is kept of any');

-- A parent that is written, not inserted, by the import: updated rows are this transaction's too
INSERT INTO tree SELECT n, 1, CASE WHEN n = 1 THEN NULL ELSE 1 END FROM generate_series(1, 20) AS n;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'new rows below rows that the import updates');
SELECT is(pg_temp.rows('tree'), (SELECT digest FROM at_first WHERE t = 'tree'), 'are what they were');

-- PostgreSQL looks as the parents' owner, who may have taken the right from himself; it is told so though all parents are the import's own
ROLLBACK TO functions;
CREATE ROLE own_keeper;
GRANT USAGE ON SCHEMA own TO own_keeper;
ALTER TABLE pairs OWNER TO own_keeper;
REVOKE SELECT ON pairs FROM own_keeper;
SELECT is(pg_temp.import() #>> '{errors,0,sqlstate}', '42501', 'an owner who may not read his table: the first look says so');
ROLLBACK TO functions;
SELECT is(pg_temp.import() ->> 'status', 'applied', 'and with all in order it goes through once more');

SELECT * FROM finish();
ROLLBACK;
