-- More rows of one table than one INSERT writes (250,000): staged, planned, inserted and proved across the borders of what is kept together.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(19);
CREATE SCHEMA meters;
SET LOCAL search_path = meters, public;
CREATE TABLE tenants (id int PRIMARY KEY, name text);
CREATE TABLE meters (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants);
CREATE TABLE readings (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, meter_id int NOT NULL REFERENCES meters, before_id int REFERENCES readings, note text);
CREATE TABLE things (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id int NOT NULL REFERENCES tenants, code text);
CREATE INDEX ON things (tenant_id);
INSERT INTO tenants VALUES (1, 'One'), (2, 'Two');
INSERT INTO meters SELECT n, 1 FROM generate_series(1, 10) AS n;
SET LOCAL session_replication_role = replica;
INSERT INTO readings SELECT n, 1, 1 + n % 10, NULLIF(n - n % 10, 0), CASE n % 3 WHEN 0 THEN 'note ' || n END FROM generate_series(1, 260000) AS n WHERE n > 9;
SET LOCAL session_replication_role = origin;
INSERT INTO meters VALUES (11, 2);
INSERT INTO readings VALUES (1, 2, 11, 1, 'theirs');
CREATE INDEX ON readings (before_id);
CREATE INDEX ON readings (tenant_id, id);
ANALYZE;
SELECT count(*) FROM rehydra_register_schema('meters', tenant_column => 'tenant_id') \g /dev/null
CREATE TEMP TABLE kept AS SELECT rehydra_export('1', format => 'csv') AS csv, rehydra_export('1') AS file;
CREATE FUNCTION pg_temp.state(tenant int) RETURNS text LANGUAGE sql AS $$
  SELECT count(*) || ' ' || md5(string_agg(md5(r::text), '' ORDER BY id)) FROM meters.readings AS r WHERE tenant_id = tenant
