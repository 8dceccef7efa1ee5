-- Models for the re-saving programs: "kinds" has the extremes of every type, "random" a table of many random values for each.
-- Caller: resaved.sh. Variables: values, how many random ones a type; pgtap, the folder of torture_values.psql.
SET client_min_messages = warning;
\cd :pgtap
\i torture_values.psql
\i torture_register.psql

CREATE SCHEMA kinds;
GRANT USAGE ON SCHEMA kinds TO PUBLIC;
DO $$
DECLARE
  one record;
  inputs text;  -- an array literal: text has casts of its own to some types, and those are not what reads values
BEGIN
  FOR one IN SELECT * FROM samples ORDER BY type LOOP
    SELECT '{' || string_agg('"' || replace(replace(x, '\', '\\'), '"', '\"') || '"', t.typdelim::text) || t.typdelim::text || 'NULL}' INTO inputs
    FROM pg_type t, unnest(one.texts) AS x WHERE t.oid = to_regtype(one.type) GROUP BY t.typdelim;
    EXECUTE format('CREATE TABLE kinds.%I (id int PRIMARY KEY, tenant int NOT NULL, v %s, a %2$s[])', one.type, one.type);
    EXECUTE format('INSERT INTO kinds.%1$I SELECT n, 1, x, CASE WHEN n %% 2 = 0 THEN ARRAY[x, NULL] END FROM unnest($1::%1$s[]) WITH ORDINALITY AS u (x, n)', one.type) USING inputs;
  END LOOP;
END
$$;
SELECT pg_temp.register('kinds', 'kinds');

CREATE SCHEMA random;
GRANT USAGE ON SCHEMA random TO PUBLIC;
CREATE TEMP TABLE kind_of (type text, kind text);
INSERT INTO kind_of VALUES ('int4', 'int'), ('int8', 'bigint'), ('numeric', 'numeric'), ('float8', 'float'), ('text', 'text'), ('date', 'date'), ('timestamp', 'timestamp'),
  ('timestamptz', 'timestamp'), ('interval', 'interval'), ('bytea', 'hex'), ('varbit', 'bits'), ('uuid', 'uuid'), ('json', 'json'), ('jsonb', 'json');
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT * FROM kind_of LOOP
    EXECUTE format('CREATE TABLE random.%I (id int PRIMARY KEY, tenant int NOT NULL, v %s)', one.type, one.type);
  END LOOP;
END
$$;
-- Texts become values outside of a function's one statement, so that the many are never in memory twice.
SELECT format('INSERT INTO random.%I SELECT n, 1, t::%s FROM unnest(pg_temp.random_texts(%L, %s)) WITH ORDINALITY AS u (t, n)', type, type, kind, :values)
FROM kind_of \gexec
CREATE TABLE random.shorter (id int PRIMARY KEY, tenant int NOT NULL, flag bool, small int2, single float4, amount numeric(15,2), clock time, second timestamptz(0));
INSERT INTO random.shorter
SELECT n, 1, pg_temp.dice('flag' || n, 2) = 1, pg_temp.random_number('small' || n, 4, 0), pg_temp.random_number('single' || n, 2, 6)::float4 * 10::float4 ^ (pg_temp.dice('exponent' || n, 60) - 30),
       pg_temp.random_number('amount' || n, 1 + n % 13, 2), '00:00'::time + make_interval(secs => pg_temp.dice('clock' || n, 86400)),
       '1900-03-01 00:00:00+00'::timestamptz + make_interval(days => pg_temp.dice('day' || n, 2950000), secs => pg_temp.dice('second' || n, 86400))
FROM generate_series(1, :values) AS n;
SELECT pg_temp.register('random', 'random');
