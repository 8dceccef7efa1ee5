-- rehydra_import: rows that keep what the database holds, not what the file says of them, count with their stored values: where values must be unique,
-- and for rows that refer to them by another unique column than the key.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(12);
\ir torture_register.psql
CREATE SCHEMA stays;
GRANT USAGE ON SCHEMA stays TO PUBLIC;
SET LOCAL search_path = stays, public;
CREATE TABLE parents (tenant int NOT NULL, id int PRIMARY KEY, code text NOT NULL, changed timestamptz, UNIQUE (tenant, code));
CREATE TABLE kids (tenant int NOT NULL, id int PRIMARY KEY, code text NOT NULL, FOREIGN KEY (tenant, code) REFERENCES parents (tenant, code));
INSERT INTO parents VALUES (1, 1, 'a', '2020-01-01'), (1, 2, 'b', '2020-01-01'), (2, 3, 'x', '2020-01-01');
INSERT INTO kids VALUES (1, 1, 'a'), (2, 3, 'x');
SELECT pg_temp.register('stays', 'stays');
SELECT rehydra.set_times('stays', 'parents', '{"changed_column": "changed"}');
CREATE TEMP TABLE file AS SELECT convert_from(rehydra_export('1', 'json', options => '{"model": "stays"}'), 'UTF8') AS text;
UPDATE parents SET changed = '2100-01-01' WHERE id = 1;
-- In the file parent 1 is called otherwise, which it keeps from being; more parents and kids come.
CREATE FUNCTION pg_temp.try(name text, parents text, kids text, how text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  report jsonb;
BEGIN
  report := rehydra_import(convert_to(regexp_replace(regexp_replace(text, '"code":"a","changed"', '"code":"' || name || '","changed"'), '(,"changed":"[^"]*"\})(\s*\])', '\1' || parents || '\2'), 'UTF8'),
                           mode => how, customer_id => '1', options => jsonb_build_object('model', 'stays', 'policy', CASE how WHEN 'merge' THEN '{"conflicts": "database"}' ELSE '{}' END::jsonb)) FROM (SELECT regexp_replace(text, '"code":"a"\}(\s*\])', '"code":"a"}' || kids || '\1') AS text FROM file) AS f;
  RETURN concat_ws(' ', report ->> 'status', report #>> '{errors,0,sqlstate}', report #>> '{errors,0,message}') || CASE report ->> 'status' WHEN 'applied' THEN ': ' || (SELECT string_agg(p.code, ' ' ORDER BY p.id) FROM parents p WHERE tenant = 1) || ' | ' || (SELECT string_agg(k.code, ' ' ORDER BY k.id) FROM kids k WHERE tenant = 1) ELSE '' END;
END
$$;
SAVEPOINT start;
SELECT is(pg_temp.try('x', '', ',{"id":5,"code":"x"}', 'merge'), 'rejected 23503 data set "kids", row 2, column "code": no row of "Parents" has the key x', 'merge, conflicts database: a kid cannot have a parent''s name that the parent does not get');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', '', ',{"id":5,"code":"x"}', 'insert'), 'rejected 23503 data set "kids", row 2, column "code": no row of "Parents" has the key x', 'nor in mode insert');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', '', ',{"id":5,"code":"a"}', 'merge'), 'applied: a b | a a', 'but the one that it keeps');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', '', ',{"id":5,"code":"a"}', 'insert'), 'applied: a b | a a', 'in mode insert, too');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', ',{"id":7,"code":"x","changed":null}', ',{"id":5,"code":"x"}', 'merge'), 'applied: a b x | a x', 'another parent may be called what it is not');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', ',{"id":7,"code":"x","changed":null}', ',{"id":5,"code":"x"}', 'insert'), 'applied: a b x | a x', 'in mode insert, too');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', ',{"id":7,"code":"a","changed":null}', '', 'merge'), 'rejected 23505 data set "parents", row 3, column "code": the value must be unique ("parents_tenant_code_key") and is held by a row that stays as it is', 'none what it is');
ROLLBACK TO start;
SELECT is(pg_temp.try('x', ',{"id":7,"code":"a","changed":null}', '', 'insert'), 'rejected 23505 data set "parents", row 3, column "code": the value must be unique ("parents_tenant_code_key") and is held by a row that stays as it is', 'in mode insert, too');
ROLLBACK TO start;

-- Rows cannot be matched by values that cannot be compared
ALTER TABLE parents ADD COLUMN j json, ADD COLUMN docs xml[];
SELECT count(*) FROM rehydra_register('stays.parents', model => 'stays') \g /dev/null
CREATE FUNCTION pg_temp.by(key_column text) RETURNS text LANGUAGE sql AS $$
  SELECT r ->> 'status' FROM rehydra_import(rehydra_export('1', 'json', options => '{"model": "stays"}'), customer_id => '1', mode => 'merge', match => jsonb_build_object('parents', jsonb_build_array(key_column)), options => '{"model": "stays"}') AS r
$$;
SELECT throws_ok($$SELECT pg_temp.by('j')$$, '22023', 'rows of data set "parents" cannot be matched by column "j": values of type json cannot be compared', 'json has no equality');
SELECT throws_ok($$SELECT pg_temp.by('docs')$$, '22023', 'rows of data set "parents" cannot be matched by column "docs": values of type xml[] cannot be compared', 'nor has a list of xml');
SELECT is(pg_temp.by('code'), 'unchanged', 'a text has');
DELETE FROM kids WHERE tenant = 1;
CREATE TEMP TABLE other AS SELECT rehydra_export('1', 'json', options => '{"model": "stays"}') AS data;
UPDATE parents SET id = id + 10 WHERE tenant = 1;
UPDATE rehydra.datasets SET match_keys = '[["j"]]' WHERE model = 'stays' AND dataset = 'parents';
SELECT throws_ok($$SELECT rehydra_import(data, customer_id => '1', options => '{"model": "stays"}') FROM other$$, '22023', NULL, 'also where the registry says so');
SELECT * FROM finish();
ROLLBACK;
