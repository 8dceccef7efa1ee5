-- Every type: a table for each of PostgreSQL's types with its extremes, alone, in arrays of all shapes and under a domain, and the same
-- without a key. Exported, compared, wiped, imported, under settings that change how values are written.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(8);
\ir torture_register.psql
\ir torture_values.psql
CREATE SCHEMA kinds;
GRANT USAGE ON SCHEMA kinds TO PUBLIC;

-- id, v, a (arrays of it), d (a domain over it), da (an array of the domain). Arrays come from functions: before 14, ARRAY[] takes an
-- int2vector for an array of int2.
CREATE FUNCTION pg_temp.make_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one record;
  columns text;
  inputs text;  -- an array literal: text has casts of its own to some types, and those are not what reads values
BEGIN
  FOR one IN SELECT *, row_number() OVER (ORDER BY type) AS n FROM samples LOOP
    SELECT '{' || string_agg('"' || replace(replace(x, '\', '\\'), '"', '\"') || '"', t.typdelim::text) || t.typdelim::text || 'NULL}' INTO inputs
    FROM pg_type t, unnest(one.texts) AS x WHERE t.oid = to_regtype(one.type) GROUP BY t.typdelim;
    EXECUTE format('CREATE DOMAIN kinds.domain_%s AS %s', one.n, one.type);
    columns := format('v %1$s, a %1$s[], d kinds.domain_%2$s, da kinds.domain_%2$s[]', one.type, one.n);
    EXECUTE format('CREATE TABLE kinds.%I (id serial PRIMARY KEY, tenant int NOT NULL, %s)', 'keyed ' || one.type, columns);
    EXECUTE format('CREATE TABLE kinds.%I (tenant int NOT NULL, %s)', 'keyless ' || one.type, columns);
    EXECUTE format('INSERT INTO kinds.%3$I (tenant, v, a, d, da)
      SELECT of, x, CASE n %% 7 WHEN 0 THEN ''{}'' WHEN 1 THEN pair WHEN 2 THEN ARRAY[pair, array_prepend(NULL, array_fill(x, ''{1}''))]
        WHEN 3 THEN array_fill(x, ''{2}'', ''{-3}'') WHEN 4 THEN array_fill(NULL::%1$s, ''{1}'') WHEN 5 THEN array_fill(x, ''{1,2,1}'', ''{0,5,1}'') END,
        x::kinds.domain_%2$s, CASE n %% 3 WHEN 0 THEN pair::kinds.domain_%2$s[] END
      FROM generate_series(1, 2) AS of, unnest($1::%1$s[]) WITH ORDINALITY AS u (x, n), array_append(array_fill(x, ''{1}''), NULL) AS pair',
      one.type, one.n, 'keyed ' || one.type) USING inputs;
    EXECUTE format('INSERT INTO kinds.%I SELECT 1, v, a, d, da FROM kinds.%2$I UNION ALL SELECT tenant, v, a, d, da FROM kinds.%2$I', 'keyless ' || one.type, 'keyed ' || one.type);
  END LOOP;
END
$$;
SELECT pg_temp.make_tables();
SELECT pg_temp.register('kinds', 'kinds');
SELECT cmp_ok((SELECT sum(cardinality(texts)) FROM samples), '>', 600::bigint, 'there are values');
SELECT is(pg_temp.round_trip('kinds', 'kinds', '1'), :good_trip, 'values of every type, alone, in arrays and under domains, with a key and without');

SELECT is(pg_temp.restored('kinds', 'kinds', '1'), 'applied, as it was', 'a snapshot holds the same');
-- Settings that change how values are written and read
SELECT pg_temp.keep('first', 'kinds', '1');
SET LOCAL datestyle = 'German, DMY';
SET LOCAL intervalstyle = sql_standard;
SET LOCAL timezone = 'Asia/Kathmandu';
SET LOCAL extra_float_digits = -15;
SET LOCAL bytea_output = escape;
SET LOCAL xmloption = document;
SET LOCAL xmlbinary = hex;
SET LOCAL array_nulls = off;
SET LOCAL quote_all_identifiers = on;
SET LOCAL standard_conforming_strings = off;
SET LOCAL transform_null_equals = on;
SELECT pg_temp.remember('kinds');
SELECT is(pg_temp.outcome(pg_temp.import('first', 'kinds', '1')), 'unchanged', 'a file is the same under other settings');
SELECT pg_temp.keep('second', 'kinds', '1');
SELECT pg_temp.wipe('kinds', '1');
SELECT is(pg_temp.outcome(pg_temp.import('second', 'kinds', '1')), 'applied', 'one written under other settings is put back');
SELECT is(pg_temp.differences('kinds'), NULL, 'as it was, seen under them');
RESET datestyle;
RESET intervalstyle;
RESET timezone;
RESET extra_float_digits;
RESET bytea_output;
RESET xmloption;
RESET array_nulls;
RESET quote_all_identifiers;
RESET standard_conforming_strings;
RESET transform_null_equals;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'kinds', '1')), 'unchanged', 'and seen under the usual ones');
SELECT is(pg_temp.outcome(pg_temp.import('second', 'kinds', '1')), 'unchanged', 'by both files');

SELECT * FROM finish();
ROLLBACK;
