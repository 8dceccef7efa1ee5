-- rehydra_import: rows of which it is not clear which stored one they are, and keys that somebody else has: nothing stored is lost by either.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(14);
CREATE SCHEMA unclear;
GRANT USAGE ON SCHEMA unclear TO PUBLIC;
SET LOCAL search_path = unclear, public;
CREATE TABLE parents (id serial PRIMARY KEY, tenant int NOT NULL, a text, b text);
CREATE TABLE children (id int PRIMARY KEY, tenant int NOT NULL, parent int REFERENCES parents, what text);
CREATE TABLE events (id int, tenant int NOT NULL, v int, PRIMARY KEY (id, tenant)) PARTITION BY LIST (tenant);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
INSERT INTO parents VALUES (1, 1, 'x', 'p'), (2, 1, 'x', 'q'), (5, 1, 'y', 'r'), (6, 1, 'z', 's'), (300, 2, 'x', 'q');
INSERT INTO events VALUES (1, 1, 1);
SELECT count(*) FROM rehydra_register_schema('unclear', tenant_column => 'tenant', model => 'unclear') \g /dev/null
CREATE TEMP TABLE kept (name text PRIMARY KEY, file bytea);
CREATE TEMP TABLE report (r jsonb);
INSERT INTO report VALUES (NULL);
\ir import_edit.psql

-- Imports customer 1's file with these rows of a data set.
CREATE FUNCTION pg_temp.import_with(arguments text, dataset text, VARIADIC rows text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM kept;
  PERFORM pg_temp.keep_edited('file', dataset, VARIADIC rows);
  EXECUTE 'UPDATE report SET r = rehydra_import((SELECT file FROM kept), customer_id => ''1'', confirm => ''DELETE'', options => ''{"max_delete": 1.0}'', ' || arguments || ')';
  RETURN (SELECT concat_ws(' ', r ->> 'status', r #>> '{errors,0,sqlstate}') FROM report);
END
$$;
CREATE FUNCTION pg_temp.parents() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(format('%s %s%s', id, a, b), ', ' ORDER BY id) FROM unclear.parents WHERE tenant = 1 $$;
SAVEPOINT start;

SELECT is(pg_temp.import_with($$match => '{"parents": ["a"]}', on_error => 'skip'$$, 'parents', '{"id":21,"a":"x","b":"new"}', '{"id":6,"a":"z","b":"changed"}'), 'applied_with_rejects 23505', 'a row that may be either of two is left out');
SELECT is(pg_temp.parents(), '1 xp, 2 xq, 5 yr, 6 zchanged', 'and no stored row goes, since it may be the one');
SELECT ok((SELECT r ->> 'warnings' FROM report) LIKE '%may be any of several stored ones: no row is deleted there%', 'the report says so');
ROLLBACK TO start;
SELECT is(pg_temp.import_with($$match => '{"parents": ["a"]}', on_error => 'skip'$$, 'parents', '{"id":21,"a":"y","b":"one"}', '{"id":22,"a":"y","b":"other"}', '{"id":6,"a":"z","b":"s"}'), 'applied_with_rejects 23505', 'two rows that may be one');
SELECT is(pg_temp.parents(), '1 xp, 2 xq, 5 yr, 6 zs', 'leave it');
ROLLBACK TO start;
SELECT is(pg_temp.import_with($$match => '{"parents": ["a"]}'$$, 'parents', '{"id":21,"a":"x","b":"new"}', '{"id":6,"a":"z","b":"changed"}'), 'rejected 23505', 'where nothing is left out, nothing is imported');
ROLLBACK TO start;
SELECT is(pg_temp.import_with($$match => '{"parents": [["a"], ["b"]]}', mode => 'merge', on_error => 'skip'$$, 'parents', '{"id":21,"a":"x","b":"q"}'), 'applied_with_rejects 23505', 'what one key does not tell apart');
SELECT is((SELECT r -> 'ids_changed' FROM report), '{}', 'the next one does not match');
ROLLBACK TO start;

-- Another customer has the first of the keys, and the sequence stands below them
DELETE FROM parents WHERE tenant = 1 AND id <> 6;
INSERT INTO parents VALUES (1, 2, 'theirs', NULL);
SELECT is(pg_temp.import_with($$mode => 'merge'$$, 'parents', '{"id":1,"a":"k","b":"1"}', '{"id":2,"a":"l","b":"2"}', '{"id":3,"a":"m","b":"3"}'), 'applied', 'a taken key is given anew above those that the file brings');
SELECT is(pg_temp.parents(), '2 l2, 3 m3, 4 k1, 6 zs', 'each row is there');
SELECT lives_ok($$INSERT INTO unclear.parents (tenant) VALUES (1)$$, 'the next ordinary INSERT works');
ROLLBACK TO start;

-- A trigger of one partition
CREATE FUNCTION unclear.add_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v := NEW.v + 1; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON events_1 FOR EACH ROW EXECUTE FUNCTION unclear.add_one();
SELECT is(pg_temp.import_with($$mode => 'merge'$$, 'events', '{"id":1,"v":1}', '{"id":2,"v":5}'), 'applied', 'what a trigger of a partition changes is told as what one of the table does');
SELECT is((SELECT v FROM events WHERE id = 2), 6, 'and stays');
SELECT ok((SELECT r ->> 'side_effects' FROM report) LIKE '%"v"%', 'the report has it');
SELECT * FROM finish();
ROLLBACK;