$$;
CREATE TEMP TABLE at_first AS SELECT pg_temp.state(1) AS one, pg_temp.state(2) AS two;
CREATE FUNCTION pg_temp.counts(report jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', report ->> 'status', d ->> 'inserted', d ->> 'updated', d ->> 'deleted', d ->> 'unchanged', report #>> '{errors,0,message}')
  FROM jsonb_array_elements(report -> 'datasets') AS d WHERE d ->> 'name' = 'readings'
$$;

SAVEPOINT start;
SET LOCAL session_replication_role = replica;
DELETE FROM readings WHERE tenant_id = 1;
SET LOCAL session_replication_role = origin;
SELECT is(pg_temp.counts(rehydra_import(file, customer_id => '1')), 'applied 259991 0 0 0', 'all rows are new') FROM kept;
SELECT is(pg_temp.state(1), one, 'and are there as they were') FROM at_first;
SELECT is(pg_temp.state(2), two, 'the other customer''s are its own') FROM at_first;
SELECT is(pg_temp.counts(rehydra_import(file, customer_id => '1')), 'unchanged 0 0 0 259991', 'the same file again changes nothing') FROM kept;
ROLLBACK TO start;

-- Edited, gone and new rows on both sides of each border, and far behind
SET LOCAL session_replication_role = replica;
UPDATE readings SET note = 'edited' WHERE id IN (10, 250008, 250009, 250010, 250011, 260000);
DELETE FROM readings WHERE id IN (11, 250007, 250012);
INSERT INTO readings VALUES (300000, 1, 1, 10, 'stray'), (300001, 1, 1, NULL, 'stray');
SET LOCAL session_replication_role = origin;
SELECT is(pg_temp.counts(rehydra_import(file, customer_id => '1', confirm => 'DELETE')), 'applied 3 6 2 259982', 'edited, missing and stray rows are counted') FROM kept;
SELECT is(pg_temp.state(1), one, 'and put right') FROM at_first;
ROLLBACK TO start;

-- All rows written again, and by another order than their keys'
SET LOCAL session_replication_role = replica;
UPDATE readings SET note = COALESCE(note, '') || '+' WHERE tenant_id = 1;
SET LOCAL session_replication_role = origin;
SELECT is(pg_temp.counts(rehydra_import(file, customer_id => '1')), 'applied 0 259991 0 0', 'all rows are updated') FROM kept;
SELECT is(pg_temp.state(1), one, 'to what they were') FROM at_first;
ROLLBACK TO start;
SET LOCAL session_replication_role = replica;
DELETE FROM readings WHERE tenant_id = 1 AND id <> 200000;
SET LOCAL session_replication_role = origin;
SELECT is(pg_temp.counts(rehydra_import(file, customer_id => '1')), 'applied 259990 0 0 1', 'all rows but one are new') FROM kept;
SELECT is(pg_temp.state(1), one, 'beside one that stays') FROM at_first;
ROLLBACK TO start;

-- What is wrong is found on either side of a border
CREATE FUNCTION pg_temp.import_edited(line text, instead text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT rehydra_import(convert_to(replace(convert_from(rehydra_export('1', format => 'json', datasets => '{meters,readings}'), 'UTF8'), line, instead), 'UTF8'), customer_id => '1', options => '{"raise": false}')
$$;
CREATE TEMP TABLE edited AS SELECT pg_temp.import_edited('"id":"255000"', '"id":"20"') AS twice, pg_temp.import_edited('"id":255000', '"id":20') AS twice_number,
  pg_temp.import_edited('"id":255000,', '"id":"x",') AS bad;
SELECT is(COALESCE(NULLIF(twice ->> 'status', 'unchanged'), twice_number ->> 'status'), 'rejected', 'a key that the file has twice, far apart, is refused') FROM edited;
SELECT matches(COALESCE(NULLIF(twice #>> '{errors,0,message}', ''), twice_number #>> '{errors,0,message}'), '20', 'by its value') FROM edited;
SELECT is(bad #>> '{errors,0,value}', 'x', 'so is a value that is none, of a row behind the border') FROM edited;
SELECT is(pg_temp.state(1), one, 'and nothing changed') FROM at_first;

-- Keys given out and taken away behind the border
SET LOCAL session_replication_role = replica;
DELETE FROM readings WHERE tenant_id = 1;
INSERT INTO readings VALUES (255000, 2, 11, NULL, 'taken');
SET LOCAL session_replication_role = origin;
CREATE TEMP TABLE report AS SELECT rehydra_import(file, customer_id => '1') AS r FROM kept;
SELECT is(r ->> 'status', 'rejected', 'a key that is taken and cannot be given anew is refused, behind the border too') FROM report;
SELECT is((SELECT count(*) FROM readings WHERE tenant_id = 1), 0::bigint, 'and nothing is written');
SELECT is((SELECT note FROM readings WHERE id = 255000), 'taken', 'nor taken from the other customer');

ROLLBACK TO start;

-- Keys of other rows, found by their codes, among as many
INSERT INTO things SELECT md5('thing ' || n)::uuid, 1, 'code ' || n FROM generate_series(1, 250010) AS n;
ANALYZE things;
CREATE TEMP TABLE of_things AS SELECT rehydra_export('1', datasets => '{things}') AS file;
UPDATE things SET code = 'another' WHERE code = 'code 250005';
SELECT is(concat_ws(' ', r ->> 'status', r #>> '{datasets,0,inserted}', r #>> '{datasets,0,updated}', r #>> '{datasets,0,unchanged}', r ->> 'error'), 'applied 1 0 250009',
  'a row whose key another one has is a new one, where rows are found by their codes')
FROM (SELECT rehydra_import(file, customer_id => '1', mode => 'merge', match => '{"things": ["code"]}') AS r FROM of_things) AS reports;
SELECT is((SELECT count(*) || ' ' || count(DISTINCT id) FROM things WHERE tenant_id = 1), '250011 250011', 'and both are there');

SELECT * FROM finish();
ROLLBACK;
