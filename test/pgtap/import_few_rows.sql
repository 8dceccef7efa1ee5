-- rehydra_import: where few of many rows change, they are found by their keys, of whatever type these are: one row added, one changed, one deleted, and
-- the others stay as they were; the other customer's too.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(28);
\ir torture_register.psql
CREATE SCHEMA keys;
GRANT USAGE ON SCHEMA keys TO PUBLIC;
SET LOCAL search_path = keys, public;
CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN code AS text CHECK (VALUE <> '');
CREATE TYPE pair AS (a int, b text);
CREATE TABLE kinds (number int, type text, maker text);
INSERT INTO kinds VALUES (1, 'int', 'n'), (2, 'smallint', 'n'), (3, 'bigint', 'n * 3000000000'), (4, 'uuid', 'md5(n::text)::uuid'), (5, 'text', 'md5(n::text)'), (6, 'text COLLATE no_case', 'md5(n::text)'),
  (7, 'code', 'md5(n::text)'), (8, 'int[]', 'ARRAY[n, NULL]'), (9, 'text[]', 'ARRAY[n::text]'), (10, 'numeric', 'n / 10.0'), (11, 'pair', 'ROW(n, ''x'')::pair'), (12, 'date', 'date ''2024-01-01'' + n'),
  (13, 'int4range', 'int4range(n, n + 1)'), (14, 'bytea', 'decode(md5(n::text), ''hex'')');
SELECT format('CREATE TABLE t%s (tenant int NOT NULL, id %s PRIMARY KEY, v text NOT NULL)', number, type), format('INSERT INTO t%s SELECT 1 + (n = 50)::int, %s, ''v'' || n FROM generate_series(1, 50) n', number, maker) FROM kinds ORDER BY number \gexec
DROP TABLE kinds;
SELECT pg_temp.register('keys', 'keys');
CREATE FUNCTION pg_temp.rows_of(number int) RETURNS text LANGUAGE plpgsql AS $$ DECLARE found text; BEGIN EXECUTE format('SELECT md5(string_agg(t::text, '','' ORDER BY t::text)) FROM t%s t', number) INTO found; RETURN found; END $$;
CREATE TEMP TABLE before AS SELECT n, pg_temp.rows_of(n) AS rows FROM generate_series(1, 14) n;
CREATE TEMP TABLE file AS SELECT rehydra_export('1', options => '{"model": "keys"}') AS file;
SELECT format('DELETE FROM t%s WHERE v = ''v7''', n), format('UPDATE t%s SET v = ''changed'' WHERE v IN (''v9'', ''v50'')', n), format('UPDATE t%s SET v = ''v50'' WHERE tenant = 2', n),
       format('INSERT INTO t%s SELECT 1, %s, ''new''', n, (ARRAY['77', '77', '77', 'md5(''77'')::uuid', '''new''', '''new''', '''new''', 'ARRAY[77]', 'ARRAY[''77'']', '77.5', 'ROW(77, ''y'')::pair', 'date ''2030-01-01''', 'int4range(77, 79)', '''\x77''::bytea'])[n])
FROM generate_series(1, 14) n \gexec
CREATE TEMP TABLE answer AS SELECT rehydra_import(file, customer_id => '1', confirm => 'DELETE', options => '{"model": "keys"}') AS report FROM file;
SELECT is((SELECT concat_ws(' ', report ->> 'status', d ->> 'inserted', d ->> 'updated', d ->> 'deleted') FROM answer, jsonb_array_elements(report -> 'datasets') d WHERE d ->> 'name' = 't' || n), 'applied 1 1 1', format('t%s: one row of each', n))
FROM generate_series(1, 14) n;
SELECT is(pg_temp.rows_of(n), rows, format('t%s: all rows are as they were', n)) FROM before;
SELECT * FROM finish();
ROLLBACK;
