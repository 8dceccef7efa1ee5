-- Types of extensions, in columns and in keys: citext, hstore, ltree, cube, seg, isn, intarray; whichever of them can be installed.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS rehydra;
SELECT plan(5);
\ir torture_register.psql
CREATE SCHEMA extra;
CREATE SCHEMA held;
GRANT USAGE ON SCHEMA extra, held TO PUBLIC;
CREATE TEMP TABLE wanted (extension name, type text, texts text[]);
INSERT INTO wanted VALUES
  ('citext', 'citext', ARRAY['', 'Ab', 'aB', '  ', '"x"', E'\r', repeat('x', 40000)]), ('hstore', 'hstore', ARRAY['', '"a"=>NULL, "b"=>"NULL"', '""=>""', E'"q\\"\\\\"=>"\r\n"']),
  ('ltree', 'ltree', ARRAY['', 'Top', 'Top.Science.Astronomy']), ('ltree', 'lquery', ARRAY['*.a@*{1,2}.!b|c']), ('ltree', 'ltxtquery', ARRAY['a & !(b | c*@)']), ('cube', 'cube', ARRAY['(0, -0)', '(1, 2),(3, 4)', '()']),
  ('seg', 'seg', ARRAY['1', '~1.50', '1.5 .. 2', '<5.00', '1(+-)0.1']), ('isn', 'isbn', ARRAY['0-393-04002-X']), ('isn', 'ean13', ARRAY['978-0-393-04002-9']), ('intarray', 'query_int', ARRAY['1&(2|!3)']);
DELETE FROM wanted WHERE extension NOT IN (SELECT name FROM pg_available_extensions);

CREATE FUNCTION pg_temp.make_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT * FROM wanted LOOP
    EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA extra', one.extension);
    EXECUTE format('CREATE DOMAIN held.domain_%1$s AS extra.%1$I; CREATE TABLE held.%1$I (tenant int NOT NULL, id serial PRIMARY KEY, v extra.%1$I, a extra.%1$I[], d held.domain_%1$s);
                    CREATE TABLE held.%2$I (tenant int NOT NULL, v extra.%1$I)', one.type, 'keyless ' || one.type);
    EXECUTE format('INSERT INTO held.%1$I (tenant, v, a, d) SELECT t, x::extra.%1$I, ARRAY[x::extra.%1$I, NULL], x::extra.%1$I FROM generate_series(1, 2) AS t, unnest($1) AS x', one.type) USING one.texts;
    EXECUTE format('INSERT INTO held.%2$I SELECT tenant, v FROM held.%1$I UNION ALL SELECT tenant, v FROM held.%1$I', one.type, 'keyless ' || one.type);
  END LOOP;
END
$$;
SELECT pg_temp.make_tables();
CREATE TABLE held.words (tenant int NOT NULL, word extra.citext, path extra.ltree, n int, PRIMARY KEY (tenant, word), UNIQUE (tenant, path));
CREATE TABLE held.uses (tenant int NOT NULL, word extra.citext, id int PRIMARY KEY, FOREIGN KEY (tenant, word) REFERENCES held.words ON UPDATE CASCADE);
INSERT INTO held.words SELECT t, w, ('p.' || n)::extra.ltree, n FROM generate_series(1, 2) AS t, unnest('{Abc,xyz,Ω}'::text[]) WITH ORDINALITY AS u (w, n);
INSERT INTO held.uses SELECT t, 'ABC', t FROM generate_series(1, 2) AS t;
SELECT pg_temp.register('held', 'held');
SELECT is(pg_temp.round_trip('held', 'held', '1'), :good_trip, 'values of extensions'' types, as columns, arrays, domains and keys');
SELECT pg_temp.keep('first', 'held', '1');
UPDATE held.words SET n = 0, path = ('q.' || n)::extra.ltree WHERE tenant = 1;
UPDATE held.citext SET v = upper(v::text) WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'held', '1')), 'applied', 'letter case is a change of citext');
SELECT is(pg_temp.differences('held'), NULL, 'and comes back');
UPDATE held.words SET word = upper(word::text) WHERE tenant = 1 AND n = 2;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'held', '1')), 'unchanged', 'a key that differs in case alone is the same key');
DELETE FROM held.uses WHERE tenant = 1;
DELETE FROM held.words WHERE tenant = 1;
SELECT is(pg_temp.outcome(pg_temp.import('first', 'held', '1')), 'applied', 'references by keys of such types');

SELECT * FROM finish();
ROLLBACK;
